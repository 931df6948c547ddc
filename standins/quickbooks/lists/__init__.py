"""Name lists: vendors, customers, accounts, items, classes and the rest."""
