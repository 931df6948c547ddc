"""Reading: queries, changes since a moment, single records."""
