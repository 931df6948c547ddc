"""Which tax code of QuickBooks carries a tax of Precoro."""
