"""What people type in QuickBooks while Tieout does not look is never doubled."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from mappers.books import RecentEntity
from outbound.errors import ServerTrouble
from qbo_client.client import QboClient
from store.companies import QboCompany
from tests.one_worker import work_off
from tests.stage import REALM, Stage
from workers import catch_up, sync
from workers.connections import commands as connection_commands
from workers.documents import views
from workers.kinds import RECORD_KINDS
from workers.lookup import connection_named
from workers.records import commands as record_commands
from workers.records import writes
from workers.records.work import PostponedError, Work

SLUG = "widgets-inc"
CARD = "41"
PAPER = {"name": "Copy paper", "quantity": 10, "price": "54.00", "account": "Office Supplies"}


def typed(stage: Stage, number: str) -> dict[str, Any]:
    """Type a bill of Acme Supply by hand, of which no notification comes in time."""
    stage.quickbooks.post("webhooks", drop=1.0)
    created: dict[str, Any] = stage.quickbooks.post(
        f"bill?realm={REALM}",
        VendorRef={"value": "56"},
        DocNumber=number,
        TxnDate="2026-11-02",
        Line=[
            {
                "DetailType": "AccountBasedExpenseLineDetail",
                "Amount": "540.00",
                "AccountBasedExpenseLineDetail": {"AccountRef": {"value": "7"}},
            }
        ],
    )
    return created


def problems(stage: Stage, invoice: dict[str, Any]) -> list[str]:
    """Return the codes for which a document is held."""
    return [problem.code for problem in stage.record(invoice).problems]


def test_a_bill_typed_during_a_pause_holds_its_document_when_the_connection_goes_on(stage: Stage) -> None:
    stage.settle()
    connection_commands.pause(stage.runtime, SLUG, "ann")
    typed(stage, "S-700")
    invoice = stage.approved(number="INV-700", invoiceNumber="S-700", lines=[PAPER])
    assert stage.precoro.get("webhooks?wait=10")["idle"]
    connection_commands.resume(stage.runtime, SLUG, "ann")
    stage.until_state(invoice, "held")
    assert problems(stage, invoice) == ["possible_duplicate"]
    assert len(stage.bills()) == 1


def paid_by_card(stage: Stage, amount: str, **more: Any) -> dict[str, Any]:
    """Book an expense of Acme Supply by hand, as a person or a bank feed does."""
    expense: dict[str, Any] = stage.quickbooks.post(
        f"purchase?realm={REALM}",
        PaymentType="CreditCard",
        AccountRef={"value": CARD},
        EntityRef={"value": "56", "type": "Vendor"},
        TxnDate="2026-11-04",
        Line=[
            {
                "DetailType": "AccountBasedExpenseLineDetail",
                "Amount": amount,
                "AccountBasedExpenseLineDetail": {"AccountRef": {"value": "7"}},
            }
        ],
        **more,
    )
    return expense


def test_what_was_paid_by_card_already_is_asked_about_and_goes_out_when_the_expense_is_deleted(stage: Stage) -> None:
    stage.settle()
    expense = paid_by_card(stage, "540.00")
    paid_by_card(stage, "55.00")
    paid_by_card(stage, "55.00", Credit=True)
    catch_up.read_changes(stage.runtime, 1)
    stage.quickbooks.delete("requests")
    invoice = stage.approved(number="INV-720", invoiceNumber="S-720", lines=[PAPER])
    stage.until_state(invoice, "held")
    assert problems(stage, invoice) == ["possible_expense"]
    assert not [call for call in stage.quickbooks.get("requests") if call["metered"] and "/cdc" not in call["path"]]
    stage.quickbooks.post(f"purchase/{expense['Id']}?realm={REALM}", do="delete")
    catch_up.read_changes(stage.runtime, 1)
    stage.until_state(invoice, "synced")


def test_a_pause_lasts_until_quickbooks_tells_what_changed(stage: Stage) -> None:
    stage.settle()
    connection_commands.pause(stage.runtime, SLUG, "ann")
    stage.quickbooks.post("faults", match={"path": "/cdc"}, fault="503")
    with pytest.raises(ServerTrouble):
        connection_commands.resume(stage.runtime, SLUG, "ann")
    with stage.runtime.read() as (session, _):
        assert connection_named(session, SLUG).state == "paused"


def test_nothing_is_created_after_a_night_before_it_is_read_what_changed_in_quickbooks(stage: Stage) -> None:
    stage.quickbooks.post(f"preferences/1?realm={REALM}", set={"OtherPrefs.WarnDuplicateBillNumber": False})
    stage.settle()
    typed(stage, "S-704")
    invoice = stage.approved(number="INV-704", invoiceNumber="S-704", lines=[PAPER])
    assert stage.precoro.get("webhooks?wait=10")["idle"]
    with stage.runtime.write() as (session, moment):
        company = session.get_one(QboCompany, 1)
        company.changes_since, company.changes_due = moment - timedelta(hours=8), False
    stage.runtime.dispatch()
    work_off(stage.runtime)
    assert len(stage.bills()) == 1
    waiting = views.document(stage.runtime, f"invoice:{invoice['idn']}")
    assert waiting.waits_for == "It goes on later: what changed in QuickBooks is read first."
    stage.until_state(invoice, "held")
    assert (problems(stage, invoice), len(stage.bills())) == (["possible_duplicate"], 1)


def test_of_two_invoices_with_one_number_at_once_the_second_is_held_though_quickbooks_does_not_mind(
    stage: Stage,
) -> None:
    stage.quickbooks.post(f"preferences/1?realm={REALM}", set={"OtherPrefs.WarnDuplicateBillNumber": False})
    stage.settle()
    first = stage.approved(number="INV-701", invoiceNumber="S-701", lines=[PAPER])
    second = stage.approved(number="INV-702", invoiceNumber="S-701", lines=[{**PAPER, "price": "55.00"}])
    assert stage.precoro.get("webhooks?wait=10")["idle"]
    slow = sync.claim(stage.runtime, stage.record(second).id, afresh=False)
    assert slow is not None
    decided = planned(slow)
    stage.until_state(first, "synced")
    with pytest.raises(PostponedError, match="sent meanwhile"), stage.runtime.write() as (session, moment):
        writes.begin(slow, session, moment, decided, None)
    sync.release(slow)
    stage.until_state(second, "held")
    assert problems(stage, second) == ["possible_duplicate"]
    assert len(stage.bills()) == 1


def planned(work: Work) -> Any:
    """Read and plan a document as a worker does, and leave it there."""
    kind = RECORD_KINDS[work.record.kind]
    return kind.plan(work, kind.read(work))


@pytest.mark.parametrize(("do", "code"), [("delete", "deleted_in_quickbooks"), ("edit", "changed_in_quickbooks")])
def test_what_became_of_a_bill_while_its_answer_was_lost_holds_its_document(stage: Stage, do: str, code: str) -> None:
    stage.settle()
    bill = {"method": "POST", "path": f"/v3/company/{REALM}/bill$", "body": "S-703"}
    stage.quickbooks.post("faults", match=bill, fault="reset_after_commit", times=1)
    stage.quickbooks.post("faults", match=bill, fault="503")  # nothing is sent again before people were here
    stage.quickbooks.post("webhooks", drop=1.0)
    invoice = stage.approved(number="INV-703", invoiceNumber="S-703", lines=[PAPER])
    stage.until(stage.bills, "the bill")
    [made] = stage.bills()
    if do == "delete":
        stage.quickbooks.post(f"bill/{made['Id']}?realm={REALM}", do="delete")
    else:
        lines = [{**made["Line"][0], "Amount": "99.00"}]
        stage.quickbooks.post(f"bill/{made['Id']}?realm={REALM}", set={"Line": lines, "PrivateNote": "mine"})
    stage.quickbooks.delete("faults")
    stage.settle()
    catch_up.read_changes(stage.runtime, 1)
    stage.until_state(invoice, "held")
    assert problems(stage, invoice) == [code]


@pytest.mark.parametrize(("do", "code"), [("delete", "deleted_in_quickbooks"), ("edit", "changed_in_quickbooks")])
def test_a_bill_that_people_delete_or_change_holds_its_document_without_a_read_or_a_revision(
    stage: Stage, do: str, code: str
) -> None:
    invoice = stage.approved(number="INV-705", invoiceNumber="S-705", lines=[PAPER])
    stage.until_state(invoice, "synced")
    stage.settle()
    stage.quickbooks.delete("requests")
    [bill] = stage.bills()
    change = {"do": "delete"} if do == "delete" else {"set": {"Line": [{**bill["Line"][0], "Amount": "99.00"}]}}
    stage.quickbooks.post(f"bill/{bill['Id']}?realm={REALM}", **change)
    stage.until_state(invoice, "held")
    assert problems(stage, invoice) == [code]
    assert reads_of_bills(stage) == []


def test_coding_that_people_change_in_quickbooks_leaves_a_document_in_step(stage: Stage) -> None:
    invoice = stage.approved(number="INV-706", invoiceNumber="S-706", lines=[PAPER])
    stage.until_state(invoice, "synced")
    stage.settle()
    [bill] = stage.bills()
    handled = stage.record(invoice).handled_version
    stage.quickbooks.post(f"bill/{bill['Id']}?realm={REALM}", set={"DueDate": "2026-12-24"})
    assert stage.quickbooks.get("webhooks?wait=10")["idle"]
    catch_up.read_changes(stage.runtime, 1)
    stage.settle()
    assert (stage.record(invoice).state, stage.record(invoice).handled_version) == ("synced", handled)


def test_what_a_write_of_ours_overtook_while_quickbooks_told_it_is_no_change(stage: Stage) -> None:
    invoice = stage.approved(number="INV-707", invoiceNumber="S-707", lines=[PAPER])
    stage.until_state(invoice, "synced")
    [before] = stage.bills()
    stage.act(invoice, "revise")
    stage.change(invoice, lines=[{**PAPER, "quantity": 11}])
    stage.act(invoice, "approve")
    stage.until(lambda: stage.bills()[0]["TotalAmt"] == 594, "the revision")
    stage.settle()
    with stage.runtime.write() as (session, _):
        assert writes.keep_changed(session, 1, "Bill", [before]) == set()
        copy = writes.copy_of_twin(session, stage.record(invoice))
    assert isinstance(copy, RecentEntity)
    assert copy.total == 594


def test_a_bill_that_is_typed_again_after_it_was_sent_holds_its_document_until_it_is_deleted(stage: Stage) -> None:
    invoice = stage.approved(number="INV-708", invoiceNumber="S-708", lines=[PAPER])
    stage.until_state(invoice, "synced")
    stage.settle()
    again = typed(stage, "s 708")
    catch_up.read_changes(stage.runtime, 1)
    stage.until_state(invoice, "held")
    assert problems(stage, invoice) == ["entered_again"]
    stage.quickbooks.post(f"bill/{again['Id']}?realm={REALM}", do="delete")
    catch_up.read_changes(stage.runtime, 1)
    stage.until_state(invoice, "synced")


def test_a_bill_that_a_person_says_is_another_one_is_not_asked_about_again(stage: Stage) -> None:
    invoice = stage.approved(number="INV-709", invoiceNumber="S-709", lines=[PAPER])
    stage.until_state(invoice, "synced")
    stage.settle()
    typed(stage, "S-709")
    catch_up.read_changes(stage.runtime, 1)
    stage.until_state(invoice, "held")
    record_commands.send(stage.runtime, stage.record(invoice).id, "ann", ["entered_again"])
    stage.until_state(invoice, "synced")
    stage.change(invoice, note="as agreed")
    stage.settle()
    assert stage.record(invoice).state == "synced"


def reads_of_bills(stage: Stage) -> list[str]:
    """Return the bills that were read one by one."""
    requests = stage.quickbooks.get("requests")
    return [request["path"] for request in requests if request["method"] == "GET" and "/bill/" in request["path"]]


def test_a_bill_typed_while_ours_is_on_its_way_is_seen_although_its_change_was_read_before_ours_landed(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.settle()
    create = QboClient.create

    def create_after_somebody_typed_it(client: QboClient, kind: str, *arguments: Any, **more: Any) -> Any:
        if kind == "Bill" and not stage.bills():
            typed(stage, "710, from paper")
            with stage.runtime.read() as (session, _):
                qbo_id = connection_named(session, SLUG).qbo_id
            catch_up.read_changes(stage.runtime, qbo_id)
        return create(client, kind, *arguments, **more)

    monkeypatch.setattr(QboClient, "create", create_after_somebody_typed_it)
    invoice = stage.approved(number="INV-710", invoiceNumber="S-710", lines=[PAPER])
    stage.until_state(invoice, "held")
    assert problems(stage, invoice) == ["entered_again"]
    assert len(stage.bills()) == 2
