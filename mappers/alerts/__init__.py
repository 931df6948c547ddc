"""What people outside the console are told of: which cause, when, and in which words."""
