"""`tieout payments`: the list, one payment with its way out of each hold, and the import of earlier days."""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import simplejson

from store.companies import Connection
from tests.integration.cli.conftest import Tieout
from tests.integration.workers.payments.conftest import Till
from tests.stage import Stage
from workers.connections import settings

Json = dict[str, Any]
DAY = "2026-11-20"


@pytest.fixture
def till(stage: Stage) -> Till:
    """Return a house that imports payments."""
    settings.change(stage.runtime, "widgets-inc", {"import_payments": True}, "ann")
    return Till(stage)


def listed(tieout: Tieout, *options: str) -> list[Json]:
    """Return what the list shows."""
    rows: list[Json] = simplejson.loads(tieout("payments", "list", *options, "--json").stdout)
    return rows


def test_a_payment_is_listed_and_shown_by_each_of_its_names(till: Till, tieout: Tieout) -> None:
    invoice = till.billed()
    payment = till.pay(invoice, "200.00")
    till.settle()
    [row] = listed(tieout, "--state", "synced")
    key = f"billpayment:{payment['Id']}:bill:{till.bill_of(invoice)}"
    assert (row["payment"], row["invoice"], row["amount"]) == (key, invoice["customName"], "200.00")
    assert row["in_precoro"] == str(till.payments()[0]["idn"])
    for name in (key, payment["Id"], row["number"]):
        shown = tieout("payments", "show", name)
        assert (shown.exit_code, "USD 200.00" in shown.stdout, "POST" in shown.stdout) == (0, True, True), shown.output
    missing = tieout("payments", "show", "9999")
    assert (missing.exit_code, "tieout payments list" in missing.stderr) == (3, True)
    assert "200.00" in tieout("payments", "list").stdout
    assert simplejson.loads(tieout("connections", "show", "--json").stdout)["payments"] == {"synced": 1}


def doubled(till: Till) -> None:
    invoice = till.billed()
    till.stage.act(invoice, "pay", amount="100.00")
    till.settle()
    till.pay(invoice, "100.00")


def exceeding(till: Till) -> None:
    invoice = till.billed()
    till.stage.act(invoice, "pay", amount="500.00")
    till.settle()
    till.pay(invoice)


def revised(till: Till) -> None:
    invoice = till.billed()
    till.pay(invoice, "100.00")
    till.stage.act(invoice, "revise")


def in_closed_period(till: Till) -> None:
    invoice = till.billed()
    till.stage.precoro.post("settings", payments_closed_until="2026-12-31")
    till.pay(invoice)


def voided_in_closed_period(till: Till) -> None:
    invoice = till.billed()
    payment = till.pay(invoice)
    till.settle()
    till.stage.precoro.post("settings", payments_closed_until="2026-12-31")
    till.post(f"billpayment/{payment['Id']}", do="void")


def paid_by_several(till: Till) -> None:
    invoice = till.billed()
    till.stage.quickbooks.post("webhooks", drop=1.0)
    for amount in ("100.00", "50.00"):
        till.post(f"bill/{till.bill_of(invoice)}", do="apply", type="JournalEntry", amount=amount)
    till.stage.quickbooks.post("webhooks", drop=0.0)
    till.post(f"bill/{till.bill_of(invoice)}", set={"PrivateNote": "Paid"})


def opened_again(till: Till, tieout: Tieout, commands: Mapping[str, str]) -> None:
    till.stage.precoro.post("settings", payments_closed_until="")
    paste("retry_payment")(till, tieout, commands)


def approved_again(till: Till, _: Tieout, __: Mapping[str, str]) -> None:
    [invoice] = till.stage.precoro.rows("1", "invoices")[-1:]
    till.stage.act(invoice, "approve")


def paste(act: str) -> Callable[[Till, Tieout, Mapping[str, str]], None]:
    """Follow a remedy by the command of one act."""

    def run(_: Till, tieout: Tieout, commands: Mapping[str, str]) -> None:
        done = tieout(*shlex.split(commands[act])[1:])
        assert done.exit_code == 0, done.output

    return run


@pytest.mark.parametrize(
    ("make", "code", "leave", "state"),
    [
        (doubled, "possible_double_payment", paste("accept_payment"), "synced"),
        (doubled, "possible_double_payment", paste("ignore_payment"), "never"),
        (exceeding, "payment_exceeds_open", paste("accept_payment"), "synced"),
        (revised, "invoice_not_payable", approved_again, "synced"),
        (in_closed_period, "payment_refused", opened_again, "synced"),
        (paid_by_several, "payment_unclear", paste("accept_payment"), "synced"),
        (voided_in_closed_period, "payment_not_cancelled", opened_again, "removed"),
    ],
)
def test_a_held_payment_goes_when_its_remedy_is_followed_as_it_is_printed(
    till: Till,
    tieout: Tieout,
    make: Callable[[Till], None],
    code: str,
    leave: Callable[[Till, Tieout, Mapping[str, str]], None],
    state: str,
) -> None:
    make(till)
    till.stage.until(lambda: till.codes() == [code], code)
    [row] = listed(tieout, "--state", "held")
    commands = {act["act"]: act["command"] for act in row["problems"][0]["remedy"]["acts"]}
    leave(till, tieout, commands)
    till.stage.until(lambda: [record.state for record in till.records()] == [state], f"the end of {code}")


def test_payments_of_earlier_days_are_imported_after_their_plan(till: Till, tieout: Tieout) -> None:
    invoices = [till.billed() for _ in range(3)]
    with till.stage.runtime.write() as (session, moment):
        session.get_one(Connection, 1).payments_since = moment + timedelta(hours=1)
    for invoice, day in zip(invoices, ("2026-11-18", DAY, "2026-11-25"), strict=True):
        till.pay(invoice, date=day)
    till.settle()
    assert till.payments() == []
    planned = tieout("payments", "import", "--from", DAY, "--to", DAY, "--dry-run")
    assert planned.exit_code == 0, planned.output
    assert ("add 1" in planned.stdout, invoices[1]["customName"] in planned.stdout) == (True, True), planned.output
    till.settle()
    assert till.payments() == []
    done = tieout("payments", "import", "--from", "2026-11-01", "--to", DAY, "--yes")
    assert done.exit_code == 0, done.output
    till.settle()
    assert sorted(payment["payDate"][:10] for payment in till.payments()) == ["2026-11-18", DAY]
    again = tieout("payments", "import", "--from", "2026-11-01", "--to", DAY, "--yes")
    till.settle()
    assert (again.exit_code, len(till.payments())) == (0, 2), again.output


def test_what_an_integration_before_brought_is_planned_to_be_taken_over_and_is(till: Till, tieout: Tieout) -> None:
    invoice = till.billed()
    with till.stage.runtime.write() as (session, moment):
        session.get_one(Connection, 1).payments_since = moment + timedelta(hours=1)
    payment = till.pay(invoice, "100.00", date=DAY)
    till.stage.act(invoice, "pay", amount="100.00", qboId=payment["Id"])
    till.settle()
    planned = tieout("payments", "import", "--from", DAY, "--to", DAY, "--dry-run")
    assert ("take over 1" in planned.stdout, "add" in planned.stdout) == (True, False), planned.output
    till.stage.precoro.delete("requests")
    done = tieout("payments", "import", "--from", DAY, "--to", DAY, "--yes")
    till.settle()
    assert (done.exit_code, till.calls(till.stage.precoro, "POST", "PUT", "PATCH")) == (0, []), done.output
    assert [row["in_precoro"] for row in listed(tieout, "--state", "synced")] == [str(till.payments()[0]["idn"])]


def test_what_somebody_cancelled_and_an_older_database_forgot_is_planned_to_be_left_cancelled_and_is(
    till: Till, tieout: Tieout
) -> None:
    invoice = till.billed()
    till.settle()
    backup = till.stage.back_up()
    till.pay(invoice, "100.00", date=DAY)
    till.settle()
    time.sleep(1)  # Precoro's times have whole seconds: the invoice shall show another than in the backup
    till.stage.precoro.post(f"payments/{till.payments()[0]['id']}", company=till.stage.company, do="cancel")
    till.settle()
    till.stage.restore(backup)
    till.catch_up()
    assert till.records() == []
    planned = tieout("payments", "import", "--from", DAY, "--to", DAY, "--dry-run")
    assert ("leave cancelled 1" in planned.stdout, "Somebody cancelled payment" in planned.stdout) == (True, True), (
        planned.output
    )
    assert tieout("payments", "import", "--from", DAY, "--to", DAY, "--yes").exit_code == 0
    till.settle()
    assert (len(listed(tieout, "--state", "removed")), till.live_payments()) == (1, [])


def test_what_a_person_accepted_of_a_held_payment_counts_in_the_plan_of_an_import(till: Till, tieout: Tieout) -> None:
    invoice = till.billed()
    till.stage.act(invoice, "pay", amount="100.00")
    till.settle()
    till.pay(invoice, "100.00", date=DAY)
    till.settle()
    till.stage.precoro.post("settings", payments_closed_until="2026-12-31")
    [held] = listed(tieout, "--state", "held")
    assert tieout("payments", "retry", held["payment"], "--accept", "possible_double_payment").exit_code == 0
    till.stage.until(lambda: till.codes() == ["payment_refused"], "refused by Precoro")
    till.stage.precoro.post("settings", payments_closed_until="2026-10-31")
    planned = tieout("payments", "import", "--from", DAY, "--to", DAY, "--dry-run")
    assert "add 1" in planned.stdout, planned.output
    assert tieout("payments", "import", "--from", DAY, "--to", DAY, "--yes").exit_code == 0
    till.settle()
    assert len(till.live_payments()) == 2


def test_an_import_is_planned_only_where_payments_are_imported(till: Till, tieout: Tieout) -> None:
    settings.change(till.stage.runtime, "widgets-inc", {"import_payments": False}, "ann")
    done = tieout("payments", "import", "--from", DAY, "--to", DAY, "--yes")
    assert (done.exit_code, "tieout settings set widgets-inc import_payments=on" in done.stderr) == (1, True), (
        done.output
    )


def test_what_is_imported_and_what_is_not_adds_up_to_what_was_paid(till: Till, tieout: Tieout) -> None:
    invoice = till.billed()
    for amount in ("100.00", "150.00"):
        till.pay(invoice, amount)
    till.settle()
    [bill] = [bill for bill in till.stage.bills() if bill["Id"] == till.bill_of(invoice)]
    recorded = sum(Decimal(row["amount"]) for row in listed(tieout, "--state", "synced"))
    assert recorded == bill["TotalAmt"] - bill["Balance"] == till.invoice(invoice)["sumPaid"]
