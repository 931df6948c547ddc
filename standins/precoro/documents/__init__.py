"""Purchase orders, invoices, credit notes and receipts."""
