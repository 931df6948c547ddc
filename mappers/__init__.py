"""The pure core: Precoro documents in, QuickBooks entities out, no I/O."""
