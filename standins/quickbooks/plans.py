"""What a company may do: its plan, its subscription, and the features that were switched on."""

from __future__ import annotations

from standins.quickbooks import errors
from standins.quickbooks.company import Company
from standins.quickbooks.draft import Caller
from standins.quickbooks.entity import Entity

ESSENTIALS = frozenset({"bills"})
PLUS = ESSENTIALS | {"purchase_orders", "classes", "departments", "inventory", "projects"}
NO_WRITES = frozenset({"SUSPENDED", "EXPIRED", "CANCELLED", "RESTRICTED"})


def features(plan: str) -> frozenset[str]:
    """Return the features of a plan by its OfferingSku; an unknown name counts as Plus."""
    name = plan.lower()
    if "simple start" in name:
        return frozenset()
    return ESSENTIALS if "essentials" in name else PLUS


def check_feature(company: Company, entity: Entity) -> None:
    """Refuse with 5020 what the plan lacks, with 5030 what the company has switched off."""
    if entity.feature and entity.feature not in features(company.info_value("OfferingSku")):
        raise errors.permission_denied(entity.name)
    enabled = company.preference("OtherPrefs", "VendorAndPurchasesPrefs.PurchseOrderEnabled")
    if entity.feature == "purchase_orders" and enabled is False:
        raise errors.not_supported(entity.name)


def check_write(company: Company, entity: Entity, caller: Caller) -> None:
    """Refuse every write when the subscription has ended, and features the company does not have."""
    if caller.person:
        return
    if company.info_value("SubscriptionStatus").upper() in NO_WRITES:
        raise errors.subscription_ended(company.info_value("OfferingSku"))
    check_feature(company, entity)
