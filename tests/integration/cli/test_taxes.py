"""Taxes from the command line: listed, matched by hand, created."""

from __future__ import annotations

import pytest
import simplejson

from tests.integration.cli.conftest import Tieout
from tests.stage import Stage

UK = ("9130002", "ann@widgets-uk.example", "precoro-sandbox-key-2")


@pytest.fixture
def uk(empty_stage: Stage) -> Stage:
    empty_stage.begin_connected(None, *UK)
    return empty_stage


@pytest.mark.usefixtures("uk")
def test_list_prints_each_tax_with_its_code_or_the_likeliest_one(tieout: Tieout) -> None:
    done = tieout("taxes", "list")
    assert done.exit_code == 0, done.output
    lines = {
        line[: line.index("%") + 1].split("  ")[0]: " ".join(line.split()) for line in done.stdout.splitlines()[1:]
    }
    assert lines["VAT 20"] == "VAT 20 20 % 20.0% S matched"
    assert lines["VAT 0"] == "VAT 0 0 % [0.0% Z] suggested Several codes have these rates; choose one."
    assert "2 of 5 are matched with tax codes." in done.stderr
    assert "HM Revenue & Customs (VAT)" in done.stderr


@pytest.mark.usefixtures("uk")
def test_a_tax_is_matched_by_hand_by_names_and_shown_as_matched(tieout: Tieout) -> None:
    dry = tieout("taxes", "match", "VAT 0", "0.0% Z", "--dry-run")
    assert dry.exit_code == 0, dry.output
    assert "Match VAT 0 (0 %) with 0.0% Z." in dry.stdout
    other = tieout("taxes", "match", "VAT 5", "20.0% S", "--dry-run")
    assert "Match VAT 5 (5 %) with 20.0% S. Look twice: the code has 20 %" in other.stdout
    done = tieout("taxes", "match", "widgets-uk-ltd", "VAT 0", "0.0% Z", "--yes")
    assert done.exit_code == 0, done.output
    listed = simplejson.loads(tieout("taxes", "list", "--json").stdout)
    zero = next(tax for tax in listed["taxes"] if tax["name"] == "VAT 0")
    assert (zero["state"], zero["code"], zero["code_name"]) == ("matched", "4", "0.0% Z")


@pytest.mark.usefixtures("uk")
def test_names_that_nobody_has_are_said_to_be_unknown(tieout: Tieout) -> None:
    no_tax, no_code = tieout("taxes", "match", "VAT 99", "0.0% Z"), tieout("taxes", "match", "VAT 0", "Nothing")
    assert (no_tax.exit_code, no_code.exit_code) == (3, 3)
    assert "Precoro has no tax with the id or name VAT 99" in no_tax.stderr
    assert "QuickBooks has no tax code with the id or name Nothing" in no_code.stderr
    assert tieout("taxes", "match", "a", "b", "c", "d").exit_code == 2


@pytest.mark.usefixtures("uk")
def test_a_code_is_created_for_a_tax_that_is_named_though_others_are_likely(tieout: Tieout) -> None:
    done = tieout("taxes", "create", "--tax", "VAT exempt", "--yes", "--json")
    assert done.exit_code == 0, done.output
    task = simplejson.loads(done.stdout)
    assert task["plan"] == {"add": 1, "mark": 1}
    assert {change["state"] for change in task["changes"]} == {"applied"}
    shown = simplejson.loads(tieout("taxes", "list", "--json").stdout)["taxes"]
    assert next(tax["code_name"] for tax in shown if tax["name"] == "VAT exempt") == "VAT exempt"


@pytest.mark.usefixtures("uk")
def test_a_match_is_undone_and_a_code_refused_with_or_without_the_name_of_the_connection(tieout: Tieout) -> None:
    undone = tieout("taxes", "unmatch", "widgets-uk-ltd", "VAT 20")
    refused = tieout("taxes", "refuse", "VAT 0", "Exempt")
    assert (undone.exit_code, refused.exit_code) == (0, 0), undone.output + refused.output
    shown = {tax["name"]: tax for tax in simplejson.loads(tieout("taxes", "list", "--json").stdout)["taxes"]}
    assert shown["VAT 20"]["state"] == "none"
    assert [candidate["code"] for candidate in shown["VAT 0"]["candidates"]] == ["4"]


@pytest.mark.usefixtures("uk")
def test_what_cannot_be_undone_or_refused_says_what_to_do(tieout: Tieout) -> None:
    nothing, matched = tieout("taxes", "unmatch", "VAT 0"), tieout("taxes", "refuse", "VAT 20", "20.0% S")
    assert "See what each tax is matched with: tieout taxes list widgets-uk-ltd" in nothing.stderr
    assert "Undo that instead: tieout taxes unmatch widgets-uk-ltd" in matched.stderr
    assert 0 not in {nothing.exit_code, matched.exit_code}
    assert tieout("taxes", "unmatch").exit_code == 2
    assert tieout("taxes", "refuse", "VAT 20").exit_code == 2
