"""A stand-in for Precoro: its REST API with quotas, its thin webhooks, and people who approve and revise documents."""
