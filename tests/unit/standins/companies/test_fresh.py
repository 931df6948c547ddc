"""The first day of set-up: QuickBooks is full, Precoro has its fields without options and a few suppliers."""

from __future__ import annotations

from typing import Any

import pytest

from standins.companies.seeds import companies_of
from standins.precoro.app import create_app as create_precoro
from standins.quickbooks.app import create_app as create_quickbooks

SMALL: Any = {"fresh": {"vendors": 120, "accounts": 100, "suppliers": 3}, "random": 4}


def state(create: Any, seed: Any) -> Any:
    return create(seed=seed).test_client().get("/_control/state").json["companies"]


def test_quickbooks_is_full_of_numbered_accounts_and_vendors() -> None:
    books = state(create_quickbooks, "fresh")["9130001"]
    assert (len(books["vendor"]), len(books["account"])) == (5000, 2000)
    paths = {account["Id"]: account["FullyQualifiedName"] for account in books["account"]}
    numbers = [account["AcctNum"] for account in books["account"]]
    assert len(set(numbers)) == len(numbers)
    assert max(map(len, numbers)) <= 7
    for row in books["account"]:
        above = f"{paths[row['ParentRef']['value']]}:" if row["SubAccount"] else ""
        assert row["FullyQualifiedName"] == above + row["Name"]
    assert {path.count(":") for path in paths.values()} == {0, 1, 2}
    names = [vendor["DisplayName"] for vendor in books["vendor"]]
    assert len(set(names)) == len(names)


def test_some_vendors_have_two_mails_no_phone_or_are_inactive() -> None:
    vendors = state(create_quickbooks, SMALL)["9130001"]["vendor"]
    assert [vendor for vendor in vendors if ", " in vendor.get("PrimaryEmailAddr", {}).get("Address", "")]
    assert [vendor for vendor in vendors if "PrimaryPhone" not in vendor]
    assert [vendor for vendor in vendors if not vendor["Active"] and vendor["DisplayName"].endswith(" (deleted)")]


def test_precoro_has_its_fields_no_options_no_catalogue_and_few_suppliers() -> None:
    for company, fields in (("1", 4), ("2", 4)):
        lists = state(create_precoro, SMALL)[company]
        assert len(lists["itemcustomfields"]) + len(lists["documentcustomfields"]) == fields
        assert (lists["options"], lists["items"], len(lists["suppliers"])) == ([], [], 3)
        assert all((lists["taxes"], lists["paymentterms"], lists["legalentities"]))


def test_the_same_numbers_give_the_same_companies() -> None:
    assert companies_of(SMALL) == companies_of(SMALL)
    assert companies_of({**SMALL, "random": 5}) != companies_of(SMALL)


@pytest.mark.parametrize("seed", [{"fresh": {"bills": 1}}, {"fresh": {"vendors": -1}}, {"fresh": {}, "x": 1}, "new"])
def test_a_first_day_that_cannot_be_is_refused(seed: Any) -> None:
    with pytest.raises(ValueError, match=r"Known|negative"):
        companies_of(seed)
