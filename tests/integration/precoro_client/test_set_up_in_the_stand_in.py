"""What set-up writes in Precoro, against the stand-in over real HTTP: suppliers, options, taxes, items, payments, files."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest

from outbound import errors
from precoro_client.client import PrecoroClient, options_of
from tests.stand_ins import StandIn

Connect = Callable[..., PrecoroClient]


def _invoice(precoro: StandIn) -> dict[str, Any]:
    lines = [{"name": "Pen, blue", "quantity": 10, "price": 50, "account": "Postage and Courier"}]
    body = {"supplier": "Acme Supply", "company": 1, "number": "S-1", "issueDate": "2026-11-20", "lines": lines}
    created = precoro.control("POST", "invoices", {**body, "do": ["submit", "approve"]})
    assert isinstance(created, dict)
    return created


def _accounts(client: PrecoroClient) -> int:
    return int(next(row["id"] for row in client.fields("item") if row["name"] == "QuickBooks Accounts"))


def test_a_supplier_is_made_found_changed_and_keeps_the_rest(connect: Connect) -> None:
    client = connect()
    details = {"city": "Zürich", "country": "CHE", "phone": "+41 44 555 01 00", "uniqueCode": "MÜLLER"}
    made = client.create_supplier("Müller & Söhne AG", ["CHF", "EUR"], details, external_id="qbo:9130001:vendor:77")
    assert [row["id"] for row in client.find("suppliers", ["qbo:9130001:vendor:77", "none"])] == [made["id"]]
    client.change_supplier(client.supplier(made["id"]), {"city": "Bern"})
    supplier = client.supplier(made["id"])
    kept = {
        name: supplier[name] for name in ("name", "city", "country", "phone", "uniqueCode", "currencies", "externalId")
    }
    assert kept == {
        "name": "Müller & Söhne AG",
        **details,
        "city": "Bern",
        "currencies": ["CHF", "EUR"],
        "externalId": "qbo:9130001:vendor:77",
    }


def test_the_currencies_of_a_change_are_the_whole_list(connect: Connect) -> None:
    client = connect()
    made = client.create_supplier("Beta Ltd", ["GBP", "EUR"])
    client.change_supplier(client.supplier(made["id"]), {"currencies": ["GBP"]})
    assert client.supplier(made["id"])["currencies"] == ["GBP"]


def test_a_supplier_without_a_currency_is_refused_by_field_where_precoro_wants_one(
    precoro: StandIn, connect: Connect
) -> None:
    precoro.control("POST", "settings", {"currencies_required": True})
    with pytest.raises(errors.Refused) as caught:
        connect().create_supplier("Beta Ltd", [])
    assert set(caught.value.fields) == {"currencies"}


def test_a_pending_supplier_is_approved(precoro: StandIn, connect: Connect) -> None:
    precoro.control("POST", "settings", {"supplier_status": 1})
    client = connect()
    made = client.create_supplier("Gamma Ltd", ["USD"])
    assert made["status"] == 1
    assert client.approve_supplier(made["id"])["status"] == 2


def test_options_are_made_in_a_tree_renamed_switched_off_and_tagged(connect: Connect) -> None:
    client = connect()
    field = _accounts(client)
    top = client.create_option("item", field, "Travel", code="6100", external_id="qbo:9130001:account:90")
    below = client.create_option("item", field, "Flights", parent_id=top["id"], external_id="qbo:9130001:account:91")
    client.replace_option("item", field, top["id"], "Travel & Lodging", code="6100", enable=False)
    client.patch_option("item", field, below["id"], external_id="qbo:9130001:account:92")
    rows = {row["id"]: row for row in client.options("item", field)}
    assert (rows[top["id"]]["name"], rows[top["id"]]["enable"]) == ("Travel & Lodging", False)
    assert rows[top["id"]]["externalId"] == "qbo:9130001:account:90"
    assert rows[below["id"]]["externalId"] == "qbo:9130001:account:92"
    tagged = client.find(options_of("item", field), ["qbo:9130001:account:92"])
    assert [row["id"] for row in tagged] == [below["id"]]


def test_options_of_documents_are_written_alike(connect: Connect) -> None:
    client = connect()
    field = next(row["id"] for row in client.fields("document"))
    made = client.create_option("document", field, "North", external_id="7")
    assert made["id"] in {row["id"] for row in client.options("document", field)}


def test_an_answer_that_was_lost_is_found_by_its_external_id(precoro: StandIn, connect: Connect) -> None:
    client = connect()
    precoro.fault("drop_after_commit", method="POST", path="/suppliers")
    with pytest.raises(errors.Dropped):
        client.create_supplier("Delta Ltd", ["USD"], external_id="qbo:9130001:vendor:78")
    assert [row["name"] for row in client.find("suppliers", ["qbo:9130001:vendor:78"])] == ["Delta Ltd"]


def test_taxes_terms_places_and_items_are_made_and_replaced(connect: Connect) -> None:
    client = connect()
    tax = client.create_tax("VAT 7", Decimal("7.5"), external_id="TAX-7")
    assert (Decimal(str(tax["value"])), tax["externalId"]) == (Decimal("7.5"), "TAX-7")
    term = client.create("paymentterms", {"name": "Net 45", "creditPeriodDays": 45}, external_id="9")
    place = client.create("locations", {"name": "Depot", "uniqueCode": "D1"}, external_id="L1")
    item = client.create("items", {"name": "Ink", "sku": "INK-1", "price": Decimal("12.50")}, external_id="19")
    client.replace("items", item["id"], {"name": "Ink, black", "sku": "INK-1", "price": Decimal("12.75")})
    client.patch("items", item["id"], external_id="20")
    read = client.get("items", item["id"])
    assert (read["name"], Decimal(str(read["price"])), read["externalId"]) == (
        "Ink, black",
        Decimal("12.75"),
        "20",
    )
    client.patch("legalentities", next(client.legal_entities())["id"], external_id="9130001")
    assert (term["creditPeriodDays"], place["uniqueCode"]) == (45, "D1")


def test_a_payment_is_recorded_found_and_cancelled(precoro: StandIn, connect: Connect) -> None:
    client, made = connect(), _invoice(precoro)
    paid = client.pay(
        made["id"], Decimal("200.00"), date(2026, 11, 21), external_id="qbo:9130001:billpayment:5:bill:176"
    )
    assert client.get_document("invoice", made["idn"])["status"] == 4
    assert [row["idn"] for row in client.find("payments", ["qbo:9130001:billpayment:5:bill:176"])] == [paid["idn"]]
    client.cancel_payment(paid["idn"])
    assert client.get_document("invoice", made["idn"])["status"] == 2
    with pytest.raises(errors.Refused, match="already cancelled"):
        client.cancel_payment(paid["idn"])


def test_more_than_what_is_open_is_refused_in_precoros_words(precoro: StandIn, connect: Connect) -> None:
    client, made = connect(), _invoice(precoro)
    with pytest.raises(errors.Refused) as caught:
        client.pay(made["id"], Decimal("500.01"), date(2026, 11, 21), external_id="x")
    assert set(caught.value.fields) == {"sumPaid"}


@pytest.mark.parametrize("shape", ["file", "url"])
def test_a_file_is_hung_on_an_invoice_and_read_back(precoro: StandIn, connect: Connect, shape: str) -> None:
    precoro.control("POST", "settings", {"attachment_answer": shape})
    client, made = connect(), _invoice(precoro)
    content = b"%PDF-1.7\r\n--not a boundary--\r\n\x00\xff"
    file = client.attach(made["id"], 1, "Rechnung März.pdf", content, "from Ann")
    assert (file["name"], file["size"]) == ("Rechnung März.pdf", len(content))
    into = BytesIO()
    client.download(file["id"], into)
    assert into.getvalue() == content
    with pytest.raises(errors.NotVisible):
        client.download(999999, BytesIO())


def test_receipts_are_listed_and_read(precoro: StandIn, connect: Connect) -> None:
    lines = [{"name": "Pen, blue", "quantity": 10, "price": 50, "account": "Postage and Courier"}]
    order = precoro.control(
        "POST",
        "purchaseorders",
        {"supplier": "Acme Supply", "company": 1, "lines": lines, "do": ["submit", "approve"]},
    )
    precoro.control("POST", f"purchaseorders/{order['id']}", {"company": 1, "do": "receive"})
    client = connect()
    row = next(client.receipts())
    assert client.get("receipts", row["idn"])["purchaseOrder"]["idn"] == order["idn"]
