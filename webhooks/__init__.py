"""The receiver: verifies, keeps, queues and acknowledges events. It does no work."""
