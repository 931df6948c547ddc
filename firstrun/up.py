"""`bin/up`: start everything, play the day once, and run until somebody stops it."""

from __future__ import annotations

import shlex
from functools import partial
from pathlib import Path

from firstrun import day, home, running, screen, standins
from firstrun.errors import display_path
from settings import Settings
from standins.companies.seeds import COMPANIES
from standins.companies.shapes import CompanyPair


def up(*, play: bool, reset: bool) -> int:
    """Run until Ctrl-C or SIGTERM and return exit code 0; the state stays.

    Raises CannotRunError and WrongSettingsError, after everything was stopped.
    """
    with_standins = standins.are_wanted()
    settings = running.configure()
    with home.locked(settings):
        if reset:
            home.reset(settings, standins=with_standins)
        screen.print_header(settings)
        try:
            _run(settings, COMPANIES if with_standins else (), play=play and with_standins)
        except KeyboardInterrupt:
            screen.say(f"\nStopped. The state stays in {display_path(settings.home)}.")
    return 0


def _run(settings: Settings, companies: tuple[CompanyPair, ...], *, play: bool) -> None:
    with running.installation(settings, companies=companies, step=screen.step) as processes:
        screen.print_addresses(settings, running.console_link(settings), standins=bool(companies))
        if play:
            _play_once(settings)
        hint = " Start afresh: bin/up --reset" if companies else ""
        screen.say(f"Ready. Ctrl-C stops everything; the state stays.{hint}")
        processes.wait()


def _play_once(settings: Settings) -> None:
    """Play the day unless this home has seen it: its documents have their numbers only once."""
    mark: Path = settings.home / home.STORY
    if mark.exists():
        screen.say("The day at Widgets Inc was played before; both companies are as they were left.")
        return
    mark.touch()
    day.play(settings, partial(_say_with_home, settings))


def _say_with_home(settings: Settings, line: str) -> None:
    """Print a line of the day, whose commands can be pasted also when the home is not the usual one."""
    is_usual = settings.home.absolute() == (screen.ROOT / "var").absolute()
    prefix = "" if is_usual else f"TIEOUT_HOME={shlex.quote(display_path(settings.home))} "
    screen.say(line.replace("bin/tieout ", f"{prefix}bin/tieout "))
