"""What waits for a person, from the command line: listed by cause, and gone when the cause is."""

from __future__ import annotations

import shlex
from unittest.mock import patch

import simplejson

from tests.integration.cli.conftest import Tieout
from tests.stage import Stage

PAPER = {"name": "Copy paper", "quantity": 10, "price": "54.00", "account": "Office Supplies"}


def test_causes_are_listed_shown_and_gone_once_they_are_put_right(stage: Stage, tieout: Tieout) -> None:
    for number in ("INV-205", "INV-206"):
        stage.approved(number=number, supplier="Evergreen Catering", lines=[PAPER])
    stage.settle()
    listed = simplejson.loads(tieout("attention", "list", "--json").stdout)
    assert (listed["causes"][0]["code"], listed["held"]) == ("supplier_not_paired", 2)
    [cause] = listed["causes"]
    assert (cause["about"], cause["records"], cause["amounts"]) == (
        "Evergreen Catering", {"invoice": 2}, {"USD": "1080.00"},
    )  # fmt: skip
    assert "tieout suppliers pair" in cause["remedy"]["acts"][0]["command"]
    printed = tieout("attention", "list")
    headline = f"2 invoices, USD 1,080.00: supplier_not_paired {cause['subject']} (Evergreen Catering), held in widgets-inc since"
    assert printed.stdout.startswith(headline)
    assert (
        f"    tieout suppliers pair {cause['subject'].partition(':')[2]} VENDOR --connection widgets-inc"
        in printed.stdout
    )
    assert "1 cause: 2 held, 0 failed." in printed.stderr
    shown = tieout("attention", "show", cause["code"], cause["subject"])
    assert "INV-205" in shown.stdout
    assert "INV-206" in shown.stdout
    assert "Needs attention" in tieout("connections", "show").stdout
    tieout("suppliers", "create", "Evergreen Catering", "--anyway")
    stage.settle()
    assert "0 causes: 0 held, 0 failed." in tieout("attention", "list").stderr


def test_what_holds_nothing_up_is_said(stage: Stage, tieout: Tieout) -> None:
    assert "Nothing waits for that." in tieout("attention", "show", "period_closed").stderr
    assert stage.records() == []
    assert tieout("attention", "list", "nobody").exit_code == 3


def test_what_failed_is_sent_again_by_the_command_of_its_remedy(stage: Stage, tieout: Tieout) -> None:
    invoice = stage.approved(number="INV-207", lines=[PAPER])
    with patch("workers.documents.kind.Documents.plan", side_effect=KeyError("Id")):
        stage.settle()
    [cause] = simplejson.loads(tieout("attention", "list", "--json").stdout)["causes"]
    assert (cause["code"], cause["sentence"]) == ("failed", "KeyError: 'Id'")
    command = shlex.split(cause["remedy"]["acts"][-1]["command"])[1:]
    assert "1 record would be sent again." in tieout(*command, "--dry-run").stderr
    assert stage.states_of(invoice) == ["failed"]
    assert tieout(*command, input="n").exit_code == 1
    assert "1 of 1 sent again." in tieout(*command, "--yes").stderr
    stage.settle()
    assert stage.states_of(invoice) == ["synced"]
    assert "0 records would be sent again." in tieout(*command).stderr
