"""A cause for which a person is needed, as it is observed at one moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Final, Literal, TypeAlias

Kind: TypeAlias = Literal[
    "clock",
    "workers",
    "disconnected",
    "payment_details",
    "drift",
    "report",
    "failed",
    "held",
    "standstill",
    "silence",
    "metered",
    "quota",
]
CLOCK: Final = "clock"
WORKERS: Final = "workers"
DISCONNECTED: Final = "disconnected"
PAYMENT_DETAILS: Final = "payment_details"
DRIFT: Final = "drift"
REPORT: Final = "report"
FAILED: Final = "failed"
HELD: Final = "held"
STANDSTILL: Final = "standstill"
SILENCE: Final = "silence"
METERED: Final = "metered"
QUOTA: Final = "quota"

ALERT_KINDS: Mapping[Kind, str] = {
    CLOCK: "The clock has stopped",
    WORKERS: "No worker runs",
    DISCONNECTED: "QuickBooks accepts the connection no longer",
    PAYMENT_DETAILS: "Payment details of a supplier were changed in QuickBooks",
    DRIFT: "What was sent was changed in QuickBooks",
    REPORT: "A tie-out report does not tie",
    FAILED: "Records failed",
    STANDSTILL: "Documents are due, and nothing moves",
    SILENCE: "A company sends no events any more",
    HELD: "Documents are held for longer than the settings allow",
    METERED: "Most of the month's metered calls are used",
    QUOTA: "Most of a day's calls are used",
}
"""Every kind of cause with what it means, in the order in which a message lists them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertCause:
    """Something that needs a person.

    Args:
        key: what makes it the same cause at the next look, such as `held:acme:period_closed`
        connection: the connection that it is about; None for the whole installation
        sentence: what is wrong, in the words of the console
        page: the path of the page of the console where it is put right
        records: how many records it is about
        amounts: how much money these are, by currency
        since: since when it is so, if that is known
    """

    key: str
    kind: Kind
    connection: str | None
    sentence: str
    page: str
    records: int = 0
    amounts: Mapping[str, Decimal] = field(default_factory=dict)
    since: datetime | None = None
