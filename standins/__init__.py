"""Stand-ins for QuickBooks Online and Precoro: real wire formats, real limits."""
