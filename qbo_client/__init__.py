"""The client of QuickBooks Online: JSON in, JSON out, money as Decimal."""
