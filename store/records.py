"""Records, which are kept in step with QuickBooks: the one predicate that says which are due, claims and releases.

A record is due when an event, a catch-up or a person asks for a look at it (`requested_version > handled_version`) or its
write-back is due, and nothing stands in the way. Receiver, dispatch, claim, /readyz and the pages all use `due`. Every time
compared is the database's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any, Final, Literal, TypeAlias, cast, get_args

from sqlalchemy import (
    ColumnElement,
    Computed,
    ForeignKey,
    Index,
    Insert,
    String,
    Table,
    Text,
    UniqueConstraint,
    Update,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    text,
    update,
)
from sqlalchemy import Connection as DatabaseConnection
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column, relationship

from mappers.documents.document import DocumentKind
from mappers.documents.status import Approval
from mappers.remedies import Remedy
from store.base import Base, EncryptedJson, ExactJson, Moment, Money, RemedyJson, UtcTime
from store.companies import CONNECTED, Connection

RecordState: TypeAlias = Literal["open", "ready", "synced", "held", "failed", "removed", "never"]
OPEN: Final = "open"
READY: Final = "ready"
SYNCED: Final = "synced"
HELD: Final = "held"
FAILED: Final = "failed"
REMOVED: Final = "removed"
NEVER: Final = "never"
STATES: tuple[RecordState, ...] = get_args(RecordState)

RecordKind: TypeAlias = DocumentKind | Literal["supplier", "payment", "attachment"]
PURCHASE_ORDER: Final = "purchase_order"
INVOICE: Final = "invoice"
SUPPLIER: Final = "supplier"
PAYMENT: Final = "payment"
ATTACHMENT: Final = "attachment"
OF_CONNECTION: frozenset[RecordKind] = frozenset({SUPPLIER, PAYMENT})
"""The kinds of which each connection has records of its own."""
DOCUMENT_KINDS: tuple[DocumentKind, ...] = get_args(DocumentKind)

SEARCHED = (
    "coalesce(number, '') || ' ' || coalesce(supplier, '') || ' ' || coalesce(idn, '')"
    " || ' ' || coalesce(qbo_number, '') || ' ' || coalesce(supplier_number, '')"
)
"""The text of a record that is searched: its numbers and the supplier's name."""
WAITING = (HELD, READY, OPEN)
"""The states in which a record may have problems: ready before its connection is live, open while another document goes first."""
CHUNK = 1000
"""How many values one statement names at most."""


class Record(Base):
    """A document, supplier, payment or file, its state, and its twin on the other side.

    `scope` is 0 for documents, of which there is one each, and the connection's id for suppliers, who may have a vendor in
    each of several QuickBooks companies, and for payments, which are of one. A payment begins in QuickBooks: its `precoro_id`
    is the key by which it is known there, its `idn` the payment in Precoro. A file's scope is the id of its document's record,
    its `sent` what it hangs on. `list_row` is what Precoro's lists show of it as long as nothing relevant happens;
    `only_events` says that only events ask for a look, which may be echoes of our own write-back. `unanswered_since` says that
    a service gave no clear answer about it, and that nobody knows yet whether others get one. `postponed_for` is why work on it
    goes on at `not_before` only, when nothing went wrong. `searched` is all that a search looks in. The index `records_listed`
    holds all that lists are narrowed by: the rows themselves are wide.
    """

    __tablename__ = "records"

    id: Mapped[int] = mapped_column(primary_key=True)
    precoro_company_id: Mapped[int] = mapped_column(ForeignKey("precoro_companies.id"))
    connection_id: Mapped[int] = mapped_column(ForeignKey("connections.id"))
    kind: Mapped[RecordKind] = mapped_column(String(20))
    precoro_id: Mapped[str] = mapped_column(String(100))
    scope: Mapped[int] = mapped_column(default=0)
    idn: Mapped[str | None] = mapped_column(String(40))

    state: Mapped[RecordState] = mapped_column(String(8), default=OPEN)
    reason: Mapped[str | None] = mapped_column(String(1000))
    notes: Mapped[list[dict[str, str]]] = mapped_column(ExactJson, default=list)
    number: Mapped[str | None] = mapped_column(String(300))
    supplier: Mapped[str | None] = mapped_column(String(300))
    currency: Mapped[str | None] = mapped_column(String(3))
    amount: Mapped[Decimal | None] = mapped_column(Money)
    issued_on: Mapped[date | None] = mapped_column()
    supplier_number: Mapped[str | None] = mapped_column(String(60))
    approval: Mapped[Approval | None] = mapped_column(String(12))
    approved_at: Mapped[datetime | None] = mapped_column(UtcTime)

    requested_version: Mapped[int] = mapped_column(default=0)
    handled_version: Mapped[int] = mapped_column(default=0)
    requested_by_person: Mapped[bool] = mapped_column(default=False)
    overridden_problems: Mapped[list[str]] = mapped_column(ExactJson, default=list)
    write_back_due: Mapped[bool] = mapped_column(default=False)
    not_before: Mapped[datetime | None] = mapped_column(UtcTime)
    postponed_for: Mapped[str | None] = mapped_column(String(500))
    queued_at: Mapped[datetime | None] = mapped_column(UtcTime)
    claim: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None] = mapped_column(UtcTime)
    attempts: Mapped[int] = mapped_column(default=0)
    unanswered_since: Mapped[datetime | None] = mapped_column(UtcTime)
    requested_at: Mapped[datetime | None] = mapped_column(UtcTime)
    only_events: Mapped[bool] = mapped_column(default=False)

    read_at: Mapped[datetime | None] = mapped_column(UtcTime)
    list_row: Mapped[dict[str, str] | None] = mapped_column(ExactJson)
    written_back_at: Mapped[datetime | None] = mapped_column(UtcTime)
    external_id: Mapped[str | None] = mapped_column(String(255))
    log_text: Mapped[str | None] = mapped_column(Text)

    qbo_company_id: Mapped[int | None] = mapped_column(ForeignKey("qbo_companies.id"))
    qbo_type: Mapped[str | None] = mapped_column(String(40))
    qbo_id: Mapped[str | None] = mapped_column(String(40))
    qbo_number: Mapped[str | None] = mapped_column(String(40))
    sent: Mapped[dict[str, Any] | None] = mapped_column(EncryptedJson)
    revised: Mapped[bool] = mapped_column(default=False)
    searched: Mapped[str] = mapped_column(Text, Computed(SEARCHED, persisted=True), deferred=True)

    connection: Mapped[Connection] = relationship()
    problems: Mapped[list[ProblemRow]] = relationship(order_by="ProblemRow.position")

    __table_args__ = (
        UniqueConstraint("precoro_company_id", "kind", "precoro_id", "scope", name="one_record_each"),
        UniqueConstraint("qbo_company_id", "qbo_type", "qbo_id", name="one_record_owns_a_twin"),
        Index("records_by_state", "connection_id", "state"),
        Index("records_by_idn", "idn"),
        Index("records_listed", "connection_id", "kind", "state", "issued_on", "amount", "approval", "searched"),
    )

    @property
    def subject(self) -> str:
        """How problems of other records name this one, such as `invoice:956598`."""
        return f"{self.kind}:{self.precoro_id}"

    @property
    def name(self) -> str:
        """The name that is its own alone in a company of Precoro, such as `invoice:203`."""
        return f"{self.kind}:{self.idn or self.precoro_id}"


RECORDS = cast("Table", Record.__table__)
Index("records_by_number", func.lower(RECORDS.c.number))
UNDER_WAY = text("lease_until IS NOT NULL OR queued_at IS NOT NULL")
Index("records_under_way", RECORDS.c.connection_id, sqlite_where=UNDER_WAY, postgresql_where=UNDER_WAY)
Index(
    "records_requested",
    RECORDS.c.connection_id,
    RECORDS.c.kind,
    sqlite_where=text("requested_version > handled_version OR write_back_due = 1"),
    postgresql_where=text("requested_version > handled_version OR write_back_due"),
)
IS_FILE = text("kind = 'attachment'")
Index("files_of_documents", RECORDS.c.scope, sqlite_where=IS_FILE, postgresql_where=IS_FILE)


class ProblemRow(Base):
    """One reason why a record is held, and what puts it right."""

    __tablename__ = "problems"

    id: Mapped[int] = mapped_column(primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("records.id"), index=True)
    position: Mapped[int] = mapped_column()
    code: Mapped[str] = mapped_column(String(60), index=True)
    subject: Mapped[str | None] = mapped_column(String(100), index=True)
    sentence: Mapped[str] = mapped_column(String(2000))
    remedy: Mapped[Remedy] = mapped_column(RemedyJson)


@dataclass(frozen=True)
class Claim:
    """The right to work on a record until the lease ends; every change of state names it."""

    record_id: int
    number: int
    requested_version: int


def requested(now: Moment) -> ColumnElement[bool]:
    """Say that something is to be done for a record and its time has come; `now` may be a parameter of a statement."""
    return and_(
        or_(Record.requested_version > Record.handled_version, Record.write_back_due),
        or_(Record.not_before.is_(None), Record.not_before <= now),
        Record.state != NEVER,
    )


def free(now: Moment) -> ColumnElement[bool]:
    """Say that nobody works on a record, and that its connection works, or after a back-off needs its one probe."""
    other = aliased(Record)
    claimed = exists().where(other.connection_id == Record.connection_id, other.lease_until > now)
    probed = claimed.correlate(Record)  # or, two levels down, any connection's work would count
    works = exists().where(
        Connection.id == Record.connection_id,
        Connection.state == CONNECTED,
        or_(Connection.backoff_until.is_(None), Connection.backoff_until <= now),
        or_(Connection.backoffs == 0, ~probed),
    )
    return and_(or_(Record.lease_until.is_(None), Record.lease_until <= now), works)


def under_way(record: type[Record]) -> ColumnElement[bool]:
    """Say that a record is queued or claimed, or was: the condition of the index `records_under_way`."""
    return or_(record.lease_until.isnot(None), record.queued_at.isnot(None))


def due(now: datetime, queued_for: float) -> ColumnElement[bool]:
    """Say that a record should be queued now: the one predicate."""
    return due_since(now, now - timedelta(seconds=queued_for))


def due_since(now: Moment, recent: Moment) -> ColumnElement[bool]:
    """Say that a record should be queued now; what was queued since `recent` may still arrive."""
    return and_(requested(now), free(now), or_(Record.queued_at.is_(None), Record.queued_at <= recent))


def request(
    session: Session, serving: Connection, kind: RecordKind, precoro_id: str, idn: str | None, now: datetime
) -> int:
    """Say that a record should be looked at, whatever its state; returns its id. Revives `failed`.

    A new record belongs to the connection `serving`; a known one stays with the connection of its legal entity. The event
    clears the delay before the next attempt, since it may carry the correction; any other `not_before` stands.
    """
    return request_on(session.connection(), serving.precoro_id, serving.id, kind, precoro_id, idn, now)


def request_on(
    connection: DatabaseConnection,
    company_id: int,
    connection_id: int,
    kind: RecordKind,
    precoro_id: str,
    idn: str | None,
    now: datetime,
) -> int:
    """Do what `request` does, on a bare connection: it runs for every event."""
    parameters = {
        "precoro_company_id": company_id,
        "connection_id": connection_id,
        "kind": kind,
        "precoro_id": precoro_id,
        "idn": idn,
        "requested_at": now,
        "scope": connection_id if kind in OF_CONNECTION else 0,
    }
    return int(connection.execute(_request_statement(connection.dialect.name), parameters).scalar_one())


@cache
def _request_statement(dialect: str) -> Insert:
    """Build the statement of `request` once a process."""
    insert = sqlite_insert if dialect == "sqlite" else postgres_insert
    row = insert(RECORDS).values(
        {
            name: bindparam(name)
            for name in ("precoro_company_id", "connection_id", "kind", "precoro_id", "idn", "requested_at", "scope")
        },
    )
    row = row.values(requested_version=1, only_events=True, **_DEFAULTS)
    return row.on_conflict_do_update(
        index_elements=["precoro_company_id", "kind", "precoro_id", "scope"],
        set_={
            "requested_version": RECORDS.c.requested_version + 1,
            "idn": func.coalesce(RECORDS.c.idn, row.excluded.idn),  # a ping is no proof against what is known
            "attempts": 0,
            "not_before": case((RECORDS.c.attempts > 0, null()), else_=RECORDS.c.not_before),
            "requested_at": func.coalesce(RECORDS.c.requested_at, row.excluded.requested_at),
            "only_events": or_(RECORDS.c.requested_version <= RECORDS.c.handled_version, RECORDS.c.only_events),
        },
    ).returning(RECORDS.c.id)


def claim(session: Session, record_id: int, now: datetime, lease: float) -> Claim | None:
    """Take a record to work on it; None when it is not due or another worker was first."""
    parameters = {"record": record_id, "now": now, "until": now + timedelta(seconds=lease)}
    row = session.connection().execute(_claim_statement(), parameters).first()
    return Claim(record_id, *row) if row else None


@cache
def _claim_statement() -> Update:
    """Build the statement of `claim` once a process."""
    now = bindparam("now", type_=UtcTime)
    return (
        update(RECORDS)
        .where(RECORDS.c.id == bindparam("record"), requested(now), free(now))
        .values(
            claim=RECORDS.c.claim + 1, lease_until=bindparam("until", type_=UtcTime), queued_at=None, postponed_for=None
        )
        .returning(RECORDS.c.claim, RECORDS.c.requested_version)
    )


def is_claimed_by(claim: Claim) -> ColumnElement[bool]:
    """Say that this is still the newest claim: nobody took the record over after the lease ran out."""
    return and_(Record.id == claim.record_id, Record.claim == claim.number)


def lease_left(session: Session, claim: Claim, now: datetime) -> float:
    """Return the seconds left to work under a claim; 0 when it was taken over."""
    until = session.scalar(select(Record.lease_until).where(is_claimed_by(claim)))
    return (until - now).total_seconds() if until else 0.0


def end_claim(session: Session, claim: Claim, **values: Any) -> bool:
    """End a claim and store these columns in one UPDATE; False when the claim was taken over."""
    released = update(Record).where(is_claimed_by(claim)).values(lease_until=None, **values).returning(Record.id)
    return session.execute(released).first() is not None


def replace_problems(session: Session, record_id: int, problems: list[ProblemRow]) -> None:
    """Replace the problems of a record."""
    session.execute(delete(ProblemRow).where(ProblemRow.record_id == record_id))
    session.add_all(problems)


def revive(
    session: Session, record_id: int, now: datetime, *, by_person: bool = False, overridden: Sequence[str] | None = None
) -> None:
    """Request a record again and start its attempts afresh: for a person, or because its failed job was requeued.

    `overridden` are the codes of problems that the person decided to step over.
    """
    session.execute(
        update(Record)
        .where(Record.id == record_id)
        .values(
            requested_version=Record.requested_version + 1,
            requested_at=now,
            attempts=0,
            unanswered_since=None,
            only_events=False,
            not_before=None,
            queued_at=None,
            requested_by_person=or_(Record.requested_by_person, literal(by_person)),
            **({} if overridden is None else {"overridden_problems": list(overridden)}),
        )
    )


def take_up(session: Session, record_id: int) -> None:
    """Let a record that was left out be worked on again."""
    left_out = update(Record).where(Record.id == record_id, Record.state == NEVER)
    session.execute(left_out.values(state=OPEN, reason=None))


def failed(session: Session, limit: int) -> Sequence[Record]:
    """Return the records that failed, the newest first."""
    return session.scalars(select(Record).where(Record.state == FAILED).order_by(Record.id.desc()).limit(limit)).all()


def is_held_for(session: Session, connection_id: int, subjects: Sequence[str]) -> bool:
    """Say whether anything of a connection waits because of one of these subjects, or would once it is live."""
    held = (
        select(Record.id)
        .join(ProblemRow, ProblemRow.record_id == Record.id)
        .where(Record.connection_id == connection_id, Record.state.in_(WAITING), ProblemRow.subject.in_(subjects))
    )
    return session.scalars(held.limit(1)).first() is not None


def waiting_for(session: Session, connection_id: int, subject: str) -> Sequence[str]:
    """Name the records (`invoice:203`) that wait because of this subject, or would once live."""
    waiting = select(Record.kind, func.coalesce(Record.idn, Record.precoro_id)).where(
        Record.connection_id == connection_id,
        Record.state.in_(WAITING),
        Record.problems.any(ProblemRow.subject == subject),
    )
    return [f"{kind}:{idn}" for kind, idn in session.execute(waiting.order_by(Record.id))]


def release_held(session: Session, connection_id: int, subjects: Sequence[str], now: datetime) -> int:
    """Make the records due that wait because of these subjects, or would once live; returns how many documents they are."""
    waiting = (
        select(ProblemRow.record_id, Record.kind)
        .join(Record, Record.id == ProblemRow.record_id)
        .where(Record.connection_id == connection_id, Record.state.in_(WAITING))
    )
    held: dict[int, str] = {}
    for start in range(0, len(subjects), CHUNK):
        rows = session.execute(waiting.where(ProblemRow.subject.in_(subjects[start : start + CHUNK])))
        held.update((record_id, kind) for record_id, kind in rows)
    make_due(session, sorted(held), now)
    return sum(kind in DOCUMENT_KINDS for kind in held.values())


def make_due(session: Session, ids: Sequence[int], now: datetime) -> None:
    """Make these records due, for another reason than an event about them."""
    for start in range(0, len(ids), CHUNK):
        session.execute(
            update(Record)
            .where(Record.id.in_(ids[start : start + CHUNK]))
            .values(requested_version=Record.requested_version + 1, requested_at=now, only_events=False, queued_at=None)
        )


def is_awaited() -> ColumnElement[bool]:
    """Say that another record waits for this one to go first."""
    return exists().where(ProblemRow.subject == Record.kind + ":" + Record.precoro_id)


def release_followers(session: Session, record: Record, now: datetime) -> int:
    """Make the records due that wait for this one to go first; returns how many documents they are."""
    return release_held(session, record.connection_id, [record.subject], now)


_DEFAULTS: dict[str, Any] = {
    "state": OPEN,
    "notes": [],
    "handled_version": 0,
    "requested_by_person": False,
    "overridden_problems": [],
    "write_back_due": False,
    "claim": 0,
    "attempts": 0,
    "revised": False,
}
