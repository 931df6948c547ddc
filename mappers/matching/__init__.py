"""Which entries of both sides are the same, for certain or by score."""
