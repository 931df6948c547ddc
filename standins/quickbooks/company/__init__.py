"""One company in memory: records, preferences, plan, currencies, and a write on its way into it."""
