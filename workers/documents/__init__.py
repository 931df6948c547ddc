"""Purchase orders and invoices."""
