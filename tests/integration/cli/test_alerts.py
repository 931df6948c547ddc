"""Alerts from the command line."""

from __future__ import annotations

import simplejson
from sqlalchemy import select

from store.alerts import AlertRow
from store.history import ActionRow
from tests.integration.cli.conftest import Tieout
from tests.integration.workers.alerts.receivers import WebhookServer, running
from tests.stage import Stage

HELD = {
    "key": "held:widgets-inc:period_closed",
    "kind": "held",
    "connection": "widgets-inc",
    "sentence": "Held: the period is closed.",
    "page": "/c/widgets-inc/attention/period_closed",
    "records": 12,
    "amounts": {"USD": "1234.50"},
}


def _keep(stage: Stage, *, solved: bool = False, **values: object) -> int:
    """Keep an alert; return its number."""
    with stage.runtime.write() as (session, moment):
        row = AlertRow(**{**HELD, **values}, begun_at=moment, told_at=moment, solved_at=moment if solved else None)
        session.add(row)
        session.flush()
        return row.id


def test_alerts_are_listed_and_shown_with_their_page(stage: Stage, tieout: Tieout) -> None:
    assert "Nothing needs a person." in tieout("alerts", "list").stderr
    number = _keep(stage)
    listed = tieout("alerts", "list").stdout
    assert "Held: the period is closed." in listed
    assert [row["alert"] for row in simplejson.loads(tieout("alerts", "list", "--json").stdout)] == [number]
    printed = tieout("alerts", "show", str(number)).stdout
    assert "USD 1,234.50" in printed
    assert "/c/widgets-inc/attention/period_closed" in printed
    shown = simplejson.loads(tieout("alerts", "show", str(number), "--json").stdout)
    assert (shown["records"], shown["amounts"], shown["kind"]) == (12, {"USD": "1234.50"}, "held")
    assert shown["address"].endswith(shown["page"])


def test_what_is_over_is_listed_apart(stage: Stage, tieout: Tieout) -> None:
    assert "Nothing is over yet." in tieout("alerts", "list", "--solved").stderr
    _keep(stage, solved=True)
    assert "period is closed" not in tieout("alerts", "list").stdout
    assert "period is closed" in tieout("alerts", "list", "--solved").stdout


def test_alerts_of_one_connection_only(stage: Stage, tieout: Tieout) -> None:
    _keep(stage, key="clock", kind="clock", connection=None, sentence="The clock has stopped.")
    assert "The clock has stopped." in tieout("alerts", "list").stdout
    assert "The clock has stopped." not in tieout("alerts", "list", "widgets-inc").stdout


def test_an_alert_that_is_not_there_is_named(tieout: Tieout) -> None:
    refused = tieout("alerts", "show", "7")
    assert (refused.exit_code, "There is no alert 7." in refused.stderr) == (3, True)
    for command in (("alerts", "show"), ("report", "show"), ("drift", "list", "--before")):
        too_large = tieout(*command, "9" * 30)
        assert (too_large.exit_code, "A number is too large" in too_large.stderr) == (2, True)


def test_a_channel_is_added_tried_and_removed_and_its_address_never_shown(stage: Stage, tieout: Tieout) -> None:
    server, inside = WebhookServer(), {"TIEOUT_ALERT_HOSTS": "127.0.0.1"}
    with running(server):
        added = tieout("alerts", "add-channel", "ops", input=f"{server.address}\n", **inside)
        tried = tieout("alerts", "test", "ops", **inside)
    assert "ops is added: webhook at 127.0.0.1." in added.stderr
    assert tried.stderr == "webhook at 127.0.0.1 has taken it.\n"
    assert [body["title"] for body in server.bodies] == ["Tieout: a test"]
    refused = tieout("alerts", "test", "ops", **inside)
    assert (refused.exit_code, "ops did not take the message" in refused.stderr) == (1, True)
    listed = tieout("alerts", "channels")
    assert "webhook at 127.0.0.1" in listed.stdout
    [channel] = simplejson.loads(tieout("alerts", "channels", "--json").stdout)
    assert (channel["name"], channel["connection"], channel["waiting"]) == ("ops", None, 0)
    with stage.runtime.read() as (session, _):
        acts = [
            (action.action, str(action.details)) for action in session.scalars(select(ActionRow).order_by(ActionRow.id))
        ]
    assert [act for act, _ in acts if "channel" in act] == ["add alert channel", *2 * ["test alert channel"]]
    for printed in (added, tried, refused, listed, acts):
        assert "hush-hush" not in str(getattr(printed, "output", printed))
    assert "ops is removed." in tieout("alerts", "remove-channel", "ops").stderr
    assert tieout("alerts", "remove-channel", "ops").exit_code == 3


def test_the_channel_of_one_connection(stage: Stage, tieout: Tieout) -> None:
    tieout("alerts", "add-channel", "chat", "--connection", "widgets-inc", "--address", "gchat://room/key/token")
    [channel] = simplejson.loads(tieout("alerts", "channels", "--json").stdout)
    assert (channel["connection"], channel["title"]) == ("widgets-inc", "Google Chat")
    assert tieout("alerts", "add-channel", "more", "--connection", "none", "--address", "gchat://a/b/c").exit_code == 3
    assert stage.runtime


def test_an_address_that_could_do_more_than_send_is_refused(tieout: Tieout) -> None:
    refused = tieout("alerts", "add-channel", "ops", input="jsons://169.254.169.254/latest\n")
    assert (refused.exit_code, "TIEOUT_ALERT_HOSTS" in refused.stderr) == (1, True)
