"""A British company whose lines carry VAT, as tests look at it and change it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from store.history import ActionRow
from store.reference import Entry
from store.tasks import Change
from tests.integration.workers.long_actions import run
from tests.stage import Stage
from workers.connections import checklist
from workers.taxes import create_codes, views
from workers.taxes import match as tax_match

UK = ("9130002", "ann@widgets-uk.example", "precoro-sandbox-key-2")
REVERSE = "VAT 20 reverse charge"
REALM, SLUG = UK[0], "widgets-uk-ltd"


def paper_line(*taxes: str) -> dict[str, Any]:
    return {"name": "Paper", "quantity": 3, "price": "33.33", "taxes": list(taxes), "account": "Office Stationery"}


def invoice(stage: Stage, number: str, *lines: Mapping[str, Any]) -> dict[str, Any]:
    return stage.approved(number=number, supplier="Crown Stationers", invoiceNumber=f"S-{number}", lines=list(lines))


def match_taxes(stage: Stage) -> list[Change]:
    """Match what is certain; returns the rows of the plan."""
    return run(stage, SLUG, tax_match.NAME)


def match_by_hand(stage: Stage, tax: str, code: str) -> list[Change]:
    """Match a tax with a code or an account; returns the rows of the plan."""
    return run(stage, SLUG, tax_match.NAME, **tax_match.by_hand(stage.runtime, SLUG, tax, code))


def create_missing(stage: Stage) -> list[Change]:
    """Create the codes that are missing; returns the rows of the plan."""
    return run(stage, SLUG, create_codes.NAME)


def states(stage: Stage) -> dict[str, str]:
    """Return what each tax and set is matched with, or its state."""
    taxes = views.taxes(stage.runtime, SLUG).taxes
    return {tax.name: tax.code_name or tax.state for tax in taxes if tax.name != REVERSE}


def steps(stage: Stage) -> list[tuple[str, str]]:
    """Return what the checklist before going live says of taxes."""
    return [(step.state, step.sentence) for step in checklist.steps(stage.runtime, SLUG) if step.name == "taxes"]


def codes(stage: Stage, name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = stage.quickbooks.rows(REALM, "taxcode")
    return [row for row in rows if row["Name"] == name]


def rates_of(stage: Stage, name: str) -> list[str]:
    return [rate["TaxRateRef"]["value"] for rate in codes(stage, name)[0]["PurchaseTaxRateList"]["TaxRateDetail"]]


def outside_id(stage: Stage, name: str) -> str | None:
    taxes = stage.precoro.rows("2", "taxes")
    external_id: str | None = next(tax["externalId"] for tax in taxes if tax["name"] == name)
    return external_id


def switch_off(stage: Stage, *names: str) -> None:
    """Let a person make tax codes inactive in QuickBooks."""
    for name in names:
        stage.quickbooks.post(f"taxcode/{codes(stage, name)[0]['Id']}?realm={REALM}", set={"Active": False})


def let_a_minute_pass(stage: Stage) -> None:
    """Make the taxes of Precoro old enough to be read again."""
    with stage.runtime.write() as (session, moment):
        for entry in session.scalars(select(Entry).where(Entry.kind == "tax")):
            entry.seen_at = moment - timedelta(hours=1)


def add_canada(stage: Stage) -> list[str]:
    """Add two taxes of a Canadian province on both sides; returns the ids of their rates in QuickBooks."""
    stage.precoro.post("taxes", company=2, id=61, name="GST", value=6)
    stage.precoro.post("taxes", company=2, id=62, name="PST BC", value=7)
    created = [
        stage.quickbooks.post(
            f"taxrate?realm={REALM}", Name=name, RateValue=percent, AgencyRef={"value": "1"}, Active=True, SpecialTaxType="NONE",
            EffectiveTaxRate=[{"RateValue": percent, "EffectiveDate": "2013-04-01"}],
        )
        for name, percent in (("GST (Purchases)", 6), ("PST BC (Purchases)", 7))
    ]  # fmt: skip
    rates = [rate["Id"] for rate in created]
    create_code(stage, "GST/PST BC", *rates)
    let_a_minute_pass(stage)
    return rates


def create_code(stage: Stage, name: str, *rates: str) -> None:
    details = [{"TaxRateRef": {"value": rate}, "TaxTypeApplicable": "TaxOnAmount", "TaxOrder": 0} for rate in rates]
    stage.quickbooks.post(
        f"taxcode?realm={REALM}",
        Name=name,
        Active=True,
        Taxable=True,
        TaxGroup=True,
        PurchaseTaxRateList={"TaxRateDetail": details},
    )


def last_act(stage: Stage, action: str) -> dict[str, Any]:
    """Return what the history says of the last act of this kind."""
    with stage.runtime.read() as (session, _):
        acts = session.scalars(select(ActionRow).where(ActionRow.action == action).order_by(ActionRow.id)).all()
        return dict(acts[-1].details)
