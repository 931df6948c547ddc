"""What waits as rows that people read: a row for each line of each document, and what a document is booked to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from mappers.documents.preview import PreviewEntity, PreviewLine
from workers.documents.preview import WaitingDocument

COLUMNS = (
    "document", "number", "connection", "state", "decision", "supplier", "total in Precoro", "currency",
    "type", "number in QuickBooks", "vendor", "date", "date in Precoro", "due date", "exchange rate", "location", "total",
    "line", "account", "product", "quantity", "unit price", "class", "customer", "tax code", "purchase order", "amount",
    "files", "why",
)  # fmt: skip
NO_LINE = PreviewLine(
    description="", account="", item="", quantity=None, unit_price=None, class_name="", customer="", tax_code="", order="",
    amount=Decimal(0),
)  # fmt: skip


def lines_of(row: WaitingDocument) -> Iterator[Sequence[object]]:
    """Yield a row for each line; what belongs to the whole document stands on its first row only, so that columns add up."""
    entity = row.entity
    head = (row.document, row.number, row.connection, row.state, row.decision, row.supplier)
    for place, line in enumerate(entity.lines if entity else (NO_LINE,)):
        is_first = place == 0
        totals = (row.amount if is_first else None, row.currency)
        booked = _csv_entity(entity, is_first=is_first) if entity else ("",) * 9
        coding = (
            line.description,
            line.account,
            line.item,
            line.quantity,
            line.unit_price,
            line.class_name,
            line.customer,
        )
        amount = (line.tax_code, line.order, line.amount if entity else None)
        rest = (_files(row), why(row)) if is_first else ("", "")
        yield (*head, *totals, *booked, *coding, *amount, *rest)


def _csv_entity(entity: PreviewEntity, *, is_first: bool) -> tuple[object, ...]:
    """Return the cells of a row about the entity in QuickBooks."""
    return (
        entity.type, entity.number, entity.vendor, entity.dated, entity.moved_from, entity.due_on, entity.rate,
        entity.location, entity.total if is_first else None,
    )  # fmt: skip


def _files(row: WaitingDocument) -> str:
    """Name the files that go along, and say of the others why not."""
    return ", ".join(f"{file.name} (not sent: {file.why_not})" if file.why_not else file.name for file in row.files)


def why(row: WaitingDocument) -> str:
    """Return every reason why a document waits."""
    return " ".join(problem.sentence for problem in row.problems) or row.why or ""


def _each(texts: Iterable[str]) -> str:
    """Return each text once."""
    return ", ".join(dict.fromkeys(text for text in texts if text))


def details(row: WaitingDocument, entity: PreviewEntity) -> Iterator[str]:
    """Yield what a document is booked to, where it differs from Precoro, and what goes along."""
    yield f"{entity.type}: {_each(line.account or line.item for line in entity.lines)}"
    classes, codes = _each(line.class_name for line in entity.lines), _each(line.tax_code for line in entity.lines)
    orders = _each(line.order for line in entity.lines)
    if classes:
        yield f"class {classes}"
    if codes:
        yield f"tax {codes}"
    if entity.moved_from:
        yield f"dated {entity.moved_from} in Precoro"
    if orders:
        yield f"linked to {orders}"
    if row.files:
        yield f"with {_files(row)}"
    if why(row):
        yield why(row)
