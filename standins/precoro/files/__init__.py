"""Files that are attached to documents and suppliers."""
