"""A stand-in for QuickBooks Online: its accounting API, OAuth, webhooks and limits, over companies held in memory.

api          from the raw request to the answer          authorize, oauth   consent page, tokens
engine       create, update, void, delete: one path      query, changes     reading
entities     the entity table, over fields, entity,      documents, lines, taxes, orders, payments, purchases,
name_lists and transactions                 names, attachables: the rules that are more than a row of the table
uploads      files                          tax_service  tax codes in one call
company      the records of a realm and their indexes    throttle, replay, events
people       what people do, over the control API        page   the same with buttons    merging   two names into one
"""
