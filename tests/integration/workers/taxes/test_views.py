"""What people look at of taxes: each tax with its code or the likely ones, and what is withheld."""

from __future__ import annotations

from decimal import Decimal

import pytest

from store.companies import QboCompany
from store.reference import PRECORO, QUICKBOOKS
from tests import rows
from tests.integration.workers.frozen import assert_frozen
from workers.errors import NoSuchConnectionError
from workers.runtime import Runtime
from workers.taxes import views

ALWAYS = {"from": "1900-01-01", "until": None}


@pytest.fixture
def taxes(runtime: Runtime) -> Runtime:
    """Keep two taxes and a withheld one of a British company, with a code for one and an account for the withheld one."""
    connection_id = rows.connected(runtime.store)
    rows.change(runtime.store, QboCompany, 1, country="GB", home_currency="GBP")
    for key, name, value in (("51", "VAT 20%", 20), ("52", "VAT 7%", 7)):
        rows.entry(runtime.store, PRECORO, "tax", key, name, data={"value": value})
    rows.entry(runtime.store, PRECORO, "tax", "53", "Withheld 5%", data={"value": 5, "withholding": True})
    rate = {"values": [{"value": Decimal(20), **ALWAYS}], "special": "NONE", "agency": "1"}
    rows.entry(runtime.store, QUICKBOOKS, "tax_rate", "11", "20% (Purchases)", data=rate)
    code = {"rates": [{"rate": "11", "kind": "TaxOnAmount", "order": 0}]}
    rows.entry(runtime.store, QUICKBOOKS, "tax_code", "3", "20.0% S", data=code)
    rows.entry(runtime.store, QUICKBOOKS, "tax_agency", "1", "HMRC")
    rows.entry(runtime.store, QUICKBOOKS, "account", "88", "Tax withheld", data={"kind": "Other Current Liability"})
    rows.pair(runtime.store, connection_id, "tax_set", "51", "3")
    rows.pair(runtime.store, connection_id, "withholding", "53", "88")
    return runtime


def test_a_tax_has_the_name_of_its_code_beside_the_id(taxes: Runtime) -> None:
    overview = views.taxes(taxes, "widgets")
    taxes.close()
    assert_frozen(overview)
    by_name = {tax.name: tax for tax in overview.taxes}
    assert (by_name["VAT 20%"].code, by_name["VAT 20%"].code_name) == ("3", "20.0% S")
    assert (by_name["VAT 7%"].code, by_name["VAT 7%"].code_name) == (None, None)
    assert by_name["VAT 20%"].rates == (Decimal(20),)
    assert (overview.shown, overview.done) == (True, False)


def test_a_withheld_tax_has_the_name_of_its_account_and_no_code(taxes: Runtime) -> None:
    overview = views.taxes(taxes, "Company 9130001")
    [withheld] = overview.withholding
    assert (withheld.name, withheld.account, withheld.account_name) == ("Withheld 5%", "88", "Tax withheld")
    assert "Withheld 5%" not in {tax.name for tax in overview.taxes}


def test_the_only_agency_is_the_one_of_new_codes(taxes: Runtime) -> None:
    assert views.taxes(taxes, "widgets").agency_name == "HMRC"
    rows.entry(taxes.store, QUICKBOOKS, "tax_agency", "2", "Revenue")
    assert views.taxes(taxes, "widgets").agency_name is None


def test_an_unknown_connection_is_refused(runtime: Runtime) -> None:
    with pytest.raises(NoSuchConnectionError):
        views.taxes(runtime, "nobody")
