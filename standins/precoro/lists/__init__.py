"""Lists: suppliers, catalogue, custom fields with their options, taxes, payment terms, locations."""
