"""What Tieout remembers, in SQL: the truth that everything else carries, shows or repeats."""
