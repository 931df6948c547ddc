"""A stand-in for QuickBooks Online: its accounting API, OAuth, webhooks and limits, over companies held in memory.

api          from the raw request to the answer          authorize, oauth   consent page, tokens
engine       create, update, void, delete: one path      query, changes     reading
entities     the entity table, over fields, entity,      documents, lines, taxes, orders, payments, names
name_lists and transactions                 the rules that are more than a row of the table
company      the records of a realm and their indexes    throttle, replay, events
people       what people do, over the control API        page   the same with buttons
"""
