"""The receiver: it verifies who speaks, keeps what was said, queues it and answers. It does no work."""
