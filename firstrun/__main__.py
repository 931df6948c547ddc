"""`python -m firstrun`: what `bin/up` runs once its packages are there."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from firstrun import screen
from firstrun.errors import CannotRunError
from settings import WrongSettingsError
from startup import ONLY_FOR_OWNER

COULD_NOT_RUN, INTERRUPTED = 2, 130
EPILOG = """Settings are environment variables: docs/reference/settings.md. State is kept in TIEOUT_HOME (./var).
Exit codes of --check: 0 both sides tie out, 1 they do not, 2 it could not run."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `bin/up` and return its exit code."""
    options = _options(arguments)
    os.umask(ONLY_FOR_OWNER)
    try:
        # Imported late: --help and a wrong option answer at once.
        if options.check:
            from firstrun.check import check  # noqa: PLC0415

            return check()
        from firstrun.up import up  # noqa: PLC0415

        return up(play=not options.no_story, reset=options.reset)
    except (CannotRunError, WrongSettingsError) as error:
        screen.print_error(error)
        return COULD_NOT_RUN
    except KeyboardInterrupt:
        return INTERRUPTED


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="bin/up",
        description="Start Tieout on this machine: with stand-ins for both services, unless credentials are set.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    modes = parser.add_mutually_exclusive_group()
    modes.add_argument("--check", action="store_true", help="play a day elsewhere, compare both sides, stop")
    modes.add_argument("--no-story", action="store_true", help="start everything, seeded and connected, and wait")
    parser.add_argument("--reset", action="store_true", help="delete the state of the stand-ins first")
    options = parser.parse_args(arguments)
    if options.check and options.reset:
        parser.error("--check has a home of its own, there is nothing to reset")
    return options


if __name__ == "__main__":
    sys.exit(main())
