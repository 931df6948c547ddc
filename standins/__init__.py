"""Stand-ins for QuickBooks Online and Precoro that speak the real wire formats with the real limits on."""
