"""`tieout`, the command line: connections, documents, events and jobs, and a doctor. It acts through `workers` only."""
