"""`adopt`: take over what the integration before us, or an earlier installation, sent to QuickBooks.

Precoro names the twins on the rows of its lists, QuickBooks lists them by their ids: a company costs one call for 200 rows at each
side. A document is linked when vendor, currency and total agree; nothing is written at either side.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from mappers import notes
from mappers.counterparts import SUPPLIER_IN, in_currency
from mappers.documents.adoption import doubt, named_twin, taken_over
from mappers.documents.document import CLOSED, Document, DocumentKind
from mappers.documents.left_out import HISTORICAL
from mappers.documents.outcomes import Body, Sent
from mappers.documents.reading import UnreadableDocument, load_document
from mappers.money import written
from mappers.policy import load_policy
from mappers.text import marker
from qbo_client.query import select as query
from store import adoption, companies, contents, intents, records, reference
from store.adoption import NamedTwin
from store.companies import Connection
from store.records import DOCUMENT_KINDS, Record
from store.tasks import APPLIED, PROBLEM, SKIPPED, UNCHANGED, Change
from workers.records import list_rows, writes
from workers.rows import id_of, with_ids
from workers.tasks.action import Action, Calls, Planned, Step

NAME = "adopt"
TAKE_OVER, READ = "take over", "take over and read"
PARTLY_PAID = 4
UNCLEAR = ""
"""The type of what a row names that shows too little of its document."""
EVER = datetime(2000, 1, 1, tzinfo=UTC)
AT_ONCE = 200
"""How many entities one call to QuickBooks names; it answers with 100 unless told how many."""
SHOWN = [
    "id",
    "idn",
    "customName",
    "status",
    "logicType",
    "currency",
    "sum",
    "supplier",
    "legalEntity",
    "externalId",
    "qboId",
    "approvalDate",
    "updateDate",
    "issueDate",
    "createDate",
]
"""What is kept of a row in Precoro."""
LISTED = ("Id", "DocNumber", "VendorRef", "CurrencyRef", "TotalAmt", "PrivateNote")
"""What is kept of an entity in QuickBooks until it is taken over."""


def read(step: Step) -> dict[str, Any] | None:
    """Read the next page of documents in Precoro, and after the last one the next entities that they name in QuickBooks."""
    cursor = step.cursor or {"kind": 0, "page": 1}
    if step.cursor is None:
        with step.write() as (session, _):
            adoption.start(session, step.connection.id)
    if cursor["kind"] < len(DOCUMENT_KINDS):
        return _read_precoro(step, cursor["kind"], cursor["page"])
    return cursor if _read_quickbooks(step) else None


def plan(
    session: Session, connection: Connection, _arguments: Mapping[str, Any], _moment: datetime
) -> Iterator[Planned]:
    """Say of each document that names its twin whether it is taken over, and if not, why."""
    ambiguous = adoption.named_twice(session, connection.id)
    links = load_policy(connection.policy).send == "both"
    for page in adoption.pages(session, connection.id):
        yield from (_unclear(twin) for twin in page if twin.qbo_type == UNCLEAR)
        readable = [(twin, document) for twin in page if (document := _document(twin.kind, twin.row))]
        standing = _standing(session, connection, [(document, _name(twin)) for twin, document in readable])
        for twin, document in readable:
            yield _planned(connection, twin, document, standing, is_ambiguous=_name(twin) in ambiguous, links=links)


def apply(step: Step, changes: Sequence[Change]) -> None:
    """Link documents to what stands for them, each as QuickBooks holds it now."""
    with step.read() as (session, _):
        twins = adoption.of_ids(session, [change.body["twin"] for change in changes])
        session.expunge_all()
    entities: dict[tuple[str, str], Body] = {}
    for type_ in {twin.qbo_type for twin in twins.values()}:
        ids = [twin.qbo_id for twin in twins.values() if twin.qbo_type == type_]
        entities |= {(type_, id_): entity for id_, entity in _entities(step, type_, ids).items()}
    for change in changes:
        twin = twins.get(change.body["twin"])
        if twin is None:
            with step.finish(change, SKIPPED, "Left as it is: both sides were listed again since; adopt once more."):
                continue
        _take_over(step, change, twin, entities.get(_name(twin)))


def calls(counts: Counter[str]) -> Calls:
    """Return what a plan costs: one call for the entities of a batch, and one for each document that has to be read."""
    return Calls(precoro=counts[READ], quickbooks=-(-(counts[TAKE_OVER] + counts[READ]) // AT_ONCE))


ACTION = Action("Adopt what stands in QuickBooks", read, plan, apply, batch=AT_ONCE, calls=calls, long_plan=True)


def _read_precoro(step: Step, place: int, number: int) -> dict[str, Any]:
    """Keep the documents of a page that name their twin; returns from where to go on."""
    kind = DOCUMENT_KINDS[place]
    step.report(now=f"{kind.replace('_', ' ')}s in Precoro, page {number}")
    page = step.precoro.documents_since(kind, EVER, page=number)
    with step.write() as (session, _):
        kept = [_kept(session, step.connection, kind, row) for row in with_ids(kind, page.rows)]
        adoption.keep(session, [row for row in kept if row])
    return {"kind": place, "page": number + 1} if page.more else {"kind": place + 1, "page": 1}


def _kept(session: Session, connection: Connection, kind: str, row: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return what is kept of a row that names its twin and belongs to this connection, None for all others."""
    shown = {name: row[name] for name in SHOWN if name in row}
    document = _document(kind, shown)
    if document is None:
        unclear = {"connection_id": connection.id, "kind": kind, "precoro_id": id_of(row), "row": shown}
        names_any = shown.get("qboId") or shown.get("externalId")
        return {**unclear, "qbo_type": UNCLEAR, "qbo_id": id_of(row), "is_looked_up": True} if names_any else None
    twin = named_twin(document, connection.qbo.realm)
    if twin is None:
        return None
    entity = None if document.legal_entity_id is None else str(document.legal_entity_id)
    serving = companies.connection_for_entity(session, connection.precoro_id, entity)
    if serving is None or serving.id != connection.id:
        return None
    return {
        "connection_id": connection.id,
        "kind": kind,
        "precoro_id": id_of(row),
        "qbo_type": twin[0],
        "qbo_id": twin[1],
        "row": shown,
    }


def _read_quickbooks(step: Step) -> bool:
    """Look up the next entities; returns whether there were any."""
    with step.read() as (session, _):
        twins = adoption.unread(session, step.connection.id, AT_ONCE)
        session.expunge_all()
    if not twins:
        return False
    step.report(now=f"{twins[0].qbo_type}s in QuickBooks")
    entities = _entities(step, twins[0].qbo_type, [twin.qbo_id for twin in twins])
    listed = {id_: {name: entity[name] for name in LISTED if name in entity} for id_, entity in entities.items()}
    with step.write() as (session, _):
        adoption.keep_entities(session, twins, listed)
    return True


def _entities(step: Step, type_: str, ids: Sequence[str]) -> dict[str, Body]:
    """Return what QuickBooks holds of these ids. Metered, one call."""
    rows = step.quickbooks.query(query(type_).where("Id", "IN", sorted(set(ids))).limit(AT_ONCE))
    return {str(row["Id"]): row for row in rows}


def _document(kind: str, row: Mapping[str, Any]) -> Document | None:
    """Return a list row as a document without lines, None where it shows too little."""
    try:
        return load_document(cast("DocumentKind", kind), dict(row))
    except UnreadableDocument:
        return None


@dataclass(frozen=True)
class _Standing:
    """What is known of documents and of the entities that they name: both kinds of records, and the vendors of their suppliers."""

    of_documents: Mapping[tuple[str, str], Record]
    of_entities: Mapping[tuple[str, str], Record]
    pairs: Mapping[tuple[str, str], str]

    def record(self, document: Document) -> Record | None:
        """Return the record of a document, None when nobody has looked at it."""
        return self.of_documents.get((document.kind, str(document.id)))

    def vendor(self, document: Document) -> str | None:
        """Return the vendor of a document's supplier in its currency."""
        own, in_its_currency = _supplier_keys(document)
        return self.pairs.get(in_its_currency) or self.pairs.get(own)


def _standing(session: Session, connection: Connection, named: Sequence[tuple[Document, tuple[str, str]]]) -> _Standing:
    """Return what is known of documents and of the entities that they name, in three statements."""
    ids = [str(document.id) for document, _ in named]
    of_documents = select(Record).where(
        Record.precoro_company_id == connection.precoro_id,
        Record.kind.in_(DOCUMENT_KINDS),
        Record.precoro_id.in_(ids),
    )
    types, entity_ids = {twin[0] for _, twin in named}, [twin[1] for _, twin in named]
    of_entities = select(Record).where(
        Record.qbo_company_id == connection.qbo_id, Record.qbo_type.in_(types), Record.qbo_id.in_(entity_ids)
    )
    suppliers = {key for document, _ in named for key in _supplier_keys(document)}
    return _Standing(
        {(record.kind, record.precoro_id): record for record in session.scalars(of_documents)},
        {(str(record.qbo_type), str(record.qbo_id)): record for record in session.scalars(of_entities)},
        reference.pairs(session, connection.id, suppliers),
    )


def _supplier_keys(document: Document) -> tuple[tuple[str, str], tuple[str, str]]:
    """Return how the pair of a document's supplier is stored, and that of its currency."""
    key = str(document.supplier_id)
    return ("supplier", key), (SUPPLIER_IN, in_currency(key, document.currency))


def _name(twin: NamedTwin) -> tuple[str, str]:
    """Return type and id of the entity that is named."""
    return twin.qbo_type, twin.qbo_id


def _unclear(twin: NamedTwin) -> Planned:
    """Say that nothing can be said of a row that shows too little."""
    number = twin.row.get("customName") or twin.row.get("idn") or twin.precoro_id
    sentence = f"{number} cannot be compared: the list of Precoro shows too little of it. Adopt it by hand."
    return Planned(PROBLEM, f"{twin.kind}:{twin.row.get('idn') or twin.precoro_id}", sentence)


def _planned(
    connection: Connection,
    twin: NamedTwin,
    document: Document,
    standing: _Standing,
    *,
    is_ambiguous: bool,
    links: bool,
) -> Planned:
    """Say whether a document is taken over, and if not, why."""
    title, subject = f"{twin.qbo_type} {twin.qbo_id}", f"{document.kind}:{document.idn}"
    record = standing.record(document)
    if record is not None and (record.qbo_type, record.qbo_id) == _name(twin):
        return Planned(UNCHANGED, subject, f"{document.number} has {title}.")
    why = _doubt(connection, document, _name(twin), twin.entity, standing)
    if is_ambiguous:
        why = "another document names it, too"
    if why:
        return Planned(PROBLEM, subject, f"{document.number} is not {title}: {why}.")
    is_read = _is_partly_paid(document) or (links and _may_be_billed(document))
    amount = written(document.total, document.currency)
    sentence = f"{document.number} of {document.supplier_name}, {amount}, is {title}"
    return Planned(READ if is_read else TAKE_OVER, subject, sentence, {"twin": twin.id})


def _may_be_billed(document: Document) -> bool:
    """Tell whether bills may come that are linked to the lines of an order, which have to be read for it."""
    return document.kind == records.PURCHASE_ORDER and document.status != CLOSED


def _is_partly_paid(document: Document) -> bool:
    """Tell whether more may be paid of an invoice: which payments Precoro has already shows when it is read."""
    return document.status == PARTLY_PAID


def _doubt(
    connection: Connection,
    document: Document,
    name: tuple[str, str],
    entity: Mapping[str, Any] | None,
    standing: _Standing,
) -> str | None:
    """Return what speaks against taking over an entity for a document."""
    record, owner = standing.record(document), standing.of_entities.get(name)
    if record is not None and record.qbo_id not in (None, name[1]):
        return f"{record.qbo_type} {record.qbo_id} stands for it"
    if record is not None and record.state == records.NEVER and not (record.reason or "").startswith(HISTORICAL):
        return f"it is left out: {record.reason}"
    if owner is not None and owner is not record:
        return f"that stands for {owner.name}"
    mark, home = marker(connection.slug, document.kind, document.id), connection.qbo.home_currency
    return doubt(document, entity, vendor_id=standing.vendor(document), mark=mark, home_currency=home)


def _take_over(step: Step, change: Change, twin: NamedTwin, entity: Body | None) -> None:
    """Link one document, unless anything speaks against it by now."""
    document, name = load_document(cast("DocumentKind", twin.kind), twin.row), _name(twin)
    with step.read() as (session, moment):
        connection = session.get_one(Connection, step.connection.id)
        standing = _standing(session, connection, [(document, name)])
        why = _doubt(connection, document, name, entity, standing)
        record = standing.record(document)
        if record is not None and (_is_claimed(record, moment) or intents.unsettled(session, record.id)):
            why = "it is being worked on"
    if entity is None or why:
        with step.finish(change, SKIPPED, f"Left as it is: {why}."):
            return
    sent = taken_over(twin.qbo_type, entity, document.version)
    with step.finish(change, APPLIED, f"{change.sentence}.") as (session, moment):
        connection = session.get_one(Connection, step.connection.id)
        _link(session, connection, document, sent, moment, is_read=change.what == READ)


def _is_claimed(record: Record, moment: datetime) -> bool:
    """Tell whether a worker has a record; what it makes of it is looked at again."""
    return record.lease_until is not None and record.lease_until > moment


def _link(
    session: Session, connection: Connection, document: Document, sent: Sent, moment: datetime, *, is_read: bool
) -> None:
    """Record that an entity stands for a document, which is read because of it only if `is_read`."""
    record_id = records.request(session, connection, document.kind, str(document.id), document.idn, moment)
    record = session.get_one(Record, record_id, populate_existing=True)
    is_up_to_date = record.requested_version == record.handled_version + 1 and not _is_claimed(record, moment)
    if is_up_to_date and not is_read:
        record.handled_version, record.requested_at = record.requested_version, None
    list_rows.describe(record, document)
    record.state, record.reason = records.SYNCED, "Taken over as it stands in QuickBooks."
    records.replace_problems(session, record.id, [])
    contents.forget(session, record.id)
    writes.link(session, connection.qbo, record, sent, [asdict(notes.adopted(sent.type, sent.id))])
    records.release_followers(session, record, moment)
