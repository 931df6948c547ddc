"""What all calls share: forms, pages, quotas, refusals, how records look."""
