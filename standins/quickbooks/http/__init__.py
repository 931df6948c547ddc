"""What every call of the API has in common: limits, the memory of request ids, answers as JSON or XML."""
