"""The acts and words that the remedies of several problems share."""

from __future__ import annotations

from mappers.remedies import Act, ActName, Remedy

BY_HAND = "enter it in QuickBooks by hand and ignore it here."
"""The exit that is always there."""


def accept(code: str) -> Act:
    """Send the document although it has this problem."""
    return Act("send_anyway", {"problem": code})


def adopt(entity_id: str) -> Act:
    """Let an entity in QuickBooks stand for the document; without an id a person names it."""
    return Act("adopt_document", {"entity": entity_id} if entity_id else {})


def setting(name: str, value: str) -> Act:
    """Change a setting of the connection."""
    return Act("change_setting", {"setting": name, "value": value})


def of_supplier(act: ActName, supplier_id: int | str, **more: str) -> Act:
    """Return an act about a supplier."""
    return Act(act, {"supplier": str(supplier_id), **more})


def answer(supplier_id: str, field: str, words: str) -> Remedy:
    """Return the remedy of answering the question about a field."""
    return Remedy(words, (of_supplier("answer_question", supplier_id, field=field),))


def match(names: str) -> Act:
    """Match one tax, or several of one line, with a code by hand."""
    return Act("match_tax", {"tax": names})


def pair_entry(kind: str, subject: str) -> Act:
    """Pair the option that is the subject; what is only known by its field is named by a person."""
    what, _, key = f"{subject}".partition(":")
    return Act("pair_entry", {"kind": kind, "entry": key} if what == "option" else {"kind": kind})


def without_stop(message: str) -> str:
    """Return what a service said without its full stop: the sentence has its own."""
    return f"{message}".rstrip(". ")
