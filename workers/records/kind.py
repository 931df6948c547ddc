"""What the pipeline asks of a kind of record; `workers.kinds` lists them all."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, Protocol, TypeVar

from sqlalchemy.orm import Session

from mappers.documents.outcomes import Hold
from mappers.problems import Problem
from outbound.errors import RemoteError
from store.intents import Intent
from workers.records.work import Work

Read = TypeVar("Read")
Plan = TypeVar("Plan")


class Kind(Protocol[Read, Plan]):
    """How one kind of record is kept in step: `read` returns what `plan` decides on, and `apply` carries the plan out.

    `can_resend` says that the service takes the same write with the same id for one.
    """

    can_resend: ClassVar[bool] = True

    def read(self, work: Work) -> Read | None:
        """Return the record as it is now, or None when there is nothing more to do."""

    def plan(self, work: Work, read: Read) -> Plan:
        """Decide what the other side should hold because of it."""

    def apply(self, work: Work, read: Read, plan: Plan) -> None:
        """Carry out the plan, and record what came of it."""

    def hold(self, work: Work, decision: Hold) -> None:
        """Record that the record waits for a person, and for what."""

    def problem(self, error: RemoteError) -> Problem:
        """Turn a definite refusal of a service into the reason why the record is held."""

    def write_back(self, work: Work) -> None:
        """Bring what Precoro shows about the record up to date."""

    def find_landed(self, work: Work, intent: Intent) -> Mapping[str, Any] | None:
        """Return what shows that an unanswered write landed, or None when nothing shows it."""

    def record_landed(
        self, work: Work, session: Session, moment: datetime, intent: Intent, answer: Mapping[str, Any]
    ) -> None:
        """Record that a write landed, whoever saw it."""
