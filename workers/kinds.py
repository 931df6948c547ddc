"""The table of what is kept in step: each kind of record, with the class that reads, plans, applies and writes back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from store.records import ATTACHMENT, INVOICE, PAYMENT, PURCHASE_ORDER, SUPPLIER, RecordKind
from workers.attachments.kind import Attachments
from workers.documents.kind import Documents
from workers.payments.kind import Payments
from workers.records.kind import Kind
from workers.suppliers.kind import Suppliers

RECORD_KINDS: Mapping[RecordKind, Kind[Any, Any]] = {
    PURCHASE_ORDER: Documents(PURCHASE_ORDER),
    INVOICE: Documents(INVOICE),
    SUPPLIER: Suppliers(),
    PAYMENT: Payments(),
    ATTACHMENT: Attachments(),
}
