"""Taxes of Precoro matched with tax codes of QuickBooks."""
