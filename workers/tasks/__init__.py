"""Long actions that people start, one page a job."""
