"""Purchase orders and invoices: from Precoro's JSON to the one change in QuickBooks."""
