"""Approval of suppliers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from standins.precoro.company import now, stamp

if TYPE_CHECKING:
    from standins.precoro.company import Record
    from standins.precoro.settings import PrecoroSettings

PENDING, APPROVED, REJECTED = 1, 2, 3
STEPS = {"approve": APPROVED, "reject": REJECTED}


def begin_approval(supplier: Record, settings: PrecoroSettings) -> None:
    """Give a new supplier its first status; pending ones have no approval date."""
    supplier["status"] = settings.supplier_status
    if settings.supplier_status != APPROVED:
        supplier["approvalDate"] = None


def decide(supplier: Record, step: str) -> None:
    """Approve or reject a supplier."""
    supplier["status"] = STEPS[step]
    if step == "approve":
        supplier["approvalDate"] = stamp(now())
