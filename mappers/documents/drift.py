"""What people changed in QuickBooks of what was sent, and what becomes of each field by the settings."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final, Literal, TypeAlias

from mappers.documents import differences
from mappers.documents.differences import NO_NAMES, Json, plain, shown
from mappers.documents.fields import LINE, TAX, DriftField, FieldChange, FieldState
from mappers.documents.figures import tax_of, total_meant, wrong_figures
from mappers.documents.outcomes import Sent
from mappers.documents.preview import Names
from mappers.documents.purchase_orders import CLOSED
from mappers.money import written
from mappers.policy import ChangedFieldAction, Policy
from mappers.text import clean

DriftKind: TypeAlias = Literal["edited", "voided", "closed", "deleted"]
OPEN: Final = "open"
REPORTED: Final = "reported"
ACCEPTED: Final = "accepted"
RESTORED: Final = "restored"
IGNORED: Final = "ignored"
STATES: tuple[FieldState, ...] = (OPEN, REPORTED, ACCEPTED, RESTORED, IGNORED)
"""The most urgent first: that of a whole drift is the first that one of its fields has."""
DECIDED: frozenset[FieldState] = frozenset({ACCEPTED, IGNORED})
_STATES_BY_ACTION: Mapping[ChangedFieldAction, FieldState] = {
    "hold": OPEN,
    "restore": OPEN,
    "accept": ACCEPTED,
    "report": REPORTED,
}
DELETED: Final = "deleted"
STATUS = "POStatus"
_VOIDED = "voided"


@dataclass(frozen=True, slots=True)
class EntityChange:
    """How an entity differs from what was sent: of which kind that is, and field by field."""

    kind: DriftKind
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class EntityVersion:
    """Which version of an entity QuickBooks shows, with which total, since when and by whom."""

    token: str | None
    total: Decimal
    changed_at: datetime | None
    changed_by: str | None


GONE: Final = EntityVersion(None, Decimal(0), None, None)
"""What is left of an entity that was deleted."""


def version_of(entity: Json) -> EntityVersion:
    """Return the version of an entity. Raises ArithmeticError, TypeError or ValueError for a total that is none."""
    about = entity.get("MetaData")
    meta = about if isinstance(about, Mapping) else {}
    return EntityVersion(
        clean(str(entity.get("SyncToken")))[:20],
        Decimal(entity.get("TotalAmt") or 0),
        _moment(meta.get("LastUpdatedTime")),
        _person(meta.get("LastModifiedByRef")),
    )


def _moment(value: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(value)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _person(reference: object) -> str | None:
    who = plain(reference)
    return clean(str(who))[:100] if isinstance(who, str | int | Decimal) else None


def change_of(sent: Sent, current: Json, names: Names = NO_NAMES) -> EntityChange | None:
    """Return what people changed since QuickBooks answered our last write; None when it holds what was sent.

    Balances, links and whatever else is not ours count for nothing. Raises LookupError, TypeError, ValueError or ArithmeticError
    for what is no entity.
    """
    try:
        return _change_of(sent, current, names)
    except AttributeError as error:
        raise TypeError("A part of the entity is no object") from error


def _change_of(sent: Sent, current: Json, names: Names) -> EntityChange | None:
    if corrected(sent, current) is not sent:
        return None
    fields = changed_fields(sent, current, names)
    if not fields:
        return None
    if _is_voided(sent, current):
        return EntityChange("voided", fields)
    is_closed = [(field.field, field.after) for field in fields] == [(STATUS, CLOSED)]
    return EntityChange("closed" if is_closed else "edited", fields)


def changed_fields(sent: Sent, current: Json, names: Names = NO_NAMES) -> tuple[FieldChange, ...]:
    """Return each field of ours that people changed since QuickBooks answered our last write."""
    status = _status(sent, current)
    return (*differences.drift(sent.answer, current, names), *([status] if status else []))


def _status(sent: Sent, current: Json) -> FieldChange | None:
    """Return the status that people gave an order; an order that is billed QuickBooks closes and opens by itself."""
    before, now = sent.body.get(STATUS), current.get(STATUS)
    if None in (before, now) or before == now or current.get("LinkedTxn"):
        return None
    return FieldChange(STATUS, None, str(before), str(now), money=False, raw=now)


def _is_voided(sent: Sent, current: Json) -> bool:
    """Say whether an entity was voided: nothing is left of its total, and its note says so."""
    is_empty = Decimal(sent.answer.get("TotalAmt") or 0) != 0 == Decimal(current.get("TotalAmt") or 0)
    return is_empty and str(current.get("PrivateNote") or "").casefold().startswith(_VOIDED)


def corrected(sent: Sent, current: Json) -> Sent:
    """Take an entity that people corrected for the answer it should have been."""
    if wrong_figures(sent.body, sent.answer) is None or wrong_figures(sent.body, current):
        return sent
    return dataclasses.replace(sent, answer=dict(current))


def decide(change: EntityChange, before: Iterable[DriftField], policy: Policy) -> tuple[DriftField, ...]:
    """Return each changed field with its state: as it was decided before about that same value, else by the settings."""
    decided = {field.change.key: field for field in before if field.state in DECIDED}
    return tuple(DriftField(field, _state(field, decided.get(field.key), policy)) for field in change.fields)


def _state(field: FieldChange, before: DriftField | None, policy: Policy) -> FieldState:
    if before is not None and before.change.raw == field.raw:
        return before.state
    return _STATES_BY_ACTION[action_on(field, policy)]


def decide_by_settings(fields: Iterable[DriftField], policy: Policy) -> tuple[DriftField, ...]:
    """Return the fields with the states that the settings give to those about which nobody has decided."""
    return tuple(
        DriftField(field.change, _state(field.change, None, policy)) if field.state in {OPEN, REPORTED} else field
        for field in fields
    )


def after_write(before: Sent, sent: Sent, fields: Iterable[DriftField]) -> tuple[DriftField, ...]:
    """Return the fields that still have what people gave them, after a write of ours landed; the others are restored."""
    still = {change.key: change.raw for change in changed_fields(before, sent.answer)}
    return tuple(field for field in fields if field.change.key in still and still[field.change.key] == field.change.raw)


def action_on(field: FieldChange, policy: Policy) -> ChangedFieldAction:
    """Return what the settings say of a changed field: figures are held, and coding is reported, unless they say otherwise."""
    chosen = policy.changed_fields.get(field.group)
    if chosen:
        return chosen
    return "hold" if field.money and policy.changed_in_quickbooks == "hold" else "report"


def state_of(fields: Sequence[DriftField]) -> FieldState:
    """Return the state of a whole drift."""
    states = {field.state for field in fields}
    return next((state for state in STATES if state in states), OPEN)


def field_of(body: Json, field: FieldChange, line_ids: Sequence[str], names: Names = NO_NAMES) -> str | None:
    """Return what a body of ours says in the place of a field that people changed, as they read it; `line_ids` are those of its lines."""
    holder: Json = body
    if field.line_id is not None:
        lines = dict(zip(line_ids, body.get("Line") or [], strict=False))
        line = lines.get(field.line_id) or {}
        holder = {**line, **(line.get(str(line.get("DetailType"))) or {})}
    if field.field == LINE:
        return shown("Amount", holder.get("Amount"), names)
    if field.field == TAX:
        return written(tax_of(body))
    if field.field == "TotalAmt":
        return written(total_meant(body))
    return shown(field.field, holder.get(field.field), names)


def is_newer(token: object, other: str | None) -> bool:
    """Say whether a SyncToken is of a later version than another; one that is no number counts as later."""
    tokens = str(token), str(other)
    return not all(text.isdigit() for text in tokens) or int(tokens[0]) > int(tokens[1])
