"""One foreign currency for each document: its own, and that of every account and customer on its lines."""

from __future__ import annotations

from standins.quickbooks import errors
from standins.quickbooks.company.draft import EntityDraft


def check_currencies(draft: EntityDraft) -> None:
    """Refuse a line whose account or customer has neither the document's nor the home currency."""
    company = draft.company
    if not company.settings.one_foreign_currency:
        return
    allowed = {company.home_currency, draft.new["CurrencyRef"]["value"]}
    for line in draft.new["Line"]:
        detail = line.get(line["DetailType"], {})
        for entity in ("Account", "Customer"):
            record = company.get(entity, detail.get(f"{entity}Ref", {}).get("value", "")) or {}
            if record.get("CurrencyRef", {}).get("value", company.home_currency) not in allowed:
                raise errors.one_foreign_currency()
