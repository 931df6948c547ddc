"""What live connectors have seen of Precoro, and how they ask it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
import simplejson
from flask.testing import FlaskClient

KEY = {"X-AUTH-TOKEN": "precoro-sandbox-key-1", "email": "ann@widgets.example"}
LINE = {"name": "Thing", "quantity": "1", "price": "100", "account": "6660"}
Json = dict[str, Any]


def get(client: FlaskClient, path: str, **query: Any) -> Any:
    return simplejson.loads(client.get(path, headers=KEY, query_string=query or None).data, use_decimal=True)


def control(client: FlaskClient, path: str, **body: Any) -> Any:
    answer = client.post(f"/_control/{path}", data=simplejson.dumps(body, use_decimal=True))
    assert answer.status_code < 300, answer.text
    return simplejson.loads(answer.text, use_decimal=True)


def invoice(client: FlaskClient, *lines: Json, **described: Any) -> Any:
    return control(client, "invoices", **{"supplier": "Acme Supply", "lines": lines or [LINE], **described})


# What answers look like


def test_sums_are_numbers_in_a_list_and_what_is_paid_is_a_text(client: FlaskClient) -> None:
    number = invoice(client)["idn"]
    [row] = get(client, "/invoices")["data"]
    assert (row["sum"], row["netSum"], row["sumPaid"]) == (100, 100, "0.00")
    single = get(client, f"/invoices/{number}")
    assert (single["sum"], single["netSum"], single["sumPaid"]) == ("100.00", "100.00", "0.00")


@pytest.mark.parametrize("nothing", [None, [], "", {}])
def test_nothing_comes_in_an_objects_place_in_four_ways(client: FlaskClient, nothing: object) -> None:
    number = invoice(client)["idn"]
    control(client, "settings", nothing=nothing)
    whole = get(client, f"/invoices/{number}")
    assert [whole[name] for name in ("purchaseOrder", "parentData", "allocatedInvoice")] == [nothing] * 3
    assert whole["supplier"]["id"] == 9001
    assert whole["note"] is None


def test_an_object_may_come_as_a_list_of_one(client: FlaskClient) -> None:
    number = invoice(client)["idn"]
    control(client, "settings", objects="list")
    whole = get(client, f"/invoices/{number}")
    assert [whole["supplier"][0]["id"], list(whole["exchangeRate"][0])] == [9001, ["USD"]]
    assert "data" in whole["items"]


def test_kind_and_outside_id_are_numbers_or_texts(client: FlaskClient) -> None:
    number = invoice(client)["idn"]
    client.patch(f"/invoices/{number}", headers=KEY, data={"externalId": "145"})
    plain = get(client, f"/invoices/{number}")
    assert (plain["logicType"], plain["externalId"]) == (0, "145")
    control(client, "settings", logic_type="string", external_ids="number")
    loose = get(client, f"/invoices/{number}")
    assert (loose["logicType"], loose["externalId"]) == ("0", 145)


def test_a_split_invoice_names_its_whole_in_three_ways(client: FlaskClient) -> None:
    whole, other = invoice(client)["idn"], invoice(client)["idn"]
    parts = [invoice(client, parent=whole)["idn"] for _ in range(2)]

    def shown(name: str) -> list[Any]:
        return [get(client, f"/invoices/{number}")[name] for number in (whole, other, *parts)]

    assert [parent and parent["idn"] for parent in shown("parentData")] == [None, None, whole, whole]
    control(client, "settings", split="parentIdn")
    assert shown("parentIdn") == [None, None, whole, whole]
    assert "parentData" not in get(client, f"/invoices/{whole}")
    control(client, "settings", split="splitIndex")
    assert shown("splitIndex") == [10, 0, 1, 2]


@pytest.mark.parametrize("shape", ["id", "name"])
def test_the_value_of_a_field_is_the_text_of_its_option_or_its_id(client: FlaskClient, shape: str) -> None:
    field = next(row for row in get(client, "/itemcustomfields")["data"] if row["name"] == "QuickBooks Accounts")
    options = get(client, f"/itemcustomfields/{field['id']}/options", per_page=200)["data"]
    option = next(row for row in options if row["code"] == "6660")
    number = invoice(client)["idn"]
    control(client, "settings", option_values=shape)
    [chosen] = get(client, f"/invoices/{number}")["items"]["data"][0]["dataItemCustomFields"]["data"]
    assert chosen["value"] == (str(option["id"]) if shape == "id" else option["name"])


def test_documents_and_suppliers_have_the_fields_that_were_seen_live(client: FlaskClient) -> None:
    number = invoice(client)["idn"]
    fields = "approvalSteps lastApprover comments followers company budget budgetLine budgetedSum contracts xeroId "
    fields += "toleranceRateSum toleranceRatePercent prepaymentPercent postpaymentPercent updateExchangeRateDate isBudgetOverLimit"
    assert set(fields.split()) <= set(get(client, f"/invoices/{number}"))
    partner = "bankName bankAddress swiftCode sortCode creator creditBalanceSums taxPayerType"
    assert set(partner.split()) <= set(get(client, "/suppliers/9001"))


# What people may do


def test_a_supplier_without_currencies_has_that_of_the_company(client: FlaskClient) -> None:
    made = client.post("/suppliers", headers=KEY, data={"name": "New"})
    assert made.status_code == 201
    assert made.json
    assert (made.json["currencies"], made.json["currency"]) == (["USD"], "USD")


@pytest.mark.parametrize("status", [1, 2, 6, 9, 10])
def test_a_document_is_revised_while_it_waits_for_approval_confirmation_or_receipt_too(
    client: FlaskClient, status: int
) -> None:
    made = invoice(client, status=status)
    assert control(client, f"invoices/{made['idn']}", do="revise")["statusString"] == "in revision"


def test_a_denied_document_is_not_submitted_again(client: FlaskClient) -> None:
    made = invoice(client, do=["submit", "deny"])
    answer = client.post(f"/_control/invoices/{made['idn']}", json={"do": "submit"})
    assert (answer.status_code, made["statusString"]) == (400, "denied")


def test_an_approved_invoice_changes_its_currency_in_place_and_has_negative_lines(client: FlaskClient) -> None:
    made = invoice(client, do=["submit", "approve"])
    changed = control(
        client, f"invoices/{made['idn']}", set={"currency": "EUR", "lines": [LINE, {**LINE, "price": "-30"}]}
    )
    assert (changed["statusString"], changed["currency"], changed["sum"]) == ("approved", "EUR", 70)


def test_a_webhook_has_one_of_twelve_types_and_no_signature(client: FlaskClient) -> None:
    outbox = client.application.extensions["control"].outbox
    body, headers = outbox._encode([{"id": 1, "type": 10, "action": 1}], outbox.settings)  # noqa: SLF001 what goes out
    assert (simplejson.loads(body)["type"], headers) == (10, {"Content-Type": "application/json"})


@pytest.mark.parametrize(
    ("count", "price", "tax", "by_line", "by_document"),
    [
        (3, "33.33", "VAT 20", ("99.99", "120.00"), ("99.99", "119.99")),
        (60, "0.13", "VAT 5", ("7.80", "8.40"), ("7.80", "8.19")),
    ],
)
def test_tax_is_rounded_by_line_or_on_the_document_over_the_same_net(
    client: FlaskClient, count: int, price: str, tax: str, by_line: tuple[str, str], by_document: tuple[str, str]
) -> None:
    line = {"name": "Thing", "quantity": "1", "price": price, "taxes": [tax]}

    def sums() -> tuple[str, str]:
        made = invoice(client, *[line] * count, company=2, supplier="Bristol Print Works")
        return str(made["netSum"]), str(made["sum"])

    assert sums() == by_line
    control(client, "settings", rounding="document")
    assert sums() == by_document


# How connectors ask


@pytest.mark.parametrize("collection", ["users", "units", "suppliercustomfields"])
def test_collections_that_connectors_use_are_read_and_not_written(client: FlaskClient, collection: str) -> None:
    rows = get(client, f"/{collection}")["data"]
    assert get(client, f"/{collection}/{rows[0]['id']}")["name" if "name" in rows[0] else "email"]
    assert client.patch(f"/{collection}/{rows[0]['id']}", headers=KEY, data={"externalId": "1"}).status_code == 405


def test_a_connector_reads_invoices_by_status_approval_and_change_page_by_page(client: FlaskClient) -> None:
    for _ in range(12):
        invoice(client, do=["submit", "approve"])
    invoice(client)
    since = {"approvalLeftDate": "2020-01-01T00:00:00", "modifiedSince": "2020-01-01T00:00:00", "status[]": [2, 4]}
    ids: list[int] = []
    page = 1
    while True:
        answer = get(client, "/invoices", per_page=10, page=page, **since)
        ids += [row["id"] for row in answer["data"]]
        shown = answer["meta"]["pagination"]
        if shown["current_page"] == shown["total_pages"]:
            break
        page += 1
    assert (len(ids), len(set(ids)), page) == (12, 12, 2)


def test_a_connector_reads_what_was_sent_nowhere_yet(client: FlaskClient) -> None:
    sent, waiting = invoice(client)["idn"], invoice(client)["idn"]
    client.patch(f"/invoices/{sent}", headers=KEY, data={"externalId": "145"})
    assert [row["idn"] for row in get(client, "/invoices", sent_to_external=0)["data"]] == [waiting]


def test_a_connector_finds_an_invoice_by_its_id_and_pays_what_is_left(client: FlaskClient) -> None:
    made = invoice(client, do=["submit", "approve"])
    [row] = get(client, f"/invoices?id={made['id']}")["data"]
    left = row["sum"] - Decimal(row["sumPaid"])
    form = {"invoice[id]": made["id"], "sumPaid": str(left), "logicType": 0, "payDate": "2026-11-02T00:00:00Z"}
    paid = client.post("/payments", headers=KEY, data=form)
    assert paid.json
    assert client.patch(f"/payments/{paid.json['idn']}", headers=KEY, data={"externalId": "BP-7"}).status_code == 200
    again = client.post("/payments", headers=KEY, data=form)
    assert again.json == {"errors": {"errors": {"sumPaid": "The Invoice is already fully paid."}}}


@pytest.mark.parametrize("fields", ["itemcustomfields", "documentcustomfields"])
def test_a_connector_replaces_an_option_and_then_writes_its_outside_id(client: FlaskClient, fields: str) -> None:
    field = get(client, f"/{fields}")["data"][0]["id"]
    made = client.post(f"/{fields}/{field}/options", headers=KEY, data={"name": "Crane", "code": "C"}).json
    assert made
    address = f"/{fields}/{field}/options/{made['id']}"
    assert client.put(address, headers=KEY, data={"name": "Cranes", "enable": 1}).json["name"] == "Cranes"  # type: ignore[index]
    assert client.patch(address, headers=KEY, data={"externalId": "77"}).json["externalId"] == "77"  # type: ignore[index]


def test_a_connector_replaces_the_legal_entities_of_a_supplier(client: FlaskClient) -> None:
    [entity] = get(client, "/legalentities")["data"]
    form = {"name": "Acme Supply", "currencies[]": "USD", "supplierLegalEntityIds[]": str(entity["id"])}
    answer = client.put("/suppliers/9001", headers=KEY, data=form)
    assert answer.json
    assert [row["id"] for row in answer.json["supplierLegalEntities"]["data"]] == [entity["id"]]
