"""Connecting two companies, their settings, and going live."""
