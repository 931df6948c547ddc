"""Puts every document and every entity into exactly one bucket of the report.

The rules for people: docs/explanation/accounting.md, Tie-out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, Literal, NamedTuple, TypeAlias, get_args

from mappers.documents.left_out import HISTORICAL
from mappers.money import written
from mappers.text import sentence
from mappers.tie_out.sides import BooksSide, PrecoroSide, Standing

Bucket: TypeAlias = Literal[
    "agrees",
    "held",
    "waiting",
    "failed",
    "ignored",
    "historical",
    "left_out",
    "accepted",
    "other_period",
    "entered_directly",
    "in_flight",
    "different",
    "missing",
    "not_removed",
    "stray",
    "suspected_duplicate",
]
BUCKETS: Final[tuple[Bucket, ...]] = get_args(Bucket)
TITLES: Final[Mapping[str, str]] = {
    "agrees": "In agreement",
    "held": "Held for a person",
    "waiting": "Waiting to be sent",
    "failed": "Failed to send",
    "ignored": "Left out by a person",
    "historical": "Approved before going live",
    "left_out": "Not sent by rule",
    "accepted": "Accepted with a difference",
    "other_period": "Booked in another period",
    "entered_directly": "Entered directly in QuickBooks",
    "in_flight": "Changed during the reading",
    "different": "Different in QuickBooks",
    "missing": "Missing in QuickBooks",
    "not_removed": "Cancelled, but still in QuickBooks",
    "stray": "With our mark, but no document",
    "suspected_duplicate": "Possibly entered twice",
}
"""What people call each bucket."""
MEANINGS: Final[dict[Bucket, str]] = {
    "agrees": "Both sides hold the same amount, currency and supplier.",
    "held": "A person must decide: Needs attention lists it.",
    "waiting": "To be sent, changed or removed: by itself, or when a person sends it.",
    "failed": "Its attempts are used up.",
    "ignored": "A person left it out.",
    "historical": "Approved before the connection went live.",
    "left_out": "Not sent by rule, as a part of a split invoice.",
    "accepted": "A person accepted what QuickBooks holds.",
    "other_period": "Amount, currency and supplier agree, and QuickBooks has it in another period.",
    "entered_directly": "Entered in QuickBooks past Precoro.",
    "in_flight": "It changed while both sides were read.",
    "different": "QuickBooks holds another amount, currency or supplier, or people moved it to another period; nobody accepted it.",
    "missing": "Approved in Precoro, and not in QuickBooks.",
    "not_removed": "Cancelled or denied in Precoro, and still in QuickBooks.",
    "stray": "It carries our mark, and stands for no document of Precoro.",
    "suspected_duplicate": "Entered in QuickBooks, and it looks like a document of Precoro.",
}
BREAKS: Final[tuple[Bucket, ...]] = ("different", "missing", "not_removed", "stray", "suspected_duplicate")
"""What breaks the agreement; all other buckets explain a difference, or are for information."""
IGNORED: Final = "ignored by "
"""How the reason begins for which a person left a document out."""


def counted(counts: Mapping[str, int], buckets: Iterable[Bucket] = BUCKETS) -> str:
    """Return how many are in each of these buckets, in words: `2 held for a person, 1 missing in QuickBooks`."""
    numbers = ((counts.get(bucket), TITLES[bucket]) for bucket in buckets)
    return ", ".join(f"{number} {title[0].lower()}{title[1:]}" for number, title in numbers if number)


class Placement(NamedTuple):
    """The bucket of a document or an entity, and a sentence why, where the bucket alone does not say it."""

    bucket: Bucket
    why: str = ""


def of_document(
    precoro: PrecoroSide, standing: Standing | None, books: BooksSide | None, *, in_flight: bool = False
) -> Placement | None:
    """Return the bucket of a document; None for one that nobody expects in QuickBooks and that is not there.

    `in_flight` says that a side changed while the report was read.
    """
    placement = _of_standing(precoro, standing, books) if books else _of_absent(precoro, standing)
    if placement is None:
        return None
    bucket: Bucket = "in_flight" if in_flight and placement.bucket in BREAKS else placement.bucket
    return Placement(bucket, sentence(placement.why))


def of_other_period(standing: Standing | None, books: BooksSide, *, in_flight: bool = False) -> Placement:
    """Return the bucket of what agrees and is in the period on one side only."""
    sent_dated = standing.sent_dated if standing else None
    if sent_dated is None or sent_dated == books.dated:
        return Placement("other_period")
    why = f"Moved in QuickBooks from {sent_dated} to {books.dated}."
    if standing is not None and standing.is_kept:
        return Placement("other_period", why)
    return Placement("in_flight" if in_flight else "different", why)


def of_entity(mark: str | None, twin_of: str | None, *, in_flight: bool = False) -> Placement:
    """Return the bucket of an entity that stands for no document of Precoro.

    `mark` is our marker on it, `twin_of` the name of the document that it looks like.
    """
    if mark:
        placement = Placement("stray", f"It carries the mark {mark}.")
    elif twin_of:
        placement = Placement("suspected_duplicate", f"It looks like {twin_of}.")
    else:
        return Placement("entered_directly")
    return Placement("in_flight", placement.why) if in_flight else placement


def agree(precoro: PrecoroSide, books: BooksSide) -> bool:
    """Tell whether both sides hold the same: type, amount to the last digit, currency and supplier."""
    return not differing(precoro, books)


def differing(precoro: PrecoroSide, books: BooksSide) -> str:
    """Say what differs between both sides; empty when nothing does."""
    parts = []
    if precoro.type != books.type:
        parts.append(f"a {books.type} instead of a {precoro.type}")
    if precoro.currency != books.currency:
        parts.append(f"in {books.currency} instead of {precoro.currency}")
    elif precoro.amount != books.total:
        parts.append(f"{written(books.total)} instead of {written(precoro.amount)}")
    if precoro.party != books.party:
        parts.append("for another vendor")
    return ", ".join(parts)


def _of_standing(precoro: PrecoroSide, standing: Standing | None, books: BooksSide) -> Placement:
    """Return the bucket of a document for which something stands in QuickBooks."""
    must_stand = precoro.requires == "stand"
    what = differing(precoro, books) if must_stand else _why_standing(precoro)
    if not what:
        return Placement("agrees")
    if standing is None:
        return Placement("different", what)
    if standing.is_kept or _is_kept_though_cancelled(standing):
        return Placement("accepted", what)
    if standing.sent is not None and standing.sent != books.total:
        changed = f"changed in QuickBooks from {written(standing.sent)} to {written(books.total)}"
        return Placement("different", changed)
    if precoro.requires == "wait":
        return Placement("waiting", what)
    explained = _explained(precoro, standing, what)
    return explained or Placement("different" if must_stand else "not_removed", what)


def _of_absent(precoro: PrecoroSide, standing: Standing | None) -> Placement | None:
    """Return the bucket of a document for which nothing stands in QuickBooks."""
    if precoro.requires != "stand":
        return None
    if not precoro.amount:
        return Placement("agrees", "It comes to nothing, and nothing stands there.")
    if standing is None:
        return (
            Placement("missing", "Tieout has never seen it.")
            if precoro.is_read
            else Placement("waiting", "Not read yet.")
        )
    if standing.state == "never":
        return Placement(_left_out(standing.reason or ""), standing.reason or "")
    if standing.sent is not None:
        return Placement("missing", "It was sent, and QuickBooks does not hold it any more.")
    return _explained(precoro, standing, "") or Placement("missing", standing.reason or "")


def _explained(precoro: PrecoroSide, standing: Standing, why: str) -> Placement | None:
    """Return the bucket that explains a difference by where the document stands; None when nothing is to be done for it."""
    if standing.state == "held":
        return Placement("held", standing.reason or why)
    if standing.state == "failed":
        return Placement("failed", standing.reason or why)
    if standing.is_due or standing.state in {"ready", "open"} or not precoro.is_read:
        return Placement("waiting", standing.reason or why)
    return None


def _why_standing(precoro: PrecoroSide) -> str:
    if precoro.requires == "remove":
        return "cancelled or denied in Precoro"
    return "not approved in Precoro at present"


def _is_kept_though_cancelled(standing: Standing) -> bool:
    """Tell whether a person keeps in QuickBooks what Precoro has cancelled, or left the document out later."""
    return standing.state == "never" and standing.sent is not None


def _left_out(reason: str) -> Bucket:
    if reason.startswith(HISTORICAL):
        return "historical"
    return "ignored" if reason.startswith(IGNORED) else "left_out"
