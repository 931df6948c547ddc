"""Payments of bills in QuickBooks, brought to the invoices of Precoro."""
