"""What `bin/up` prints: its first line, one line a step, and where things are."""

from __future__ import annotations

import platform
import sys
import tomllib
from pathlib import Path

from firstrun import home, packages
from firstrun.errors import display_path
from settings import Settings

ROOT = Path(__file__).resolve().parent.parent


def say(line: str = "") -> None:
    """Print a line at once, also into a pipe."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def print_error(error: Exception) -> None:
    """Print why it cannot go on."""
    sys.stderr.write(f"{error}\n")


def step(name: str, text: str, reason: str = "") -> None:
    """Print one line of the start."""
    say(f"  {name:<12} {text:<34}  {reason}".rstrip())


def print_header(settings: Settings) -> None:
    """Print what this is and the packages it runs on."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    python = ".".join(platform.python_version_tuple()[:2])
    say(f"Tieout {version.removesuffix('.0')}   Python {python}   state in {display_path(settings.home)}")
    requirements = ROOT / "requirements.txt"
    if packages.is_current(Path(sys.prefix), requirements):
        step("packages", f"{packages.count(requirements)} installed, hashes checked")


def print_addresses(settings: Settings, console_link: str, *, standins: bool) -> None:
    """Print where everything is."""
    say()
    say(f"  Console      {console_link}")
    say("               signs you in, works once, within ten minutes")
    if standins:
        say(
            f"  Precoro      {settings.precoro_url}/    QuickBooks   {settings.qbo_url}/    (approve, pay, break things)"
        )
    say(f"  Receiver     {settings.receiver_url}/    Logs         {display_path(home.logs(settings.home))}/")
    say()
