"""The settings of a connection on their page: what is offered, why something is not, and a change."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

from sqlalchemy import select

from console.settings import GROUPS
from store.companies import QboCompany
from store.reference import QUICKBOOKS, Entry
from tests.integration.console.conftest import Visitor
from tests.stage import Stage
from workers.connections import settings

People = Callable[..., Visitor]
SLUG = "widgets-inc"
PAGE = f"/c/{SLUG}/settings"


def value(stage: Stage, name: str) -> object:
    """Return the value that a setting has."""
    return next(setting.value for setting in settings.overview(stage.runtime, SLUG) if setting.name == name)


def as_shown(page: str) -> dict[str, str]:
    """Return what the browser would send for the form as the page shows it."""
    fields = dict(re.findall(r'<input name="([^"]+)"[^>]*value="([^"]*)"', page))
    for name, options in re.findall(r'<select name="([^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options) or re.search(r'value="([^"]*)"', options)
        fields[name] = chosen[1] if chosen else ""
    return {name: unescape(text) for name, text in fields.items()}


def test_every_setting_stands_once_under_a_heading(stage: Stage) -> None:
    names = [name for group in GROUPS.values() for name in group]
    assert sorted(names) == sorted(setting.name for setting in settings.overview(stage.runtime, SLUG))


def test_the_page_says_why_something_is_not_offered(people: People) -> None:
    page = unescape(people("accountant").get(PAGE).text)
    assert "Widgets Inc works in USD only: multicurrency is switched off in QuickBooks." in page


def test_a_form_that_is_sent_as_it_is_changes_nothing(people: People) -> None:
    visitor = people("accountant")
    fields = as_shown(visitor.get(PAGE).text)
    assert "Nothing was changed." in visitor.follow(f"{PAGE}/save", **fields)


def test_choices_switches_accounts_and_lists_are_changed(stage: Stage, people: People) -> None:
    visitor = people("accountant")
    page = visitor.get(PAGE).text
    account = re.search(r'value="(id:\d+)">([^<]*Office Supplies)<', page)
    assert account
    changed = {
        "closed_period": "first_open_day",
        "automatic": "off",
        "default_line_account": account[1],
        "payable_accounts:USD": "",
        "pegged_currencies": "aed, sar",
    }
    answer = visitor.follow(f"{PAGE}/save", **{**as_shown(page), **changed})
    assert "Changed: Send automatically, Closed period, " in answer
    assert value(stage, "closed_period") == "first_open_day"
    assert value(stage, "automatic") is False
    assert value(stage, "default_line_account") == account[1].removeprefix("id:")
    assert value(stage, "payable_accounts") == {}
    assert value(stage, "pegged_currencies") == ["AED", "SAR"]


def test_what_cannot_be_is_refused_in_words(stage: Stage, people: People) -> None:
    visitor = people("accountant")
    visitor.get(PAGE)
    assert "Exchange rate: " in visitor.follow(f"{PAGE}/save", exchange_rate="precoro")
    assert "Decimals of unit prices: " in visitor.follow(f"{PAGE}/save", unit_price_decimals="many")
    for day in ("2026-01-01", "soon"):
        assert "Go-live: " in visitor.follow(f"{PAGE}/save", go_live=day)
    assert value(stage, "unit_price_decimals") == 5


def test_who_only_looks_sees_values_and_no_form(people: People) -> None:
    page = people("viewer").get(PAGE).text
    assert "<select" not in page
    assert "Hold it until the books are reopened" in page


def test_what_becomes_of_changed_fields_is_chosen_group_by_group(stage: Stage, people: People) -> None:
    visitor = people("accountant")
    saved = {"changed_fields:account": "restore", "changed_fields:number": "accept", "changed_fields:memo": ""}
    assert "Changed: Fields changed in QuickBooks." in visitor.follow(f"{PAGE}/save", **saved)
    assert value(stage, "changed_fields") == {"account": "restore", "number": "accept"}
    visitor.follow(f"{PAGE}/save", **{"changed_fields:account": ""})
    assert value(stage, "changed_fields") == {"number": "accept"}
    fields = as_shown(visitor.get(PAGE).text)
    assert fields["changed_fields:number"] == "accept"


def test_a_change_is_tried_before_it_is_saved_and_names_the_documents_that_wait_for_it(
    stage: Stage, people: People
) -> None:
    settings.change(stage.runtime, SLUG, {"automatic": False}, "ann")
    stage.approved(lines=[{"name": "Paper", "quantity": 4, "price": "135.00", "account": "Office Supplies"}])
    stage.settle()
    visitor = people("accountant")
    fields = {**as_shown(visitor.get(PAGE).text), "automatic": "on"}
    page = visitor.post(f"{PAGE}/try", **fields).text
    name = re.search(r'/documents/(invoice:\d+)"', page)
    assert name, page
    assert "1 waiting document would be looked at again" in page
    assert "Nothing is saved yet." in page
    assert as_shown(page)["automatic"] == "on"
    assert value(stage, "automatic") is False
    assert "1 waiting document is looked at again." in visitor.follow(f"{PAGE}/save", **as_shown(page))


def test_a_trial_refuses_in_words_and_says_when_nothing_would_change(people: People) -> None:
    visitor = people("accountant")
    fields = as_shown(visitor.get(PAGE).text)
    assert "nothing would change" in visitor.post(f"{PAGE}/try", **fields).text
    fields["unit_price_decimals"] = "99"
    assert "message wrong" in visitor.follow(f"{PAGE}/try", **fields)


def test_a_chart_of_many_accounts_is_written_into_the_page_once_and_picked_by_name(
    stage: Stage, people: People
) -> None:
    with stage.runtime.write() as (session, moment):
        [company] = session.scalars(select(QboCompany)).all()
        session.add_all(
            Entry(side=QUICKBOOKS, company_id=company.id, kind="account", key=str(9000 + number), name=f"Site {number}",
                  active=True, data={"kind": "Expense"}, seen_at=moment)
            for number in range(300)
        )  # fmt: skip
    visitor = people("accountant")
    page = visitor.get(PAGE).text
    assert page.count("<option>Site 7</option>") == 1
    assert "Nothing was changed." in visitor.follow(f"{PAGE}/save", **as_shown(page))
    assert "Changed: " in visitor.follow(f"{PAGE}/save", default_line_account="Site 7")
    assert value(stage, "default_line_account") == "9007"
    assert 'value="Site 7"' in visitor.get(PAGE).text
    assert "Nothing was changed." in visitor.follow(f"{PAGE}/save", **as_shown(visitor.get(PAGE).text))
