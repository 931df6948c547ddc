"""What every answer tells the browser, and what no template may hold."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.integration.console.conftest import Visitor

TEMPLATES = sorted((Path(__file__).parents[3] / "console/templates").rglob("*.html"))
FORBIDDEN = re.compile(
    r"<script(?! src=\"\{\{ file_address)|\son\w+=|\sstyle=|\|\s*safe|hx-on|js:|<style", re.IGNORECASE
)


@pytest.mark.parametrize("path", ["/sign-in", "/no-such-page", "/", "/static/console.css", "/start/x"])
def test_every_answer_lets_nothing_of_others_in(visitor: Visitor, path: str) -> None:
    headers = visitor.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cross-Origin-Opener-Policy"] == headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in headers


def test_no_page_is_kept_by_the_browser_and_files_are_until_they_change(visitor: Visitor) -> None:
    page = visitor.get("/sign-in")
    assert page.headers["Cache-Control"] == "no-store"
    (address,) = re.findall(r'href="(/static/console.css\?v=\w+)"', page.text)
    assert "immutable" in visitor.get(address).headers["Cache-Control"]
    assert visitor.get("/static/console.css").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.name))
def test_no_template_holds_a_script_a_style_or_unescaped_text(template: Path) -> None:
    assert not FORBIDDEN.search(template.read_text())


def test_there_is_no_list_of_the_files(visitor: Visitor) -> None:
    assert visitor.get("/static/").status_code == 404
    assert visitor.get("/static/../app.py").status_code == 404
