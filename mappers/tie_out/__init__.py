"""Proves that both sides agree: what is compared, in which bucket each document falls, and the equation that must close."""
