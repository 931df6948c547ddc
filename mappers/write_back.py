"""What is written onto the Precoro document: QuickBooks id and log."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from mappers.money import written
from mappers.problems import Note, Problem

LOG_LENGTH = 2000
_OURS = re.compile(r"qbo:(?P<realm>[^:]+):(?P<type>[^:]+):(?P<id>[^:]+)\Z")
_ELLIPSIS = " …"


def external_id(realm: str, type_: str, id_: str) -> str:
    """Return what we write into Precoro's `externalId`: `qbo:{realm}:{type}:{id}`, the type in lower case."""
    return f"qbo:{realm}:{type_.lower()}:{id_}"


def read_external_id(text: str) -> tuple[str, str, str] | None:
    """Return (realm, lower-case type, id) of our `externalId`, else None."""
    match = _OURS.match(text)
    return (match["realm"], match["type"], match["id"]) if match else None


def may_write_external_id(current: str | None, realm: str) -> bool:
    """Tell whether we may write `externalId`.

    It is empty, or ours for this QuickBooks company.
    """
    ours = read_external_id(current) if current else None
    return not current or (ours is not None and ours[0] == realm)


def log_text(
    state: str,
    *,
    type_: str | None = None,
    id_: str | None = None,
    number: str | None = None,
    amount: tuple[str, Decimal] | None = None,
    reason: str | None = None,
    problems: Sequence[Problem] = (),
    notes: Sequence[Note] = (),
) -> str:
    """Return the text for `externalIntegrationLog`, at most 2,000 characters.

    It says what stands in QuickBooks, or why not. It depends on its arguments only, so the same state is never written
    twice. `amount` is (currency, total).
    """
    entity_name = " ".join(filter(None, [type_, number, f"(id {id_})" if id_ else None]))
    figure = f", {written(amount[1], amount[0])}" if amount else ""
    # A text for every state; workers.records.write_back writes those of synced, held and removed documents only.
    headlines = {
        "synced": f"In QuickBooks as {entity_name}{figure}.",
        "held": _held(entity_name if id_ else None, problems),
        "failed": "Could not be sent; the people who run the connection are told.",
        "removed": f"Removed from QuickBooks: {entity_name}." if entity_name else "Not in QuickBooks.",
        "ready": "Ready to be sent by hand.",
        "never": f"Left as it is in QuickBooks: {entity_name}." if id_ else "Not sent to QuickBooks.",
        "open": "Not sent to QuickBooks yet.",
    }
    lines = [headlines.get(state, state)]
    sentences = [problem.sentence for problem in problems]
    lines += [reason] if reason and state != "synced" and reason not in sentences else []
    lines += [f"- {problem.sentence} {problem.remedy.words}" for problem in problems]
    lines += [f"Note: {note.sentence}" for note in notes]
    text = "\n".join(lines)
    return text if len(text) <= LOG_LENGTH else text[: LOG_LENGTH - len(_ELLIPSIS)] + _ELLIPSIS


def _held(entity_name: str | None, problems: Sequence[Problem]) -> str:
    """Return the first line about a document that is held; `entity_name` is what stands for it."""
    if entity_name is None:
        return "Needs attention, nothing was sent:"
    is_gone = any(problem.code == "deleted_in_quickbooks" for problem in problems)
    return f"Needs attention; {entity_name} is {'gone' if is_gone else 'left as it is'}:"
