"""What set-up writes into Precoro: suppliers, options, taxes and their like, by form, and what is refused."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
import simplejson
from flask.testing import FlaskClient

KEY = {"X-AUTH-TOKEN": "precoro-sandbox-key-1", "email": "ann@widgets.example"}
BLANK = "This value should not be blank."
NOT_VALID = "This value is not valid."
CLASSES = "/itemcustomfields/17031/options"


@pytest.fixture
def pings(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Collect the webhooks on their way."""
    sent: list[Any] = []
    monkeypatch.setattr(client.application.extensions["control"].outbox, "send", lambda event, _="": sent.append(event))
    return sent


def send(client: FlaskClient, method: str, path: str, status: int = 200, **body: Any) -> Any:
    answer = client.open(path, method=method, headers=KEY, **body)
    assert answer.status_code == status, answer.text
    return simplejson.loads(answer.text, use_decimal=True)


def refused(client: FlaskClient, method: str, path: str, form: dict[str, Any]) -> Any:
    return send(client, method, path, 400, data=form)["errors"]["errors"]


def person(client: FlaskClient, path: str, status: int = 200, **body: Any) -> Any:
    answer = client.post(f"/_control/{path}", json=body)
    assert answer.status_code == status, answer.text
    return answer.json


def test_a_supplier_is_made_of_every_key_of_the_form(client: FlaskClient, pings: list[Any]) -> None:
    form = {
        "name": "Hollow Oak Joinery",
        "uniqueCode": "HOJ",
        "legalAddress": "12 Saw Mill Ln",
        "city": "Bastrop",
        "state": "TX",
        "postalCode": "78602",
        "country": "USA",
        "phone": "+1 512 555 0199",
        "accountNumber": "HO-7",
        "taxPayerNumber": "74-1",
        "note": "Oak only",
        "currencies[]": ["USD", "EUR"],
        "supplierLegalEntityIds[]": ["2"],
        "contacts[0][name]": "Olga",
        "contacts[0][email]": "olga@hollowoak.example",
        "contacts[1][email]": "ar@hollowoak.example",
        "externalId": "qbo:9130001:vendor:301",
    }
    made = send(client, "POST", "/suppliers", 201, data=form)
    plain = {key: value for key, value in form.items() if "[" not in key}
    assert {key: made[key] for key in plain} == plain
    assert (made["currencies"], made["currency"], made["status"], made["enable"]) == (["USD", "EUR"], "USD", 2, True)
    assert made["supplierLegalEntities"] == {"data": [{"id": 2}]}
    assert [(contact["name"], contact["email"], contact["phone"]) for contact in made["contacts"]["data"]] == [
        ("Olga", "olga@hollowoak.example", None),
        (None, "ar@hollowoak.example", None),
    ]
    assert pings == [{"id": made["id"], "type": 7, "action": 0}]


def test_putting_a_supplier_replaces_everything_but_what_the_settings_keep(client: FlaskClient) -> None:
    send(client, "PATCH", "/suppliers/9001", data={"externalId": "56"})
    before = send(client, "GET", "/suppliers/9001")
    after = send(client, "PUT", "/suppliers/9001", data={"name": "Acme Supply", "currencies[]": "EUR"})
    assert (before["city"], before["phone"], before["accountNumber"], before["uniqueCode"]) != ("", "", "", None)
    assert (after["city"], after["phone"], after["accountNumber"], after["uniqueCode"]) == ("", "", "", None)
    assert after["currencies"] == ["EUR"]
    assert (after["externalId"], after["enable"], after["contacts"]) == ("56", True, before["contacts"])
    person(client, "settings", put_keeps=[])
    emptied = send(client, "PUT", "/suppliers/9001", data={"name": "Acme Supply", "currencies[]": "EUR"})
    assert (emptied["externalId"], emptied["contacts"]) == (None, {"data": []})


def test_patching_a_supplier_writes_its_outside_id_and_nothing_else(client: FlaskClient, pings: list[Any]) -> None:
    assert refused(client, "PATCH", "/suppliers/9001", {"name": "Acme"}) == {
        "name": "This form should not contain extra fields."
    }
    patched = send(client, "PATCH", "/suppliers/9001", data={"externalId": "qbo:9130001:vendor:56"})
    assert (patched["externalId"], patched["name"]) == ("qbo:9130001:vendor:56", "Acme Supply")
    assert pings == [{"id": 9001, "type": 7, "action": 1}]


@pytest.mark.parametrize(
    ("form", "errors"),
    [
        ({}, {"name": BLANK, "currencies": BLANK}),
        ({"name": "A", "currencies[]": ""}, {"currencies": BLANK}),
        ({"name": "A", "currencies": "USD"}, {"currencies": NOT_VALID}),
        (
            {"name": "A" * 256, "currencies[]": "USD"},
            {"name": "This value is too long. It should have 255 characters or less."},
        ),
        ({"name": "A", "currencies[]": "USD", "uniqueCode": "acme"}, {"uniqueCode": "This value is already used."}),
        ({"name": "A", "currencies[]": "USD", "supplierLegalEntityIds[]": "99"}, {"supplierLegalEntityIds": NOT_VALID}),
        (
            {"name": "A", "currencies[]": "USD", "contacts[0][email]": "nobody"},
            {"contacts[0][email]": "This value is not a valid email address."},
        ),
    ],
)
def test_a_supplier_that_is_not_valid_is_refused_by_field(
    client: FlaskClient, form: dict[str, Any], errors: dict[str, str]
) -> None:
    client.post("/_control/settings", json={"currencies_required": True})
    assert refused(client, "POST", "/suppliers", form) == errors


def test_names_of_suppliers_may_repeat_unless_told_otherwise(client: FlaskClient) -> None:
    form = {"name": "acme supply", "currencies[]": "USD"}
    assert send(client, "POST", "/suppliers", 201, data=form)["name"] == "acme supply"
    person(client, "settings", unique_names=["suppliers"])
    assert refused(client, "POST", "/suppliers", form) == {"name": "This value is already used."}


def test_a_supplier_waits_for_approval_where_the_company_wants_that(client: FlaskClient) -> None:
    person(client, "settings", supplier_status=1)
    made = send(client, "POST", "/suppliers", 201, data={"name": "New", "currencies[]": "USD"})
    assert (made["status"], made["approvalDate"]) == (1, None)
    approved = send(client, "POST", f"/suppliers/{made['id']}/approve")
    assert (approved["status"], approved["approvalDate"] is None) == (2, False)
    assert send(client, "POST", f"/suppliers/{made['id']}/reject", data={"comment": "Twice"})["status"] == 3
    assert [row["id"] for row in send(client, "GET", "/suppliers?status[]=3")["data"]] == [made["id"]]


def test_a_currency_that_the_company_has_not_switched_on_is_refused(client: FlaskClient) -> None:
    person(client, "settings", currencies=["USD", "CAD"])
    form = {"name": "Kessler", "currencies[]": ["USD", "EUR"]}
    assert refused(client, "POST", "/suppliers", form) == {"currencies": NOT_VALID}
    person(client, "settings", currencies=["USD", "CAD", "EUR"])
    assert send(client, "POST", "/suppliers", 201, data=form)["currencies"] == ["USD", "EUR"]


def test_keys_of_unknown_format_can_be_refused(client: FlaskClient) -> None:
    person(client, "settings", form_lacks=["suppliers.contacts", "suppliers.enable"])
    form = {"name": "A", "currencies[]": "USD", "enable": "0", "contacts[0][name]": "Bob"}
    assert set(refused(client, "POST", "/suppliers", form)) == {"contacts", "enable"}


def test_a_disabled_supplier_is_left_out_of_those_that_are_enabled(client: FlaskClient) -> None:
    form = {"name": "Acme Supply", "currencies[]": "USD", "enable": "0"}
    assert send(client, "PUT", "/suppliers/9001", data=form)["enable"] is False
    enabled = send(client, "GET", "/suppliers?enable=1&per_page=200")["data"]
    assert 9001 not in [supplier["id"] for supplier in enabled]


def test_an_option_is_made_under_its_parent(client: FlaskClient, pings: list[Any]) -> None:
    above = send(client, "POST", CLASSES, 201, data={"name": "Field service", "externalId": "qbo:9130001:class:1"})
    form = {
        "name": "Texas",
        "code": "TX",
        "enable": "1",
        "parent[id]": above["id"],
        "externalId": "qbo:9130001:class:2",
    }
    below = send(client, "POST", CLASSES, 201, data=form)
    assert below == {
        "id": below["id"],
        "name": "Texas",
        "code": "TX",
        "label": "TX Texas",
        "level": 1,
        "parent": {"id": above["id"]},
        "enable": True,
        "externalId": "qbo:9130001:class:2",
        "legalEntities": [],
    }
    assert pings == [{"id": 17031, "type": 11, "action": 1}] * 2


def test_options_stand_five_levels_deep(client: FlaskClient) -> None:
    parents: dict[str, Any] = {}
    for level in range(5):
        made = send(client, "POST", CLASSES, 201, data={"name": f"Level {level}", **parents})
        parents = {"parent[id]": made["id"]}
    assert refused(client, "POST", CLASSES, {"name": "Level 5", **parents}) == {
        "parent": "The maximum nesting level is 5."
    }


def test_a_branch_cannot_be_hung_too_deep_nor_below_itself(client: FlaskClient) -> None:
    chain = [send(client, "POST", CLASSES, 201, data={"name": "Top"})["id"]]
    for name in ("Middle", "Bottom"):
        chain.append(send(client, "POST", CLASSES, 201, data={"name": name, "parent[id]": chain[-1]})["id"])
    assert refused(client, "PATCH", f"{CLASSES}/{chain[0]}", {"parent[id]": chain[2]}) == {"parent": NOT_VALID}
    person(client, "settings", option_levels=3)
    alone = send(client, "POST", CLASSES, 201, data={"name": "Alone"})["id"]
    assert "parent" in refused(client, "PATCH", f"{CLASSES}/{chain[0]}", {"parent[id]": alone})


@pytest.mark.parametrize(
    ("form", "errors"),
    [
        ({"code": "X"}, {"name": BLANK}),
        ({"name": "X", "parent[id]": "4711"}, {"parent": NOT_VALID}),
        ({"name": "X", "parent[id]": "991"}, {"parent": NOT_VALID}),
        ({"name": "X", "parent": "991"}, {"parent": NOT_VALID}),
        ({"name": "X", "colour": "red"}, {"colour": "This form should not contain extra fields."}),
    ],
)
def test_an_option_that_is_not_valid_is_refused_by_field(
    client: FlaskClient, form: dict[str, Any], errors: dict[str, str]
) -> None:
    assert refused(client, "POST", CLASSES, form) == errors


def test_putting_an_option_replaces_it_and_patching_changes_it(client: FlaskClient) -> None:
    form = {"name": "Texas", "code": "TX", "externalId": "qbo:9130001:class:2"}
    path = f"{CLASSES}/{send(client, 'POST', CLASSES, 201, data=form)['id']}"
    patched = send(client, "PATCH", path, data={"name": "Texas and Oklahoma"})
    assert (patched["name"], patched["code"]) == ("Texas and Oklahoma", "TX")
    put = send(client, "PUT", path, data={"name": "Texas", "enable": "0"})
    assert (put["name"], put["code"], put["enable"], put["externalId"]) == ("Texas", "", False, "qbo:9130001:class:2")
    assert refused(client, "PATCH", path, {"name": ""}) == {"name": BLANK}


@pytest.mark.parametrize(
    ("path", "external_id"),
    [
        (CLASSES, "qbo:9130001:class:5000000000000000101"),
        ("/documentcustomfields/2100/options", "qbo:9130001:department:1"),
        ("/suppliers", "qbo:9130001:vendor:56"),
        ("/items", "qbo:9130001:item:11"),
        ("/taxes", "qbo:9130001:taxcode:3"),
        ("/paymentterms", "qbo:9130001:term:3"),
        ("/locations", "L-1"),
        ("/legalentities", "9130001"),
    ],
)
def test_every_collection_is_searched_by_outside_id(client: FlaskClient, path: str, external_id: str) -> None:
    first = send(client, "GET", path)["data"][0]["id"]
    assert send(client, "GET", path, query_string={"external_id[]": external_id})["data"] == []
    send(client, "PATCH", f"{path}/{first}", data={"externalId": external_id})
    several = {"external_id[]": ["nobody", external_id]}
    assert [row["id"] for row in send(client, "GET", path, query_string=several)["data"]] == [first]


def test_an_option_depends_on_legal_entities(client: FlaskClient) -> None:
    option = send(client, "GET", CLASSES)["data"][0]["id"]
    form = {"item_custom_field_option_id": option, "depend_type": "1", "entity_ids[]": "2"}
    path = "/itemcustomfields/options/depend_add"
    assert send(client, "PATCH", path, data=form)["legalEntities"] == [{"id": 2}]
    assert send(client, "PATCH", path, data=form)["legalEntities"] == [{"id": 2}]
    assert send(client, "PATCH", path.replace("add", "remove"), data=form)["legalEntities"] == []
    wrong = {**form, "entity_ids[]": "77", "depend_type": "2"}
    assert refused(client, "PATCH", path, wrong) == {"entity_ids": NOT_VALID, "depend_type": NOT_VALID}
    document = {"document_custom_field_option_id": option, "depend_type": "1", "entity_ids[]": "2"}
    assert refused(client, "PATCH", "/documentcustomfields/options/depend_add", document) == {
        "document_custom_field_option_id": NOT_VALID
    }


def test_a_tax_of_nothing_is_a_tax(client: FlaskClient) -> None:
    made = send(client, "POST", "/taxes", 201, data={"name": "Untaxed", "value": "0"})
    assert (made["value"], made["percent"], made["isWithholdingTax"], made["qboId"]) == (0, 0, False, None)


@pytest.mark.parametrize(("rate_in", "shown"), [("value", (8, 100)), ("percent", (100, 8))])
def test_the_rate_of_a_tax_stands_in_value_or_in_percent(
    client: FlaskClient, rate_in: str, shown: tuple[int, int]
) -> None:
    person(client, "settings", tax_rate_in=rate_in)
    form = {"name": "Duty", "value": str(shown[0]), "percent": str(shown[1])}
    made = send(client, "POST", "/taxes", 201, data=form)
    assert (made["value"], made["percent"]) == shown
    person(client, "settings", tax_rate_in="value")
    assert send(client, "GET", f"/taxes/{made['id']}")["value"] == 8


def test_a_tax_is_replaced_and_refused_by_field(client: FlaskClient) -> None:
    tax = send(client, "POST", "/taxes", 201, data={"name": "Duty", "value": "8", "isWithholdingTax": "1"})
    put = send(client, "PUT", f"/taxes/{tax['id']}", data={"name": "Duty 9", "value": "9"})
    assert (put["name"], put["value"], put["isWithholdingTax"]) == ("Duty 9", 9, False)
    assert refused(client, "POST", "/taxes", {"name": "Duty"}) == {"value": BLANK}
    assert refused(client, "POST", "/taxes", {"name": "Duty", "value": "NaN"}) == {"value": NOT_VALID}
    assert refused(client, "POST", "/taxes", {"name": "Duty", "value": "101"}) == {"value": NOT_VALID}


def test_items_terms_and_locations_are_made_and_replaced(client: FlaskClient) -> None:
    item = {"name": "Bench vice", "sku": "VIC-1", "price": "74.99", "supplier[id]": "9001", "externalId": "31"}
    made = send(client, "POST", "/items", 201, data=item)
    assert (made["price"], made["supplier"]["name"], made["externalId"]) == (
        Decimal("74.99"),
        "Acme Supply",
        "31",
    )
    assert send(client, "PUT", f"/items/{made['id']}", data={"name": "Bench vice"})["sku"] is None
    assert refused(client, "POST", "/items", {"name": "n" * 301, "supplier[id]": "1"}) == {
        "name": "This value is too long. It should have 300 characters or less."
    }
    assert refused(client, "POST", "/items", {"name": "Vice", "supplier[id]": "1"}) == {"supplier": NOT_VALID}
    term = {"name": "Net 45", "paymentType": "0", "creditPeriodDays": "45", "postpaymentPercent": "100.0"}
    assert send(client, "POST", "/paymentterms", 201, data=term)["creditPeriodDays"] == 45
    place = send(client, "POST", "/locations", 201, data={"name": "Dallas", "uniqueCode": "DAL", "phone": "555"})
    assert (place["uniqueCode"], place["phone"], place["enable"]) == ("DAL", "555", True)
    assert refused(client, "POST", "/locations", {"name": "Other", "uniqueCode": "DAL"}) == {
        "uniqueCode": "This value is already used."
    }


def test_a_collection_that_keeps_no_moment_is_listed_whole_whatever_the_moment(client: FlaskClient) -> None:
    assert send(client, "GET", f"{CLASSES}?modifiedSince=2099-01-01T00:00:00")["data"]
    assert send(client, "GET", "/suppliers?modifiedSince=2099-01-01T00:00:00")["data"] == []


def test_only_an_approved_invoice_can_be_paid(client: FlaskClient) -> None:
    line = {"name": "Pens", "price": 5, "account": "6660"}
    draft = person(client, "invoices", 201, supplier="Acme Supply", lines=[line])
    form = {"invoice[id]": draft["id"], "sumPaid": "5", "logicType": "0", "payDate": "2026-11-02T00:00:00Z"}
    assert refused(client, "POST", "/payments", form) == {
        "sumPaid": "The amount must be greater than 0 and not exceed 0"
    }
    person(client, f"invoices/{draft['idn']}", do="approve")
    assert refused(client, "POST", "/payments", {**form, "payDate": "yesterday"}) == {"payDate": NOT_VALID}
    assert refused(client, "POST", "/payments", {**form, "invoice[id]": "1"}) == {"invoice": NOT_VALID}
    assert send(client, "POST", "/payments", 201, data=form)["payDate"] == "2026-11-02T00:00:00Z"


def test_only_a_person_makes_custom_fields(client: FlaskClient, pings: list[Any]) -> None:
    assert client.post("/itemcustomfields", headers=KEY, data={"name": "Projects"}).status_code == 405
    field = person(client, "itemcustomfields", 201, name="Projects")
    assert pings == [{"id": field["id"], "type": 11, "action": 0}]
    assert send(client, "GET", f"/itemcustomfields/{field['id']}") | {"position": 1} == {
        "id": field["id"],
        "name": "Projects",
        "description": None,
        "required": False,
        "enable": True,
        "type": 0,
        "typeString": "select",
        "position": 1,
        "options": [],
    }
    option = send(client, "POST", f"/itemcustomfields/{field['id']}/options", 201, data={"name": "Bridge"})
    assert option["level"] == 0


def test_a_person_deletes_an_option_with_all_that_is_below_it(client: FlaskClient) -> None:
    above = person(client, "options", 201, field="QuickBooks Classes", name="Field service")
    below = person(client, "options", 201, field="QuickBooks Classes", name="Texas", parent="Field service")
    person(client, f"options/{above['id']}", do="delete")
    for option in (above, below):
        assert client.get(f"{CLASSES}/{option['id']}", headers=KEY).status_code == 404


def test_a_deleted_option_still_names_what_was_chosen(client: FlaskClient) -> None:
    line = {"name": "Pens", "price": 5, "account": "6660"}
    number = person(client, "invoices", 201, supplier="Acme Supply", lines=[line])["idn"]
    person(client, "options/8852", do="delete")
    chosen = send(client, "GET", f"/invoices/{number}")["items"]["data"][0]["dataItemCustomFields"]["data"][0]
    assert (chosen["value"], "options" in chosen) == ("Office Supplies", False)


def test_a_person_changes_what_a_supplier_is_known_by(client: FlaskClient, pings: list[Any]) -> None:
    contacts = [{"name": "Ann", "email": "ann@acme.example"}, {"email": "ap@acme.example"}]
    changes = {"phone": "+1 512 555 0142", "accountNumber": "A-18", "contacts": contacts, "currencies": ["USD", "CAD"]}
    person(client, "suppliers/9001", set=changes)
    now = send(client, "GET", "/suppliers/9001")
    assert (now["phone"], now["accountNumber"], now["currencies"]) == ("+1 512 555 0142", "A-18", ["USD", "CAD"])
    assert [contact["email"] for contact in now["contacts"]["data"]] == ["ann@acme.example", "ap@acme.example"]
    assert pings == [{"id": 9001, "type": 7, "action": 1}]


def test_what_the_user_may_not_see_of_a_list_is_left_out(client: FlaskClient) -> None:
    first = send(client, "GET", CLASSES)["data"][0]["id"]
    person(client, "settings", hidden=[f"options/{first}", "suppliers/9001"])
    assert first not in [row["id"] for row in send(client, "GET", CLASSES)["data"]]
    assert 9001 not in [row["id"] for row in send(client, "GET", "/suppliers?per_page=200")["data"]]
    assert client.put("/suppliers/9001", headers=KEY, data={"name": "A"}).status_code == 404


def test_a_new_key_opens_what_the_old_one_no_longer_does(client: FlaskClient) -> None:
    made = person(client, "keys", company=1)
    assert (made["company"], made["user"]) == (1, "ann@widgets.example")
    assert client.get("/taxes", headers=KEY).status_code == 401
    assert client.get("/taxes", headers={**KEY, "X-AUTH-TOKEN": made["key"]}).status_code == 200
    assert person(client, "keys", company=1)["key"] != made["key"]


def test_a_class_and_other_fields_are_chosen_for_the_whole_document_or_on_a_line(client: FlaskClient) -> None:
    for level, name in (("document", "QuickBooks Classes"), ("document", "Region"), ("item", "Machine")):
        person(client, f"{level}customfields", 201, name=name)
    person(client, "options", 201, field="Region", name="North")
    person(client, "options", 201, field="Machine", name="Press 4")
    documents = send(client, "GET", "/documentcustomfields")["data"]
    classes = next(field["id"] for field in documents if field["name"] == "QuickBooks Classes")
    send(client, "POST", f"/documentcustomfields/{classes}/options", 201, data={"name": "Sales"})
    line = {"name": "Pens", "price": 5, "account": "6660", "fields": {"Machine": "Press 4"}}
    described = {"location": "East", "class": "Sales", "fields": {"Region": "North"}, "lines": [line]}
    made = person(client, "invoices", 201, supplier="Acme Supply", **described)
    assert [field["value"] for field in made["dataDocumentCustomFields"]] == ["East", "Sales", "North"]
    assert [field["value"] for field in made["items"][0]["dataItemCustomFields"]] == ["Office Supplies", "Press 4"]
    changed = person(client, f"invoices/{made['idn']}", set={"class": None, "location": "West"})
    assert [field["value"] for field in changed["dataDocumentCustomFields"]] == ["North", "West"]


def test_a_user_who_may_not_see_a_place_sees_none_of_its_documents(client: FlaskClient, pings: list[Any]) -> None:
    line = {"name": "Pens", "price": 5, "account": "6660"}
    for office in ("HQ", "WH"):
        person(client, "invoices", 201, supplier="Acme Supply", office=office, lines=[line])
    pings.clear()
    person(client, "settings", hidden=["locations/4"])
    assert [row["location"]["name"] for row in send(client, "GET", "/invoices")["data"]] == ["Main office"]
    assert client.get("/invoices/202", headers=KEY).status_code == 404
    person(client, "invoices/202", do="approve")
    assert pings == []
    person(client, "settings", hidden=["legalentities/2"])
    assert send(client, "GET", "/invoices")["data"] == []


def test_what_is_no_route_is_said_in_json(client: FlaskClient) -> None:
    assert client.get("/requisitions", headers=KEY).json == {"message": "Not Found"}
    wrong = client.delete("/suppliers/9001", headers=KEY)
    assert (wrong.status_code, wrong.json) == (405, {"message": "Method Not Allowed"})


def test_a_supplier_that_a_person_adds_waits_for_approval_too(client: FlaskClient, pings: list[Any]) -> None:
    person(client, "settings", supplier_status=1)
    made = person(client, "suppliers", 201, name="Waiting Ltd")
    assert (made["status"], made["approvalDate"]) == (1, None)
    approved = person(client, f"suppliers/{made['id']}", do="approve")
    assert (approved["status"], approved["approvalDate"] is None) == (2, False)
    assert pings == [{"id": made["id"], "type": 7, "action": action} for action in (0, 1)]
