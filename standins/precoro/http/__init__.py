"""What every call of the API has in common: forms, filters and pages, quotas, refusals, how a record looks."""
