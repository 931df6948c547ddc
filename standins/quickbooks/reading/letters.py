"""Letters of a query: QuickBooks' parser knows Latin-1 only, so reports of 2014 to 2021 say."""

from __future__ import annotations

from standins.quickbooks import errors

LAST = 0xFF
"""The last letter of Latin-1."""


def check(statement: str, letters: str) -> None:
    """Refuse a query with a letter beyond Latin-1 (4000), unless any are taken."""
    if letters == "any":
        return
    for column, letter in enumerate(statement, 1):
        if ord(letter) > LAST:
            where = f"Lexical error at line 1, column {column}."
            shown = f'"\\u{ord(letter):04x}" ({ord(letter)})'
            raise errors.query_unreadable(f"Invalid content. {where} Encountered: {shown}")
