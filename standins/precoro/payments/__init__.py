"""Payments of invoices and expenses."""
