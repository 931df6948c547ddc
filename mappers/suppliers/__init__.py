"""Suppliers and vendors: one profile for both, and the merge that keeps them in step."""
