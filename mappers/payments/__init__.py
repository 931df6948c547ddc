"""Payments of bills in QuickBooks: how much of each belongs to an invoice of Precoro, and what Precoro should show of it."""
