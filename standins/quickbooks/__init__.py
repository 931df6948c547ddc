"""A stand-in for QuickBooks Online: its accounting API, OAuth, webhooks and limits, over companies held in memory."""
