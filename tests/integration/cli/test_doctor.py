"""The doctor finds what is wrong and says what to do."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import simplejson

from store import companies, duties
from tests.conftest import free_port
from tests.integration.cli.conftest import Tieout
from tests.stage import Stage


def verdicts(tieout: Tieout, **more: str) -> dict[str, dict[str, object]]:
    done = tieout("doctor", "--json", **more)
    shown = {check["name"]: check for check in simplejson.loads(done.stdout)}
    assert done.exit_code == (0 if all(check["ok"] for check in shown.values()) else 1)
    assert all(check["ok"] or check["remedy"] for check in shown.values())
    return shown


def test_a_connected_house_answers_on_both_sides(stage: Stage, tieout: Tieout) -> None:
    stage.tick()
    checks = verdicts(tieout)
    good = {name for name, check in checks.items() if check["ok"]}
    assert {"settings", "sign-in", "keys", "database", "clock", "widgets-inc: state", "widgets-inc: permission"} <= good
    assert {"widgets-inc: Precoro", "widgets-inc: QuickBooks"} <= good


def test_a_sign_in_that_does_not_answer_is_named(stage: Stage, tieout: Tieout) -> None:
    stage.quickbooks.post("faults", match={"path": "/.well-known"}, fault="503", times=1)
    assert "in trouble" in str(verdicts(tieout)["sign-in"]["sentence"])
    assert verdicts(tieout)["sign-in"]["ok"]


@pytest.mark.usefixtures("stage")
def test_missing_workers_and_a_forgetful_redis_are_wrong(tieout: Tieout) -> None:
    checks = verdicts(tieout)
    assert not checks["workers"]["ok"]
    assert "appendonly no" in str(checks["redis"]["sentence"])


def test_tokens_that_no_key_can_read_are_named_with_what_helps(stage: Stage, tieout: Tieout) -> None:
    path = stage.runtime.settings.home / "rescue-1.unreadable"
    path.touch()
    check = verdicts(tieout)["rescued tokens"]
    assert str(path) in str(check["sentence"])
    assert "rename it to rescue-1.token" in str(check["remedy"])


def test_a_clock_that_stopped_is_wrong(stage: Stage, tieout: Tieout) -> None:
    stage.tick()
    with stage.runtime.write() as (session, moment):
        session.get_one(duties.Duty, duties.TICK).begun_at = moment - timedelta(minutes=10)
    assert "workers.clock" in str(verdicts(tieout)["clock"]["remedy"])


def test_a_disconnected_connection_and_a_silent_precoro_are_wrong(stage: Stage, tieout: Tieout) -> None:
    with stage.runtime.write() as (session, _):
        connection = companies.connection_named(session, "widgets-inc")
        assert connection
        connection.state = companies.DISCONNECTED
    checks = verdicts(tieout)
    assert "reconnect widgets-inc" in str(checks["widgets-inc: state"]["remedy"])
    assert "Webhooks" in str(checks["widgets-inc: events"]["remedy"])


def test_wrong_settings_are_one_line_and_all_of_them(tieout: Tieout) -> None:
    done = tieout("doctor", TIEOUT_SPEED="fast", TIEOUT_NO_SUCH="1")
    assert done.exit_code == 1
    assert "TIEOUT_SPEED" in done.stdout
    assert "TIEOUT_NO_SUCH" in done.stdout


@pytest.mark.usefixtures("stage")
def test_redis_down_is_one_line_and_the_rest_is_still_checked(tieout: Tieout) -> None:
    checks = verdicts(tieout, REDIS_URL=f"redis://127.0.0.1:{free_port()}/0")
    assert not checks["redis"]["ok"]
    assert checks["database"]["ok"]


@pytest.mark.usefixtures("redis")
def test_an_empty_database_is_named_and_upgraded(tieout: Tieout, tmp_path: Path) -> None:
    other = {"DATABASE_URL": f"sqlite:///{tmp_path / 'other.db'}"}
    assert "tieout database upgrade" in str(verdicts(tieout, **other)["database"]["remedy"])
    listed = tieout("documents", "list", **other)
    assert (listed.exit_code, "tieout doctor" in listed.stderr) == (2, True)
    assert "Traceback" not in listed.output
    assert tieout("database", "upgrade", **other).exit_code == 0
    assert tieout("documents", "list", **other).exit_code == 0


def test_an_app_that_is_not_set_is_named(tieout: Tieout) -> None:
    checks = verdicts(tieout, TIEOUT_QBO_VERIFIER_TOKENS="")
    assert checks["app"]["sentence"] == "Not set: TIEOUT_QBO_VERIFIER_TOKENS."
