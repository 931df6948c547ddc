"""A stand-in for QuickBooks Online: accounting API, OAuth, webhooks and limits.

api      one call, from the raw request to the answer    people     what people do, over the control API and the page
writing  one path for every write, and the table of rules    reading    queries, changes, single records
documents, payments, lists, taxes, files    the nouns: `rules` for a write, `seed` for the first day
company  the records of a realm and their indexes    entities   the table of what each entity holds
oauth    tokens and consent    http       limits, request ids, answers    errors     every fault with its text
"""
