"""The companies both stand-ins are seeded with, one module a company."""
