"""The console: the pages that people use. It shows what `workers` returns and calls what `workers` does; it decides nothing."""
