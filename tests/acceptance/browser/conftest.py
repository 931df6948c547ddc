"""A real browser at a copy of Tieout that bin/up started: real processes, real pages, a person's clicks."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from firstrun import ports
from settings import Settings
from tests.stage import Control, load_settings

ROOT = Path(__file__).resolve().parents[3]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
SERIOUS = {"serious", "critical"}
LINK = re.compile(r"http://\S+/start/\S+")


@dataclass
class Copy:
    """A copy of Tieout: what bin/up printed, its settings, and what people do in both services."""

    link: str
    settings: Settings
    precoro: Control
    quickbooks: Control

    @property
    def console(self) -> str:
        """Return where the console is."""
        return self.settings.console_address


@pytest.fixture
def browser() -> Iterator[Browser]:
    """Start Chromium; where there is none the tests are skipped, but never in CI."""
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("No browser is installed: apt-get install chromium")
        pytest.skip("No browser is installed. To try the pages in one: apt-get install chromium")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def copy(tmp_path: Path) -> Iterator[Copy]:
    """Start bin/up without its story and wait until it is ready."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("TIEOUT_", "DATABASE_", "REDIS_"))
    }
    home, base = tmp_path / "home", ports.any_base()
    variables = {**kept, "TIEOUT_VENV": sys.prefix, "TIEOUT_HOME": str(home), "TIEOUT_PORT_BASE": str(base)}
    process = subprocess.Popen(
        [ROOT / "bin" / "up", "--no-story"], env=variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        said = _until_ready(process)
        link = LINK.search(said)
        assert link, said
        settings = load_settings({**variables, "TIEOUT_QBO_URL": f"http://127.0.0.1:{base + 3}"})
        yield Copy(
            link[0],
            settings,
            Control(f"http://127.0.0.1:{base + 2}"),
            Control(f"http://127.0.0.1:{base + 3}"),
        )
    finally:
        process.terminate()
        process.wait(60)
        if process.stdout:
            process.stdout.close()


@pytest.fixture
def page(browser: Browser, copy: Copy) -> Iterator[Page]:
    """Return the page of somebody who signed in with the printed link.

    An error in the scripts of a page, or what its policy refuses, fails the test.
    """
    troubles: list[str] = []
    opened = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    opened.on("pageerror", lambda error: troubles.append(str(error)))
    opened.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
    opened.goto(copy.link)
    opened.get_by_role("button", name="Sign me in").click()
    yield opened
    opened.context.close()
    assert troubles == []


def faults(page: Page) -> list[str]:
    """Return what axe finds on a page that keeps people out: serious and critical faults."""
    violations = Axe().run(page).response["violations"]
    return [
        f"{violation['id']}: {node['html'][:120]}"
        for violation in violations
        if violation["impact"] in SERIOUS
        for node in violation["nodes"]
    ]


def _until_ready(process: subprocess.Popen[str]) -> str:
    """Return what bin/up prints until it is ready."""
    said = ""
    assert process.stdout
    for line in process.stdout:
        said += line
        if line.startswith("Ready."):
            return said
    pytest.fail(said)
