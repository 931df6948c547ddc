"""Connecting and looking after connections from the command line."""

from __future__ import annotations

import os
import threading
import webbrowser
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests
import simplejson

from cli.consent import open_browser, redirect_address
from standins.consent import give_consent
from tests.conftest import free_port
from tests.integration.cli.conftest import Tieout
from tests.stage import EMAIL, KEY, REALM, Stage

SLUG = "widgets-inc"
LUNCH = {"name": "Lunch", "quantity": 1, "price": "76.10", "account": "Office Supplies"}


@pytest.fixture
def consenting(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Let a person sit at the browser; returns what can be changed in the answer that goes back."""
    changed: dict[str, str] = {}

    def open_(url: str) -> bool:
        answer = {**give_consent(url, REALM), **changed}
        back = f"{changed.pop('redirect', None) or redirect(url)}?{urlencode(answer)}"
        threading.Thread(target=requests.get, args=(back,), kwargs={"timeout": 10}).start()
        return True

    monkeypatch.setattr(webbrowser, "open", open_)
    return changed


def in_the_browser(monkeypatch: pytest.MonkeyPatch, visit: Callable[[str], None]) -> list[threading.Thread]:
    """Let `visit` be what the browser does with the address of the consent page; returns the thread it runs in."""
    threads: list[threading.Thread] = []

    def open_(url: str) -> bool:
        threads.append(threading.Thread(target=visit, args=(url,)))
        threads[0].start()
        return True

    monkeypatch.setattr(webbrowser, "open", open_)
    return threads


def redirect(url: str) -> str:
    return parse_qs(urlsplit(url).query)["redirect_uri"][0]


def own_callback() -> dict[str, str]:
    return {"TIEOUT_QBO_REDIRECT_URL": f"http://127.0.0.1:{free_port()}/callback"}


@pytest.mark.usefixtures("consenting")
def test_add_walks_through_consent_and_pairs_equal_names(tieout: Tieout, tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text(f"{KEY}\n")
    done = tieout("connections", "add", "--email", EMAIL, "--key-file", str(key), "--json", **own_callback())
    assert done.exit_code == 0, done.output
    shown = simplejson.loads(done.stdout)
    assert (shown["name"], shown["currency"]) == (SLUG, "USD")
    assert shown["paired"]["supplier"] > 0
    assert "/webhooks/precoro/" in shown["webhook_address"]


@pytest.mark.usefixtures("consenting")
def test_add_never_shows_the_key_and_asks_for_what_is_missing(tieout: Tieout) -> None:
    done = tieout("connections", "add", input=f"{EMAIL}\n{KEY}\n", **own_callback())
    assert done.exit_code == 0, done.output
    assert KEY not in done.output
    assert "Paste this address in Precoro" in done.stderr


@pytest.mark.parametrize(("state", "host"), [("forged", ""), ("", "evil.example")])
def test_an_answer_that_is_not_ours_does_not_end_the_attempt(
    monkeypatch: pytest.MonkeyPatch, tieout: Tieout, state: str, host: str
) -> None:
    """Any page may send the browser to an address on this machine."""
    answers: list[int] = []

    def visit(url: str) -> None:
        genuine = give_consent(url, REALM)
        forged = {**genuine, "code": "evil", **({"state": state} if state else {})}
        headers = {"Host": host} if host else {}
        answers.append(requests.get(redirect(url), params=forged, headers=headers, timeout=10).status_code)
        answers.append(requests.get(redirect(url), params=genuine, timeout=10).status_code)

    visitor = in_the_browser(monkeypatch, visit)
    done = tieout("connections", "add", "--email", EMAIL, "--json", PRECORO_API_KEY=KEY, **own_callback())
    assert done.exit_code == 0, done.output
    visitor[0].join()
    assert answers == [400, 200]


def test_who_cancels_is_not_thanked(monkeypatch: pytest.MonkeyPatch, tieout: Tieout) -> None:
    pages: list[str] = []

    def visit(url: str) -> None:
        state = parse_qs(urlsplit(url).query)["state"][0]
        query = {"state": state, "error": "access_denied"}
        pages.append(requests.get(redirect(url), params=query, timeout=10).text)

    visitor = in_the_browser(monkeypatch, visit)
    done = tieout("connections", "add", "--email", EMAIL, PRECORO_API_KEY=KEY, **own_callback())
    assert (done.exit_code, "gave no permission" in done.stderr) == (1, True)
    visitor[0].join()
    assert pages == ["Nothing was connected. Please go back to the terminal; this page can be closed."]


def test_a_wrong_key_is_refused_before_anybody_is_asked_for_consent(
    monkeypatch: pytest.MonkeyPatch, tieout: Tieout
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", opened.append)
    done = tieout("connections", "add", "--email", EMAIL, PRECORO_API_KEY="wrong", **own_callback())
    assert done.exit_code == 1
    assert "[status=" not in done.stderr
    assert (opened, "Open this address" in done.stderr) == ([], False)


def test_the_browser_inherits_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    names: list[str] = []
    monkeypatch.setattr(webbrowser, "open", lambda _: names.extend(os.environ))
    secrets = {"TIEOUT_KEYS", "TIEOUT_QBO_CLIENT_SECRET", "PRECORO_API_KEY", "DATABASE_URL", "REDIS_URL"}
    for name in secrets:
        monkeypatch.setenv(name, "secret")
    open_browser("https://appcenter.intuit.com")
    assert names
    assert not secrets & set(names)
    assert secrets <= set(os.environ)


@pytest.mark.usefixtures("empty_stage")
def test_the_address_can_be_pasted(tieout: Tieout) -> None:
    pasted = "http://127.0.0.1:9/callback?state=forged&code=x&realmId=1"
    done = tieout(
        "connections", "add", "--email", EMAIL, "--paste", "--no-browser", input=pasted + "\n", PRECORO_API_KEY=KEY
    )
    assert done.exit_code == 1
    assert "state differs" in done.stderr


def test_without_an_app_at_intuit_the_settings_are_named(tieout: Tieout) -> None:
    done = tieout("connections", "add", "--email", EMAIL, PRECORO_API_KEY=KEY, TIEOUT_QBO_CLIENT_ID="")
    assert done.exit_code == 2
    assert "TIEOUT_QBO_CLIENT_ID" in done.stderr


@pytest.mark.usefixtures("stage")
def test_reconnect_refuses_another_company(consenting: dict[str, str], tieout: Tieout) -> None:
    consenting["realmId"] = "9139999"
    done = tieout("connections", "reconnect", SLUG, **own_callback())
    assert done.exit_code == 1
    assert f"belongs to company {REALM}" in done.stderr


@pytest.mark.usefixtures("consenting")
def test_reconnect_ends_a_disconnection(stage: Stage, tieout: Tieout) -> None:
    from store import companies  # noqa: PLC0415

    with stage.runtime.write() as (session, _):
        connection = companies.connection_named(session, SLUG)
        assert connection
        connection.state = companies.DISCONNECTED
    assert "tieout connections reconnect" in tieout("connections", "resume", SLUG).stderr
    assert tieout("connections", "reconnect", SLUG, **own_callback()).exit_code == 0
    assert simplejson.loads(tieout("connections", "list", "--json").stdout)[0]["state"] == "connected"


def test_the_callback_is_beside_our_other_ports(stage: Stage) -> None:
    assert redirect_address(stage.runtime.settings) == "http://127.0.0.1:8705/callback"


@pytest.mark.usefixtures("stage")
def test_show_tells_everything_but_secrets(tieout: Tieout) -> None:
    done = tieout("connections", "show", SLUG)
    assert done.exit_code == 0
    assert "Widgets" in done.stdout
    assert "go_live" in done.stdout
    assert KEY not in done.output


def test_a_paused_connection_waits_and_a_resumed_one_goes_on(stage: Stage, tieout: Tieout) -> None:
    tieout("connections", "pause", SLUG)
    invoice = stage.approved(
        number="INV-1", lines=[{"name": "Paper", "quantity": 1, "price": "5.00", "account": "Office Supplies"}]
    )
    stage.tick()
    assert stage.bills() == []
    assert tieout("connections", "resume", SLUG).exit_code == 0
    stage.settle()
    assert stage.record(invoice).state == "synced"


def test_a_pair_by_name_releases_what_waited_for_it(stage: Stage, tieout: Tieout) -> None:
    invoice = stage.approved(number="INV-205", supplier="Evergreen Catering", lines=[LUNCH])
    stage.settle()
    assert stage.record(invoice).state == "held"
    shown = tieout("documents", "show", "INV-205")
    key = str(invoice["supplier"]["id"])
    assert f"\n    tieout suppliers pair {key} VENDOR --connection {SLUG}\n" in shown.stdout
    done = tieout("suppliers", "pair", key, "Evergreen Catering Company LLC", "--connection", SLUG)
    assert (done.exit_code, done.stderr) == (0, "Paired; 1 document goes on that waited for it.\n")
    stage.settle()
    assert stage.record(invoice).state == "synced"


@pytest.mark.usefixtures("stage")
def test_an_entry_that_is_not_there_ends_with_3(tieout: Tieout) -> None:
    done = tieout("connections", "pair", SLUG, "account", "No such account", "Office Supplies")
    assert done.exit_code == 3
    assert "tieout connections refresh" in done.stderr


@pytest.mark.usefixtures("stage")
@pytest.mark.parametrize("kind", ["supplier", "item"])
def test_what_has_one_twin_is_paired_only_where_that_is_guarded(tieout: Tieout, kind: str) -> None:
    done = tieout("connections", "pair", SLUG, kind, "Evergreen Catering", "Acme Supply")
    assert done.exit_code == 2
    assert "is not one of" in done.stderr


@pytest.mark.parametrize("verb", ["show", "pause", "resume", "refresh", "reconnect"])
@pytest.mark.usefixtures("stage")
def test_an_unknown_name_ends_with_3_and_the_next_command(tieout: Tieout, verb: str) -> None:
    done = tieout("connections", verb, "nobody")
    assert done.exit_code == 3
    assert "tieout connections list" in done.stderr


def test_disconnect_asks_first_and_says_how_to_connect_again(stage: Stage, tieout: Tieout) -> None:
    assert tieout("connections", "disconnect", SLUG, input="n\n").exit_code == 1
    assert simplejson.loads(tieout("connections", "list", "--json").stdout)[0]["state"] == "connected"
    done = tieout("connections", "disconnect", SLUG, "--yes")
    assert (done.exit_code, f"tieout connections reconnect {SLUG}" in done.stderr) == (0, True)
    assert [request["path"] for request in stage.quickbooks.get("requests")] == ["/v2/oauth2/tokens/revoke"]
    assert simplejson.loads(tieout("connections", "list", "--json").stdout)[0]["state"] == "disconnected"


def test_a_new_key_is_taken_from_the_environment_and_never_shown(stage: Stage, tieout: Tieout) -> None:
    new = stage.precoro.post("keys", company=1, do="rotate")["key"]
    done = tieout("connections", "key", SLUG, PRECORO_API_KEY=new)
    assert done.exit_code == 0, done.output
    assert new not in done.output
    refused = tieout("connections", "key", SLUG, PRECORO_API_KEY="wrong")
    assert refused.exit_code == 1
    assert "key" in refused.stderr


def test_a_webhook_address_is_rotated_and_the_old_one_retired(stage: Stage, tieout: Tieout) -> None:
    stage.tick()
    before = tieout("connections", "webhook", SLUG)
    rotated = tieout("connections", "webhook", SLUG, "--rotate")
    assert before.exit_code == rotated.exit_code == 0
    assert "/webhooks/precoro/" in rotated.stdout != before.stdout
    assert "--retire" in rotated.stderr
    assert "still valid" in tieout("doctor").stdout
    retired = tieout("connections", "webhook", SLUG, "--retire", "--json")
    assert simplejson.loads(retired.stdout)["address"] == rotated.stdout.strip()
    assert "still valid" not in tieout("doctor").stdout
    assert tieout("connections", "webhook", SLUG, "--rotate", "--retire").exit_code == 2
