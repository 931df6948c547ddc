"""`bin/up --check`: plays the day in a home of its own and proves that both sides agree to the cent.

The proof is the tie-out report, as a customer gets it. The stand-ins' own judge, which knows nothing of ours, must agree with it.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

from firstrun import day, home, ports, proof, running, screen
from firstrun.errors import CannotRunError, display_path
from settings import OUTSIDE, Settings, WrongSettingsError
from standins import compare
from standins.companies.seeds import WIDGETS_INC
from standins.comparison.judge import ALL_KINDS
from standins.comparison.result import Comparison

KEPT = OUTSIDE | {"TIEOUT_LOG_LEVEL", "TIEOUT_SPEED", "TIEOUT_WORKER_COUNT"}
SHARED = {"DATABASE_URL", "REDIS_URL"}
WHY_OWN = "(a check has its own)"
REPORT, OWN = "check.json", "check"


class ComparisonError(CannotRunError):
    """The two sides could not be read."""

    def __init__(self, reason: object, logs: Path) -> None:
        super().__init__(f"The two sides could not be compared: {reason}. Logs: {display_path(logs)}")


def check() -> int:
    """Play, compare and print; returns 0 when both sides tie out.

    Credentials, databases and ports in the environment are left alone: nothing of a check may reach them.
    Raises CannotRunError and WrongSettingsError, after everything was stopped.
    """
    began = time.monotonic()
    with _own_home() as report:
        settings = running.configure()
        screen.print_header(settings)
        with (
            home.locked(settings),
            running.installation(settings, companies=(WIDGETS_INC,), step=screen.step, why_own=WHY_OWN),
        ):
            screen.say()
            held = day.play(settings, screen.say)
            day.wait_until_done(settings)
            report_made, table = proof.prove(settings)
            comparison = _compare(settings, held)
        logs = display_path(home.logs(settings.home))
        screen.say(f"\n{table}")
        ties = comparison.ties and report_made.summary.state == "ties"
        if ties:
            ending = "TIED OUT: both sides agree to the cent, and so says the stand-ins' own judge."
        else:
            screen.say(f"\nThe stand-ins' own judge:\n{compare.table(comparison)}")
            ending = f"NOT TIED OUT. Details: {display_path(report)}, logs: {logs}"
        screen.say(f"{ending} ({time.monotonic() - began:.0f} s)")
        if not ties:
            report.parent.mkdir(parents=True, exist_ok=True)
            report.write_text(compare.as_json(comparison) + "\n")
            raise SystemExit(1)
    return 0


@contextmanager
def _own_home() -> Iterator[Path]:
    """Set the environment for an empty home of its own; yields the file for a difference.

    With TIEOUT_HOME it lies in there and stays; else it is temporary, and stays only when something went wrong.
    """
    parent = os.environ.get("TIEOUT_HOME")
    folder = Path(parent).absolute() / OWN if parent else Path(tempfile.mkdtemp(prefix="tieout-check-"))
    if parent:
        shutil.rmtree(folder, ignore_errors=True)
    for name in list(os.environ):
        if name in SHARED or (name.startswith("TIEOUT_") and name not in KEPT):
            del os.environ[name]
    os.environ |= {"TIEOUT_HOME": str(folder), "TIEOUT_PORT_BASE": str(ports.any_base())}
    report = Path(parent or "var").absolute() / REPORT
    stays = bool(parent)
    try:
        yield report
    except BaseException as error:
        stays = stays or not isinstance(error, KeyboardInterrupt | WrongSettingsError)
        raise
    finally:
        if not stays:
            shutil.rmtree(folder, ignore_errors=True)


def _compare(settings: Settings, held: list[str]) -> Comparison:
    try:
        return compare.compare(
            settings.precoro_url,
            settings.qbo_url,
            kinds=ALL_KINDS,
            held=held,
            companies={str(WIDGETS_INC.precoro.id): WIDGETS_INC.quickbooks.realm},
            payments=True,
        )
    except (requests.RequestException, ValueError, KeyError) as error:
        raise ComparisonError(error, home.logs(settings.home)) from error
