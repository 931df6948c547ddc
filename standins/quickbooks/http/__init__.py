"""What all calls share: limits, request ids, answers as JSON or XML."""
