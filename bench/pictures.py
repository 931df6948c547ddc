"""`python -m bench.pictures LINK`: takes the pictures of the console that the documentation shows.

    bin/up                                    # in another terminal: it prints the link
    python -m bench.pictures http://127.0.0.1:8701/start/...

Each main page at three widths, light and dark in turns, as small PNGs in docs/pictures. It needs Chromium.
"""

from __future__ import annotations

import shutil
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

import click
from PIL import Image
from playwright.sync_api import Browser, StorageState, sync_playwright

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "pictures"
COMPANY = "/c/widgets-inc"
PAGES = {
    "attention": f"{COMPANY}/attention",
    "documents": f"{COMPANY}/documents",
    "document": f"{COMPANY}/documents/invoice:202",
    "suppliers": f"{COMPANY}/suppliers",
    "tie-out": f"{COMPANY}/tie-out/1",
    "set-up": f"{COMPANY}/set-up",
    "operations": "/operations",
}
WIDTHS = {"desk": (1280, 800), "tablet": (820, 900), "phone": (390, 800)}
COLOURS = 24
DARK = {"tablet"}


@click.command()
@click.argument("link")
def main(link: str) -> None:
    """Take the pictures; LINK is the one that bin/up prints."""
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        raise click.ClickException("No browser is installed: apt-get install chromium")
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        state = _sign_in(browser, link)
        _make_report(browser, link, state)
        for width in WIDTHS:
            _take(browser, link, width, state)
        browser.close()


def _sign_in(browser: Browser, link: str) -> StorageState:
    """Sign in with the link and return the session for the other windows."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(link)
    page.get_by_role("button", name="Sign me in").click()
    page.wait_for_load_state()
    state = context.storage_state()
    context.close()
    return state


def _make_report(browser: Browser, link: str, state: StorageState) -> None:
    """Make the report that a picture is taken of."""
    context = browser.new_context(storage_state=state)
    page = context.new_page()
    page.goto(f"{_origin(link)}{COMPANY}/tie-out")
    page.get_by_role("button", name="Run now").click()
    page.get_by_role("link", name="Open the report").wait_for()
    context.close()


def _origin(link: str) -> str:
    """Return where the console is."""
    address = urlsplit(link)
    return f"{address.scheme}://{address.netloc}"


def _take(browser: Browser, link: str, width: str, state: StorageState) -> None:
    """Take the picture of every page at one width."""
    across, down = WIDTHS[width]
    context = browser.new_context(
        viewport={"width": across, "height": down},
        color_scheme="dark" if width in DARK else "light",
        storage_state=state,
    )
    page = context.new_page()
    for name, path in PAGES.items():
        page.goto(f"{_origin(link)}{path}")
        picture = Image.open(BytesIO(page.screenshot()))
        picture.quantize(COLOURS).save(FOLDER / f"{name}-{width}.png", optimize=True)
    context.close()


if __name__ == "__main__":
    main()
