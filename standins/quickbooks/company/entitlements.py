"""Entitlements: what a plan includes and how much is used, as XML."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from standins.quickbooks.company.plans import USAGE, features, limits_usage, used
from standins.quickbooks.company.records import CompanyBooks

NAMES = {
    "bills": "Bills",
    "purchase_orders": "Purchase Orders",
    "classes": "Class Tracking",
    "departments": "Location Tracking",
    "inventory": "Inventory",
    "projects": "Projects",
}
THRESHOLDS = {"accounts": "Account", "classes and locations": "ClassesAndLocations"}


def render(company: CompanyBooks) -> str:
    """Return EntitlementsResponse with each feature on or off, and the usage limits of the plan."""
    plan = company.info_value("OfferingSku")
    included = features(plan)
    listed = "".join(
        f"<Entitlement id={quoteattr(str(number))}><name>{name}</name><term>{_term(on=key in included)}</term></Entitlement>"
        for number, (key, name) in enumerate(NAMES.items(), 1)
    )
    return (
        "<EntitlementsResponse><QboCompany>true</QboCompany>"
        f"<PlanName>{escape(plan)}</PlanName><MaxUsers>5</MaxUsers><CurrentUsers>1</CurrentUsers>"
        f"<DaysRemainingTrial>0</DaysRemainingTrial>{listed}<Thresholds>{_thresholds(company, plan)}</Thresholds>"
        "</EntitlementsResponse>"
    )


def _term(*, on: bool) -> str:
    return "On" if on else "Off"


def _thresholds(company: CompanyBooks, plan: str) -> str:
    written = ""
    for what, entities, limit in USAGE:
        count = used(company, entities)
        enforced = str(limits_usage(plan)).lower()
        written += (
            f"<Threshold><name>{THRESHOLDS[what]}</name><limit>{limit}</limit><enforced>{enforced}</enforced>"
            f"<currentCount>{count}</currentCount><aboveThreshold>{str(count > limit).lower()}</aboveThreshold></Threshold>"
        )
    return written
