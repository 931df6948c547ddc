"""The client of Precoro: JSON in, JSON out, money as Decimal."""
