"""What both remote clients share: a session with limits, a quota in Redis, and the tree of errors."""
