"""The problems and notes of one document, collected while it is mapped."""

from __future__ import annotations

from dataclasses import dataclass, field

from mappers.books import OrderTwin
from mappers.problems import Note, Problem


@dataclass
class Findings:
    """Problems, notes, and orders that cannot be linked as they are, in the order of their discovery, each once."""

    problems: list[Problem] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    unlinked_orders: list[str] = field(default_factory=list)
    """The ids in QuickBooks of the orders that are billed without a link."""
    later_orders: list[OrderTwin] = field(default_factory=list)
    """The orders that have to be given an earlier date before they are billed."""

    def hold(self, problem: Problem) -> None:
        """Add a reason to hold."""
        if problem not in self.problems:
            self.problems.append(problem)

    def wait_for(self, order: OrderTwin) -> None:
        """Add an order that has to be given an earlier date first."""
        if order not in self.later_orders:
            self.later_orders.append(order)

    def leave_unlinked(self, order_id: str) -> None:
        """Add an order that is billed without a link."""
        if order_id not in self.unlinked_orders:
            self.unlinked_orders.append(order_id)

    def note(self, *notes: Note) -> None:
        """Add what should be known."""
        self.notes.extend(note for note in notes if note not in self.notes)
