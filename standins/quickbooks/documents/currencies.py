"""One foreign currency for each document: its own, and that of every account and customer on its lines."""

from __future__ import annotations

from typing import Any

from standins.quickbooks import errors
from standins.quickbooks.company.draft import EntityDraft

Json = dict[str, Any]


def check_currencies(draft: EntityDraft) -> None:
    """Refuse a line whose account or customer has neither the document's nor the home currency."""
    for line in draft.new["Line"]:
        detail = line.get(line["DetailType"], {})
        for entity in ("Account", "Customer"):
            check_currency(draft, draft.company.get(entity, detail.get(f"{entity}Ref", {}).get("value", "")))


def check_currency(draft: EntityDraft, record: Json | None) -> None:
    """Refuse an account, customer or vendor of a second foreign currency, unless the setting lets it pass."""
    company = draft.company
    allowed = {company.home_currency, draft.new["CurrencyRef"]["value"]}
    code = (record or {}).get("CurrencyRef", {}).get("value", company.home_currency)
    if company.settings.one_foreign_currency and code not in allowed:
        raise errors.one_foreign_currency()
