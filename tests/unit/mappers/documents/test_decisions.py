"""What people decide about a document is kept with it as texts."""

from __future__ import annotations

from mappers.documents.decisions import KEEP, OVERWRITE, Decisions, adopt


def test_decisions_are_read_as_they_were_kept() -> None:
    kept = ["possible_duplicate", KEEP, adopt("145")]
    assert Decisions.read(kept) == Decisions(frozenset({"possible_duplicate"}), keep=True, adopt="145")
    assert Decisions.read([OVERWRITE]) == Decisions(overwrite=True)
    assert Decisions.read([]) == Decisions()
