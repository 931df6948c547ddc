"""What both stand-ins have besides their API: settings, faults, request log, webhooks, state, snapshot."""
