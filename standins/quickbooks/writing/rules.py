"""The table of rules: what each entity asks of a write, and what follows from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from standins.quickbooks.company import rules as company
from standins.quickbooks.company.draft import EntityDraft
from standins.quickbooks.documents import rules as documents
from standins.quickbooks.documents.closed_books import check_books
from standins.quickbooks.entities.entity import Entity
from standins.quickbooks.files import rules as attachments
from standins.quickbooks.lists import rules as lists
from standins.quickbooks.payments import purchases
from standins.quickbooks.payments import rules as bill_payments

Rule = Callable[[EntityDraft], None]


@dataclass(frozen=True)
class Rules:
    """An entity's own rules: before storing, after storing, and around deletion."""

    before: Rule = lists.check
    after: Rule = lambda _draft: None
    before_delete: Rule = lambda _draft: None
    after_delete: Rule = lambda _draft: None


RULES: Mapping[str, Rules] = {
    "PurchaseOrder": Rules(documents.complete, documents.follow, documents.check_delete, documents.unfollow),
    "Bill": Rules(documents.complete, documents.follow, documents.check_delete, documents.unfollow),
    "VendorCredit": Rules(documents.complete, documents.follow, documents.check_delete, documents.unfollow),
    "BillPayment": Rules(bill_payments.complete, bill_payments.follow, check_books, bill_payments.unfollow),
    "Purchase": Rules(purchases.complete, purchases.follow, documents.check_delete, purchases.unfollow),
    "Attachable": Rules(attachments.complete),
    "CompanyInfo": Rules(lambda _draft: None),
    "Preferences": Rules(company.merge_preferences),
}
ORDINARY = Rules()


def rules_of(entity: Entity) -> Rules:
    """Return the rules of an entity, by default those of name lists."""
    return RULES.get(entity.name, ORDINARY)
