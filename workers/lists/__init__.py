"""Lists of QuickBooks mirrored in Precoro's custom fields."""
