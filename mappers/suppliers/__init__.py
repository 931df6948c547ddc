"""Suppliers and vendors: one profile for both, merged to keep them in step."""
