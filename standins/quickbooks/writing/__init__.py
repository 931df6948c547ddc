"""One path for every write: create, update, void and delete, singly, in batches and as uploads."""
