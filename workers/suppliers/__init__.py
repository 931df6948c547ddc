"""Suppliers and vendors: paired, created, and kept in step both ways."""
