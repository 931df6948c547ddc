"""Purchase orders, bills and vendor credits."""
