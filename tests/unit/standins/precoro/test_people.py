"""People act in the Precoro stand-in: documents add up, move through their statuses, and fire thin webhooks."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import simplejson
from flask.testing import FlaskClient

from standins.precoro.app import create_app


@pytest.fixture
def pings(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Any]]:
    """Collect the webhooks on their way as (company, body)."""
    sent: list[tuple[str, Any]] = []
    outbox = client.application.extensions["control"].outbox
    monkeypatch.setattr(outbox, "send", lambda event, group="": sent.append((group, event)))
    return sent


def post(client: FlaskClient, path: str, status: int = 200, **body: Any) -> Any:
    answer = client.post(f"/_control/{path}", data=simplejson.dumps(body, use_decimal=True))
    assert answer.status_code == status, answer.text
    return simplejson.loads(answer.text, use_decimal=True)


def invoice(client: FlaskClient, lines: list[dict[str, Any]], **description: Any) -> Any:
    return post(client, "invoices", 201, **{"supplier": "Acme Supply", "lines": lines, **description})


def line(price: str, quantity: str = "1", **more: Any) -> dict[str, Any]:
    return {"name": "Thing", "quantity": quantity, "price": price, "account": "6660", **more}


def test_discounts_are_taken_before_taxes_and_every_line_is_rounded_half_up(client: FlaskClient) -> None:
    made = invoice(client, [line("50.005", "10", discount=5, taxes=["Sales tax 8.25"])], discount=10)
    assert (made["netSum"], made["sum"]) == (Decimal("427.54"), Decimal("462.81"))


def test_lines_echo_the_discount_of_the_document(client: FlaskClient) -> None:
    made = invoice(client, [line("10", discount=5)], discount=10)
    own, echoed = made["items"][0]["discounts"]
    assert "documentDiscount" not in own
    assert echoed["documentDiscount"] == {"id": made["discounts"][0]["id"]}
    post(client, "settings", echo_discounts=False)
    silent = invoice(client, [line("10", discount=5)], discount=10)
    assert len(silent["items"][0]["discounts"]) == 1
    assert silent["sum"] == made["sum"] == Decimal("8.55")


def test_amounts_can_be_rounded_in_the_totals_only(client: FlaskClient) -> None:
    lines = [line("0.125"), line("0.125"), line("0.125")]
    assert invoice(client, lines)["sum"] == Decimal("0.39")
    post(client, "settings", rounding="document")
    assert invoice(client, lines)["sum"] == Decimal("0.38")


def test_withholding_tax_is_in_the_sum_or_beside_it(client: FlaskClient) -> None:
    lines = [line("100", taxes=["Sales tax 8.25", "Withholding 24"])]
    beside = invoice(client, lines)
    assert (beside["sum"], beside["withholdingTaxSum"]) == (Decimal("108.25"), Decimal("24.00"))
    post(client, "settings", withholding_in_sum=True)
    assert invoice(client, lines)["sum"] == Decimal("84.25")


def test_free_lines_cost_nothing_and_service_lines_have_a_total(client: FlaskClient) -> None:
    made = invoice(client, [line("10", free=True), {"name": "Cleaning", "total": "640.00", "account": "6500"}])
    assert made["sum"] == Decimal("640.00")
    assert made["items"][1]["netTotal"] == Decimal("640.00")
    assert "price" not in made["items"][1]


def test_a_catalogue_item_lends_its_name_and_price(client: FlaskClient) -> None:
    made = invoice(client, [{"item": "TAP-48", "quantity": 24, "account": "5020"}])
    assert (made["items"][0]["name"], made["sum"]) == ("Packing tape 48 mm", Decimal("47.12"))


def test_what_is_not_known_is_refused_by_name(client: FlaskClient) -> None:
    assert "'Nobody'" in post(client, "invoices", 400, supplier="Nobody")["error"]
    assert "'colour'" in post(client, "invoices", 400, supplier="Acme Supply", colour="red")["error"]
    assert "'9999'" in post(client, "invoices", 400, supplier="Acme Supply", lines=[line("1", account="9999")])["error"]


def test_a_refused_description_leaves_no_document_behind(client: FlaskClient) -> None:
    post(client, "invoices", 400, supplier="Acme Supply", lines=[line("1", account="9999")])
    state = client.get("/_control/state").json
    assert state
    assert state["companies"]["1"]["invoices"] == []


def test_a_document_moves_through_revision_to_a_new_approval(client: FlaskClient) -> None:
    number = invoice(client, [line("10")], do=["submit", "approve"])["idn"]
    assert post(client, f"invoices/{number}", do="revise")["status"] == 7
    changed = post(client, f"invoices/{number}", set={"lines": [line("11")]})
    assert (changed["sum"], changed["status"]) == (Decimal("11.00"), 7)
    again = post(client, f"invoices/{number}", do="approve")
    assert (again["status"], again["statusString"]) == (2, "approved")


def test_a_line_that_keeps_its_name_stays_the_same_line(client: FlaskClient) -> None:
    made = invoice(client, [line("10"), {"name": "Freight", "price": 5, "account": "5040"}])
    lines = [{"name": "Freight", "price": 6, "account": "5040"}, line("10"), line("1")]
    changed = post(client, "invoices/" + made["idn"], set={"lines": lines})
    first, second = (item["id"] for item in made["items"])
    assert [item["id"] for item in changed["items"]][:2] == [second, first]
    assert changed["items"][2]["id"] not in (first, second)


def test_an_act_that_is_not_open_is_refused(client: FlaskClient) -> None:
    number = invoice(client, [line("10")], do=["approve", "cancel"])["idn"]
    assert post(client, f"invoices/{number}", 400, do="approve")["error"] == "INV-201 is cancelled: it cannot approve"


def test_reapproval_moves_the_approval_date_unless_told_otherwise(client: FlaskClient) -> None:
    post(client, "settings", reapproval_moves_approval_date=False)
    number = invoice(client, [line("10")], do=["approve", "revise"])["idn"]
    post(client, f"invoices/{number}", set={"approvalDate": "2026-01-01T00:00:00+00:00"})
    assert post(client, f"invoices/{number}", do="approve")["approvalDate"] == "2026-01-01T00:00:00+00:00"
    post(client, "settings", reapproval_moves_approval_date=True)
    post(client, f"invoices/{number}", do="revise")
    assert post(client, f"invoices/{number}", do="approve")["approvalDate"] > "2026-01-01"


def test_webhooks_are_thin_and_say_only_create_or_update(client: FlaskClient, pings: list[tuple[str, Any]]) -> None:
    made = invoice(client, [line("10")], do=["submit", "approve"])
    body = {"id": made["id"], "type": 3, "idn": 201}
    assert pings == [("1", body | {"action": action}) for action in (0, 1, 1)]


def test_every_kind_of_record_has_its_own_type_number(client: FlaskClient, pings: list[tuple[str, Any]]) -> None:
    post(client, "purchaseorders", 201, company=2, supplier="Crown Stationers", lines=[])
    post(client, "suppliers/9001", do="deactivate")
    post(client, "options", 201, field="QuickBooks Locations", name="South")
    post(client, "options/8852", set={"name": "Stationery"})
    post(client, "items/3301", set={"price": 5})
    assert [(group, ping["type"], ping["action"]) for group, ping in pings] == [
        ("2", 2, 0),
        ("1", 7, 1),
        ("1", 10, 1),
        ("1", 11, 1),
    ]


def test_own_writes_echo_unless_told_otherwise_and_more_keys_may_follow(
    client: FlaskClient, pings: list[tuple[str, Any]]
) -> None:
    post(client, "settings", ping_extra={"companyId": 1})
    invoice(client, [line("10")])
    key = {"X-AUTH-TOKEN": "precoro-sandbox-key-1", "email": "ann@widgets.example"}
    client.patch("/invoices/201", headers=key, data={"externalId": "1"})
    post(client, "settings", ping_own_writes=False)
    client.patch("/invoices/201", headers=key, data={"externalId": "2"})
    assert [(ping["action"], ping["companyId"]) for _, ping in pings] == [(0, 1), (1, 1)]


def test_the_page_shows_documents_and_its_buttons_act(client: FlaskClient) -> None:
    invoice(client, [line("10")])
    assert "INV-201" in client.get("/").text
    assert client.post("/_page/1/invoices/201/approve").status_code == 303
    assert "approved" in client.get("/").text


def test_the_page_shows_what_went_well_in_no_other_colour_than_the_rest(client: FlaskClient) -> None:
    made = invoice(client, [line("10")])
    key = {"email": "ann@widgets.example", "X-AUTH-TOKEN": "precoro-sandbox-key-1"}
    client.patch(f"/invoices/{made['idn']}", headers=key, data={"externalIntegrationLog": "Sent as Bill 145."})
    shown = client.get("/").text
    assert '<span class="log">Sent as Bill 145.</span>' in shown
    [style] = re.findall(r"\.log{(.*?)}", shown)
    assert "color" not in style


def test_the_page_counts_the_lists_and_what_of_them_is_linked(client: FlaskClient) -> None:
    post(client, "suppliers/9001", do="deactivate")
    rows = [row.split("<td") for row in client.get("/").text.split("<tr>") if "<td>Suppliers<" in row]
    assert [[cell.partition(">")[2].partition("<")[0] for cell in row[1:]] for row in rows] == [
        ["Suppliers", "35", "1", ""],
        ["Suppliers", "15", "", ""],
    ]
    assert "QuickBooks Accounts (options)" in client.get("/").text


def test_foreign_documents_have_a_rate_and_amounts_in_company_currency(client: FlaskClient) -> None:
    made = invoice(
        client,
        [{"name": "Tool", "price": 100, "taxes": ["VAT 20"]}],
        company=2,
        supplier="Kessler Werkzeug GmbH",
        rate="0.85",
    )
    assert (made["currency"], made["sum"], made["sumInCompanyCurrency"]) == (
        "EUR",
        Decimal("120.00"),
        Decimal("102.00"),
    )


def test_credit_notes_are_invoices_of_another_logic_type_with_either_sign(client: FlaskClient) -> None:
    number = invoice(client, [line("10")])["idn"]
    note = invoice(client, [line("4")], creditNote=True, allocatedInvoice=number)
    assert (note["logicType"], note["sum"], note["allocatedInvoice"]["idn"]) == (1, Decimal("4.00"), number)
    post(client, "settings", credit_note_sign="negative")
    assert invoice(client, [line("4")], logicType=5)["sum"] == Decimal("-4.00")


def test_the_state_survives_a_restart(tmp_path: Path) -> None:
    snapshot = tmp_path / "precoro.json"
    first = create_app(snapshot=snapshot)
    made = invoice(first.test_client(), [line("10.10", "3")], do=["approve"])
    first.extensions["control"].save()
    second = create_app(snapshot=snapshot).test_client()
    assert post(second, "invoices/INV-201", set={"lines": [line("10.10", "4")]})["sum"] == Decimal("40.40")
    assert invoice(second, [])["id"] == made["id"] + 1


def test_reset_brings_back_the_seed(client: FlaskClient) -> None:
    invoice(client, [line("10")])
    post(client, "reset", seed="empty")
    state = client.get("/_control/state").json
    assert state
    assert (state["companies"]["1"]["invoices"], state["companies"]["1"]["suppliers"]) == ([], [])
    assert len(state["companies"]["1"]["itemcustomfields"]) == 3


def test_an_invoice_of_an_order_takes_over_its_lines(client: FlaskClient) -> None:
    lines = [line("50", "3", taxes=["Sales tax 8.25"])]
    order = post(client, "purchaseorders", 201, supplier="Acme Supply", lines=lines, discount=10, location="East")
    made = post(client, "invoices", 201, supplier="Acme Supply", purchaseOrder=order["idn"])
    assert (made["logicType"], made["sum"], made["purchaseOrder"]["idn"]) == (2, order["sum"], order["idn"])
    assert made["items"][0]["purchaseOrderItem"] == {"id": order["items"][0]["id"]}


def test_a_person_receives_what_was_ordered(client: FlaskClient) -> None:
    description = {"supplier": "Acme Supply", "lines": [{"name": "Pens", "price": 5, "quantity": 3, "account": "6660"}]}
    draft: Any = client.post("/_control/purchaseorders", json=description).json
    path = f"/_control/purchaseorders/{draft['idn']}"
    assert client.post(path, json={"do": "receive"}).status_code == 400
    client.post(path, json={"do": "approve"})
    order: Any = client.post(path, json={"do": "receive"}).json
    assert (order["items"][0]["received"], len(order["relatedReceipts"])) == (3, 1)


def test_a_company_has_at_most_five_endpoints(client: FlaskClient) -> None:
    urls = [f"http://127.0.0.1:9/{number}" for number in range(6)]
    refused = client.post("/_control/webhooks", json={"company": 1, "urls": urls})
    assert (refused.status_code, refused.json) == (400, {"error": "At most 5 endpoints for a company"})
    assert client.post("/_control/webhooks", json={"company": 1, "urls": urls[:5]}).status_code == 200


def test_what_the_user_may_not_see_fires_no_webhook(client: FlaskClient) -> None:
    client.post("/_control/settings", json={"hidden": ["invoices/202"]})
    description = {"supplier": "Acme Supply", "lines": [{"name": "Pens", "price": 5, "account": "6660"}]}
    for _ in range(2):
        client.post("/_control/invoices", json=description)
    counts: Any = client.get("/_control/webhooks").json
    assert counts["without_address"] == 1
