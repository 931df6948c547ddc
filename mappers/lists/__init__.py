"""Lists of QuickBooks as options of Precoro's custom fields."""
