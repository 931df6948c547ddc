"""The work itself: what brings a record up to date (`sync`), what runs it (`jobs`, `clock`), and what people start."""
