"""A job that does nothing, to measure what RQ itself costs on our workers."""

from __future__ import annotations


def nothing(_record_id: int) -> str:
    """Do nothing, and take and return what a real job takes and returns."""
    return "up to date"
