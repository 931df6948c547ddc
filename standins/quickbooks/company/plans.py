"""What a company may do: its plan, its subscription, and the features that were switched on."""

from __future__ import annotations

from standins.quickbooks import errors
from standins.quickbooks.company.draft import Caller
from standins.quickbooks.company.records import CompanyBooks
from standins.quickbooks.entities.entity import Entity

ESSENTIALS = frozenset({"bills"})
PLUS = ESSENTIALS | {"purchase_orders", "classes", "departments", "inventory", "projects"}
NO_WRITES = frozenset({"SUSPENDED", "EXPIRED", "CANCELLED", "RESTRICTED"})


def features(plan: str) -> frozenset[str]:
    """Return the features of a plan by its OfferingSku; an unknown name counts as Plus."""
    name = plan.lower()
    if "simple start" in name:
        return frozenset()
    return ESSENTIALS if "essentials" in name else PLUS


MOST_ACCOUNTS, MOST_CLASSES_AND_LOCATIONS = 250, 40
USAGE: tuple[tuple[str, tuple[str, ...], int], ...] = (
    ("accounts", ("Account",), MOST_ACCOUNTS),
    ("classes and locations", ("Class", "Department"), MOST_CLASSES_AND_LOCATIONS),
)
"""What a plan below Advanced counts, in which entities, and how many active ones it includes."""


def limits_usage(plan: str) -> bool:
    """Tell whether a plan has usage limits."""
    return not any(name in plan.lower() for name in ("advanced", "enterprise"))


def used(company: CompanyBooks, entities: tuple[str, ...]) -> int:
    """Count the active entries of entities."""
    return sum(1 for entity in entities for row in company.rows(entity) if row.get("Active", True))


def check_usage(company: CompanyBooks, entity: Entity) -> None:
    """Refuse one more active entry than the plan includes; a person is refused too."""
    plan = company.info_value("OfferingSku")
    if not company.settings.usage_limits or not limits_usage(plan):
        return
    for what, entities, most in USAGE:
        if entity.name in entities and used(company, entities) >= most:
            raise errors.usage_limit(what, most, plan)


def check_feature(company: CompanyBooks, entity: Entity) -> None:
    """Refuse with 5020 what the plan lacks, with 5030 what the company has switched off."""
    if entity.feature and entity.feature not in features(company.info_value("OfferingSku")):
        raise errors.permission_denied(entity.name)
    enabled = company.preference("OtherPrefs", "VendorAndPurchasesPrefs.PurchseOrderEnabled")
    if entity.feature == "purchase_orders" and enabled is False:
        raise errors.not_supported(entity.name)


def check_write(company: CompanyBooks, entity: Entity, caller: Caller) -> None:
    """Refuse every write when the subscription has ended, and features the company does not have."""
    if caller.person:
        return
    status = company.info_value("SubscriptionStatus").upper()
    if status in NO_WRITES and not (status == "RESTRICTED" and company.settings.restricted_can_write):
        raise errors.subscription_ended(company.info_value("OfferingSku"))
    check_feature(company, entity)
