"""Purchase orders, invoices, credit notes and receipts: from a short description to the object of the API."""
