"""A stand-in for Precoro: REST API with quotas, webhooks, and people who act.

api      one call, through key and quota to the view of its noun    people    what people do, over the control API and the page
documents, payments, lists, files    the nouns: `routes` of the API, `rules`, `descriptions` by people, `seed`
company  the records of a company    entities    the table of collections
http     forms, filters and pages, quotas, refusals, how a record looks    events    the webhooks
"""
