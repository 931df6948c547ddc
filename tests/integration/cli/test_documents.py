"""Looking at documents and deciding about them from the command line."""

from __future__ import annotations

import shlex
from decimal import Decimal

import simplejson

from mappers.policy import Policy
from tests.integration.cli.conftest import Tieout
from tests.stage import Stage

PAPER = {"name": "Copy paper", "quantity": 10, "price": "54.00", "account": "Office Supplies"}


def test_a_listing_names_number_state_supplier_amount_and_twin(stage: Stage, tieout: Tieout) -> None:
    stage.approved(number="INV-201", invoiceNumber="S-1", lines=[PAPER])
    stage.settle()
    done = tieout("documents", "list")
    assert done.exit_code == 0
    line = done.stdout.splitlines()[1]
    assert all(text in line for text in ("INV-201", "synced", "Acme Supply", "USD 540.00", "Bill S-1"))


def test_json_holds_exact_amounts_and_filters_narrow_it(stage: Stage, tieout: Tieout) -> None:
    stage.approved(number="INV-201", lines=[PAPER])
    stage.settle()
    rows = simplejson.loads(tieout("documents", "list", "--state", "synced", "--json").stdout)
    assert [row["amount"] for row in rows] == ["540.00"]
    assert simplejson.loads(tieout("documents", "list", "--kind", "purchase_order", "--json").stdout) == []


def test_a_document_goes_by_number_running_number_and_kind(stage: Stage, tieout: Tieout) -> None:
    invoice = stage.approved(number="INV-201", lines=[PAPER])
    stage.settle()
    for name in ("INV-201", "inv-201", str(invoice["idn"]), f"invoice:{invoice['idn']}"):
        assert tieout("documents", "show", name).exit_code == 0, name
    done = tieout("documents", "show", f"po:{invoice['idn']}")
    assert (done.exit_code, "tieout documents list" in done.stderr) == (3, True)


def test_what_stands_in_quickbooks_is_shown_with_the_address_at_which_it_opens(stage: Stage, tieout: Tieout) -> None:
    stage.approved(number="INV-201", lines=[PAPER])
    stage.settle()
    [bill] = stage.bills()
    address = f"https://app.sandbox.qbo.intuit.com/app/bill?txnId={bill['Id']}"
    assert address in tieout("documents", "show", "INV-201").stdout.replace("\n", "")
    [row] = simplejson.loads(tieout("documents", "list", "--json").stdout)
    assert row["qbo_page"] == address


def test_a_document_names_its_page_in_precoro_once_somebody_has_said_how_they_read(
    stage: Stage, tieout: Tieout
) -> None:
    refused = tieout("settings", "set", "precoro_invoice_page=https://elsewhere.example/{id}")
    assert (refused.exit_code, "an https address at precoro.com" in refused.stderr) == (2, True), refused.output
    tieout("settings", "set", "precoro_invoice_page=https://app.precoro.com/invoice/{id}")
    invoice = stage.approved(number="INV-201", lines=[PAPER])
    stage.settle()
    page = f"https://app.precoro.com/invoice/{invoice['id']}"
    assert page in stage.bills()[0]["PrivateNote"].splitlines()
    assert page in tieout("documents", "show", "INV-201").stdout


def test_show_tells_problems_with_remedies_and_what_happened(stage: Stage, tieout: Tieout) -> None:
    stage.approved(number="INV-205", supplier="Evergreen Catering", lines=[PAPER])
    stage.settle()
    done = tieout("documents", "show", "INV-205")
    assert "Problem (supplier_not_paired)" in done.stdout
    assert (
        "Pair Evergreen Catering with its vendor, or create the vendor if the supplier has one currency." in done.stdout
    )
    happened = [line.split()[2:4] for line in done.stdout.partition("What happened")[2].splitlines() if ":" in line]
    for step in (["event", "Precoro"], ["call", "Read"], ["decision", "Held:"], ["write-back", "Wrote"]):
        assert step in happened


def test_files_stand_on_their_document_and_in_its_plan(stage: Stage, tieout: Tieout) -> None:
    files = [{"name": "quote.pdf", "content": "%PDF"}, {"name": "all.zip", "content": "PK"}]
    invoice = stage.approved(number="INV-206", invoiceNumber="S-6", lines=[PAPER], attachments=files)
    planned = tieout("documents", "plan", f"invoice:{invoice['idn']}")
    assert "File quote.pdf: goes along." in planned.stderr
    assert "File all.zip: QuickBooks does not take files such as all.zip" in planned.stderr
    stage.settle()
    shown = tieout("documents", "show", "INV-206").stdout
    assert all(text in shown for text in ("Files", "quote.pdf", "synced", "all.zip", "never", "file_not_sent"))
    rows = simplejson.loads(tieout("documents", "show", "INV-206", "--json").stdout)["files"]
    assert [(row["name"], row["size"], row["state"]) for row in rows] == [
        ("quote.pdf", 4, "synced"), ("all.zip", 2, "never"),
    ]  # fmt: skip


def test_a_file_that_is_held_is_listed_with_its_document_and_tried_again_by_its_own_command(
    stage: Stage, tieout: Tieout
) -> None:
    stage.precoro.post("settings", attachment_answer="elsewhere")
    stage.approved(
        number="INV-206", invoiceNumber="S-6", lines=[PAPER], attachments=[{"name": "quote.pdf", "content": "%PDF"}]
    )
    stage.approved(number="INV-207", invoiceNumber="S-7", lines=[PAPER])
    stage.settle()
    held = tieout("documents", "list", "--state", "held")
    assert ("INV-206" in held.stdout, "INV-207" in held.stdout) == (True, False)
    assert "file quote.pdf: file_elsewhere" in held.stdout
    assert "held 1" in tieout("connections", "show", "widgets-inc").stdout
    shown = tieout("documents", "show", "INV-206").stdout
    [command] = [line.strip() for line in shown.splitlines() if "tieout documents retry-files" in line]
    stage.precoro.post("settings", attachment_answer="file")
    stage.quickbooks.delete("requests")
    assert tieout(*shlex.split(command)[1:]).exit_code == 0
    stage.settle()
    assert [
        call["path"].rpartition("/")[2] for call in stage.quickbooks.get("requests") if call["method"] == "POST"
    ] == ["upload"]
    assert "No document matches." in tieout("documents", "list", "--state", "held").stderr
    assert tieout("documents", "retry-files", "INV-206").exit_code == 1
    assert "retry files" in tieout("history", "list").stdout


def test_a_plan_is_the_exact_entity_and_sends_nothing(stage: Stage, tieout: Tieout) -> None:
    invoice = stage.invoice(number="INV-207", invoiceNumber="S-7", lines=[PAPER])
    stage.act(invoice, "submit")
    done = tieout("documents", "plan", f"invoice:{invoice['idn']}")
    assert done.exit_code == 0, done.output
    body = simplejson.loads(done.stdout, use_decimal=True)
    assert (body["DocNumber"], body["Line"][0]["Amount"]) == ("S-7", Decimal(540))
    assert "Nothing was sent" in done.stderr
    assert stage.bills() == []
    assert not [call for call in stage.quickbooks.get("requests") if call["method"] == "POST"]


def test_a_plan_of_what_waits_for_its_order_shows_what_follows(empty_stage: Stage, tieout: Tieout) -> None:
    empty_stage.begin_connected(Policy(send="both"))
    order = empty_stage.precoro.post("purchaseorders", company=1, supplier="Acme Supply", number="PO-57", lines=[PAPER])
    empty_stage.approved(number="INV-206", purchaseOrder=order["idn"], lines=[PAPER])
    empty_stage.settle()
    done = tieout("documents", "plan", "INV-206")
    assert '"Amount": 540' in done.stdout, done.output
    assert "It waits for purchase order PO-57" in done.stderr
    assert "It would then create this Bill of USD 540.00. Nothing was sent." in done.stderr


def test_a_plan_that_would_be_held_shows_every_problem_and_ends_with_1(stage: Stage, tieout: Tieout) -> None:
    lines = [{"name": "Lunch", "quantity": 1, "price": "5.00"}]
    invoice = stage.approved(number="INV-208", supplier="Evergreen Catering", lines=lines)
    stage.settle()
    before = stage.record(invoice)
    stage.precoro.delete("requests")
    done = tieout("documents", "plan", "INV-208", "--json")
    assert done.stdout, done.stderr
    shown = simplejson.loads(done.stdout)
    assert (done.exit_code, shown["decision"]) == (1, "hold")
    assert "supplier_not_paired" in [problem["code"] for problem in shown["problems"]]
    after = stage.record(invoice)
    assert (before.claim, before.handled_version, before.read_at) == (after.claim, after.handled_version, after.read_at)


def test_an_ignored_document_is_left_alone_until_it_is_sent(stage: Stage, tieout: Tieout) -> None:
    invoice = stage.approved(number="INV-205", supplier="Evergreen Catering", lines=[PAPER])
    stage.settle()
    assert tieout("documents", "ignore", "INV-205", "--why", "a test").exit_code == 0
    record = stage.record(invoice)
    assert (record.state, record.problems) == ("never", [])
    assert (record.reason or "").endswith(": a test")
    stage.act(invoice, "revise")
    stage.tick()
    assert stage.record(invoice).state == "never"
    stage.act(invoice, "approve")
    tieout("suppliers", "pair", "Evergreen Catering", "Evergreen Catering Company LLC")
    done = tieout("documents", "send", "INV-205")
    assert (done.exit_code, "No worker runs" in done.stderr) == (0, True)
    stage.settle()
    assert stage.record(invoice).state == "synced"


def test_what_people_did_stays_in_the_history(stage: Stage, tieout: Tieout) -> None:
    from sqlalchemy import select  # noqa: PLC0415

    from store.history import ActionRow  # noqa: PLC0415

    stage.approved(number="INV-201", lines=[PAPER])
    stage.settle()
    tieout("documents", "send", "INV-201")
    tieout("connections", "pause", "widgets-inc")
    with stage.runtime.read() as (session, _):
        rows = session.scalars(select(ActionRow).order_by(ActionRow.id)).all()
    assert [row.action for row in rows] == ["connect", "go live", "send", "pause"]
    assert all(row.who for row in rows)


def test_a_document_that_waits_tells_why_and_when_it_goes_on(stage: Stage, tieout: Tieout) -> None:
    stage.quickbooks.post("faults", match={"method": "POST", "path": "/v3/"}, fault="429", retry_after=900)
    stage.approved(number="INV-210", invoiceNumber="S-10", lines=[PAPER])
    stage.until(lambda: [record for record in stage.records() if record.connection.backoff_until], "a rest")
    listed = simplejson.loads(tieout("documents", "list", "--json").stdout)[0]
    shown = simplejson.loads(tieout("documents", "show", "INV-210", "--json").stdout)
    [connection] = simplejson.loads(tieout("connections", "list", "--json").stdout)
    assert listed["goes_on_at"] == shown["goes_on_at"] == connection["backoff_until"]
    assert "asks us to call less often" in listed["waits_for"]
    year = listed["goes_on_at"][:4]
    for table in (tieout("documents", "list"), tieout("connections", "list"), tieout("documents", "show", "INV-210")):
        assert "less often" in table.stdout
        assert f"  {year}-" in table.stdout
    tieout("connections", "pause", "widgets-inc")
    paused = simplejson.loads(tieout("documents", "show", "INV-210", "--json").stdout)
    assert (paused["goes_on_at"], "tieout connections resume" in paused["waits_for"]) == (None, True)
