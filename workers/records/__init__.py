"""The life of one record: claimed work, outcome, writes, write-back, waiting."""
