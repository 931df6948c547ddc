"""The pure core: Precoro documents in, QuickBooks entities out; no I/O, no clock, nothing of ours imported."""
