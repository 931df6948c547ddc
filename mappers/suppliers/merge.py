"""The merge, field by field, that keeps a supplier and its vendor in step.

Both sides are compared with what they last agreed on. At first contact only blanks are filled and differences are asked
about. Later the side that changed wins; where both did, a person or the newer side decides. A changed account number or
e-mail is always asked about (docs/explanation/accounting.md, Suppliers).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from mappers import notes
from mappers.policy import Policy
from mappers.problems import Note
from mappers.suppliers.fields import ADDRESS, GUARDED, LABELS, Field, plain, same
from mappers.suppliers.profile import Profile, read_supplier, read_vendor

Side = Literal["precoro", "quickbooks", "apart"]
Why = Literal["first", "both", "guarded"]
Values = Mapping[Field, str]


@dataclass(frozen=True, slots=True)
class Agreed:
    """The values of both sides when they last agreed, field by field.

    They may be spelled differently, which is no change. `active` is the same for their being active; `free_address` is an
    address of QuickBooks in bare lines that a person has seen.
    """

    values: Mapping[Field, tuple[str, str]] = field(default_factory=dict)
    active: tuple[bool, bool] | None = None
    free_address: str | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """A field about which a person must decide, and why.

    `first`: they differ at first contact. `both`: both sides changed it. `guarded`: a change that may be fraud.
    """

    field: Field
    precoro: str
    quickbooks: str
    why: Why

    @property
    def digest(self) -> str:
        """Return the fingerprint of both values.

        An answer holds for the very values that were asked about.
        """
        return hashlib.sha256(f"{self.precoro}\0{self.quickbooks}".encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Answer:
    """A person's answer to a question.

    It says which side is right, or that the two may stay apart.
    """

    field: Field
    side: Side
    digest: str

    def __str__(self) -> str:
        """Return the answer as it is stored."""
        return f"{self.field}={self.side}@{self.digest}"

    @classmethod
    def read(cls, text: str) -> Answer | None:
        """Read a stored answer; None when it is something else."""
        name, equals, rest = text.partition("=")
        side, _, digest = rest.partition("@")
        if not equals or name not in LABELS or side not in {"precoro", "quickbooks", "apart"}:
            return None
        return cls(name, side, digest)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Merge:
    """The plan of a paired supplier: what to write where, and what to ask.

    `open` are the fields that are not agreed on yet. `active_in_...` is None where nothing changes.
    """

    to_precoro: Values = field(default_factory=dict)
    to_quickbooks: Values = field(default_factory=dict)
    active_in_precoro: bool | None = None
    active_in_quickbooks: bool | None = None
    unpair: bool = False
    questions: tuple[Question, ...] = ()
    notes: tuple[Note, ...] = ()
    open: frozenset[Field] = frozenset()

    @property
    def writes(self) -> bool:
        """Say whether anything is written to either side."""
        return self.writes_precoro or self.writes_quickbooks

    @property
    def writes_precoro(self) -> bool:
        """Say whether anything is written to Precoro."""
        return bool(self.to_precoro) or self.active_in_precoro is not None

    @property
    def writes_quickbooks(self) -> bool:
        """Say whether anything is written to QuickBooks."""
        return bool(self.to_quickbooks) or self.active_in_quickbooks is not None


def merge(supplier: Profile, vendor: Profile, agreed: Agreed, policy: Policy, answers: Sequence[Answer] = ()) -> Merge:
    """Return what keeps a supplier and its vendor in step.

    Fields of one that is inactive on a side stay as they are.
    """
    activity = _activity(supplier.active, vendor.active, agreed, policy)
    both_active = supplier.active and vendor.active
    if not both_active or activity.writes or activity.unpair:
        return replace(activity, open=frozenset(LABELS))
    newer = _newer(supplier, vendor) if policy.supplier_changed_on_both == "newest" else None
    vendor, opaque = understood(vendor, supplier, agreed)
    steps = [
        _step(name, supplier.values.get(name), vendor.values.get(name), agreed.values.get(name), newer)
        for name in LABELS
        if not (opaque and name in ADDRESS)
    ]
    if opaque:
        steps += _free_address(supplier, vendor, agreed)
    return _together(_with_whole_address([_answered(step, answers) for step in steps]))


def agree(agreed: Agreed, done: Merge, supplier: Profile, vendor: Profile) -> Agreed:
    """Return what both sides agree on after the plan was carried out.

    What is still open is not agreed on.
    """
    readable, opaque = understood(vendor, supplier, agreed)
    values = dict(agreed.values)
    for name in LABELS:
        if name not in done.open:
            old = agreed.values.get(name, ("", ""))
            values[name] = (supplier.values.get(name, old[0]), readable.values.get(name, old[1]))
    free = vendor.free_address if opaque and "address" not in done.open else agreed.free_address
    return Agreed(values, (supplier.active, vendor.active), free)


def common(supplier: Profile, vendor: Profile) -> Agreed:
    """Return what two entries have in common when they are paired.

    Blanks are included; it is the base of later changes. What differs is not agreed on: at first contact blanks are filled,
    and the rest is asked about.
    """
    readable, _ = understood(vendor, supplier, Agreed())
    values = {
        name: (supplier.values[name], readable.values.get(name, ""))
        for name in LABELS
        if name in supplier.values and same(name, supplier.values[name], readable.values.get(name, ""))
    }
    return Agreed(values, (supplier.active, vendor.active) if supplier.active == vendor.active else None)


def undo(supplier: Profile, vendor: Profile, before: Mapping[str, Any] | None) -> Merge:
    """Return what takes back all that a pair brought, and ends the pair.

    A field that was empty before is emptied again in Precoro; in QuickBooks only within the address, otherwise a note says
    that it stays.
    """
    if not before or not before.get("supplier") or not before.get("vendor"):
        return Merge(unpair=True)
    ours, theirs = read_supplier(before["supplier"]), read_vendor(before["vendor"])
    to_precoro = {
        name: value for name, value in ours.values.items() if not same(name, value, supplier.values.get(name, ""))
    }
    changed = [name for name in LABELS if not same(name, theirs.values.get(name, ""), vendor.values.get(name, ""))]
    to_quickbooks = {
        name: theirs.values.get(name, "") for name in changed if name in ADDRESS or theirs.values.get(name)
    }
    left = [name for name in changed if name not in to_quickbooks]
    remarks = tuple(notes.stays_in_quickbooks(LABELS[name]) for name in left)
    return Merge(to_precoro, to_quickbooks, unpair=True, notes=remarks)


def to_json(agreed: Agreed) -> dict[str, Any]:
    """Return what is agreed on as JSON."""
    values = {name: list(pair) for name, pair in agreed.values.items()}
    return {"values": values, "active": agreed.active and list(agreed.active), "free_address": agreed.free_address}


def from_json(stored: Mapping[str, Any] | None) -> Agreed:
    """Read what was agreed on; nothing stored is first contact."""
    if not stored:
        return Agreed()
    values = {name: (pair[0], pair[1]) for name, pair in stored["values"].items() if name in LABELS}
    active = stored.get("active")
    return Agreed(values, (active[0], active[1]) if active else None, stored.get("free_address"))


def understood(vendor: Profile, supplier: Profile, agreed: Agreed) -> tuple[Profile, bool]:
    """Read an address in bare lines by what is known of it.

    Lines that hold every part of a known address are that address: returns the vendor with those parts, and False. Of other
    lines nothing is taken: returns the vendor as it is, and True.
    """
    if vendor.free_address is None:
        return vendor, False
    text = _bare(vendor.free_address)
    agreed_parts = {name: agreed.values[name][1] for name in ADDRESS if name in agreed.values}
    for parts in (agreed_parts, {name: supplier.values.get(name, "") for name in ADDRESS}):
        if any(parts.values()) and all(_bare(part) in text for name, part in parts.items() if name != "country"):
            return replace(vendor, values={**vendor.values, **parts}), False
    return vendor, True


def one_line(values: Values) -> str:
    """Return an address as one line."""
    return ", ".join(plain(values[name]) for name in ADDRESS if values.get(name))


@dataclass(frozen=True, slots=True)
class _Step:
    """What one field needs.

    `fills` says that it fills a blank at first contact, `open` that it is looked at again.
    """

    field: Field
    to_precoro: str | None = None
    to_quickbooks: str | None = None
    question: Question | None = None
    note: Note | None = None
    fills: bool = False
    open: bool = False
    whole_address: Values | None = None


def _activity(in_precoro: bool, in_quickbooks: bool, agreed: Agreed, policy: Policy) -> Merge:
    if agreed.active is None or in_precoro == in_quickbooks:
        return Merge()
    changed = (in_precoro != agreed.active[0], in_quickbooks != agreed.active[1])
    if changed[0] == changed[1]:
        return Merge()
    if policy.supplier_deactivated == "unpair" and not (in_precoro if changed[0] else in_quickbooks):
        return Merge(unpair=True)
    return Merge(active_in_quickbooks=in_precoro) if changed[0] else Merge(active_in_precoro=in_quickbooks)


def _newer(supplier: Profile, vendor: Profile) -> Side | None:
    if supplier.changed_at is None or vendor.changed_at is None or supplier.changed_at == vendor.changed_at:
        return None
    return "precoro" if supplier.changed_at > vendor.changed_at else "quickbooks"


def _step(
    name: Field, precoro: str | None, quickbooks: str | None, before: tuple[str, str] | None, newer: Side | None
) -> _Step:
    """Decide about one field; None is a value that was not sent."""
    if precoro is None:
        return _Step(name, open=True)
    if before is None and same(name, precoro, quickbooks or ""):
        return _Step(name)
    if before is None:
        return _first_contact(name, precoro, quickbooks or "")
    ours = _is_changed(name, precoro, before[0])
    theirs = quickbooks is not None and _is_changed(name, quickbooks, before[1])
    now = quickbooks if quickbooks is not None else before[1]
    if not (ours or theirs) or same(name, precoro, now):
        return _Step(name)
    if name in GUARDED:
        return _Step(name, question=Question(name, precoro, now, "guarded"))
    if ours and theirs:
        return _flow(name, newer, precoro, now) if newer else _Step(name, question=Question(name, precoro, now, "both"))
    return _flow(name, "precoro" if ours else "quickbooks", precoro, now)


def _first_contact(name: Field, precoro: str, quickbooks: str) -> _Step:
    if name in GUARDED:
        return _Step(name, question=Question(name, precoro, quickbooks, "first"))
    if not precoro:
        return _Step(name, to_precoro=quickbooks, fills=True)
    if not quickbooks:
        return _Step(name, to_quickbooks=precoro, fills=True)
    return _Step(name, question=Question(name, precoro, quickbooks, "first"))


def _is_changed(name: Field, now: str, before: str) -> bool:
    """Tell whether a side changed a field.

    A name or street by a letter's case, a phone number only by its digits.
    """
    if name in {"phone", "email", "country"}:
        return not same(name, now, before)
    return plain(now) != plain(before)


def _flow(name: Field, side: Side, precoro: str, quickbooks: str) -> _Step:
    """Let a field flow from the side that is right.

    Only within an address does an emptied field empty the other side.
    """
    if side == "precoro":
        if precoro or name in ADDRESS:
            return _Step(name, to_quickbooks=precoro)
        return _Step(name, note=notes.cleared_on_one_side(LABELS[name], "Precoro", "QuickBooks"))
    if quickbooks or name in ADDRESS:
        return _Step(name, to_precoro=quickbooks)
    return _Step(name, note=notes.cleared_on_one_side(LABELS[name], "QuickBooks", "Precoro"))


def _free_address(supplier: Profile, vendor: Profile, agreed: Agreed) -> list[_Step]:
    """Ask once about an address in bare lines that is not the known one.

    It is asked again when either side changes it.
    """
    free = vendor.free_address or ""
    ours = {name: supplier.values[name] for name in ADDRESS if name in supplier.values}
    unchanged = all(plain(agreed.values.get(name, ("", ""))[0]) == plain(value) for name, value in ours.items())
    if not any(ours.values()) and agreed.free_address is None:
        return [_Step("address", to_precoro=plain(free.replace("\n", ", ")), fills=True)]
    if free == agreed.free_address and unchanged:
        return []
    question = Question("address", one_line(ours), free, "first" if agreed.free_address is None else "both")
    return [_Step("address", question=question, whole_address=ours)]


def _answered(step: _Step, answers: Sequence[Answer]) -> _Step:
    """Let a person's answer decide, if it is about these very values."""
    question = step.question
    if question is None:
        return step
    for answer in answers:
        if answer.field == step.field and answer.digest == question.digest:
            if answer.side == "apart":
                return _Step(step.field)
            return _decided(step, question, answer.side)
    return step


def _decided(step: _Step, question: Question, side: Side) -> _Step:
    if step.whole_address is None:
        return _flow(step.field, side, question.precoro, question.quickbooks)
    if side == "precoro":
        return replace(step, question=None)
    return _Step("address", to_precoro=plain(question.quickbooks.replace("\n", ", ")))


def _with_whole_address(steps: Sequence[_Step]) -> list[_Step]:
    """Fill no blank of an address whose other parts differ.

    Half of each would be an address of nobody.
    """
    differs = any(step.question and step.field in ADDRESS for step in steps)
    return [
        _Step(step.field, open=True) if differs and step.fills and step.field in ADDRESS else step for step in steps
    ]


def _together(steps: Sequence[_Step]) -> Merge:
    to_quickbooks: dict[Field, str] = {}
    for step in steps:
        if step.to_quickbooks is not None:
            to_quickbooks[step.field] = step.to_quickbooks
        if step.whole_address is not None and step.question is None:
            to_quickbooks.update(step.whole_address)
    questions = [step.question for step in steps if step.question]
    return Merge(
        to_precoro={step.field: step.to_precoro for step in steps if step.to_precoro is not None},
        to_quickbooks=to_quickbooks,
        questions=tuple(questions),
        notes=tuple(step.note for step in steps if step.note),
        open=frozenset(step.field for step in steps if step.open or step.question),
    )


def _bare(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())
