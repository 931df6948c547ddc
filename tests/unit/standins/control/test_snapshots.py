"""A stand-in that was stopped and started again answers as if it had never stopped."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from standins import wire
from standins.control.control import ControlPanel
from standins.precoro.app import create_app as create_precoro
from standins.precoro.settings import PrecoroSettings
from standins.quickbooks.app import create_app as create_quickbooks
from standins.quickbooks.settings import QuickBooksSettings
from tests.unit.standins.quickbooks.books import US, Books, bill, category_line

APPS: list[Any] = [
    pytest.param(lambda path: create_precoro(PrecoroSettings(limits=False), snapshot=path), id="precoro"),
    pytest.param(lambda path: create_quickbooks(QuickBooksSettings(limits=False), snapshot=path), id="quickbooks"),
]


def quickbooks(path: Path) -> Flask:
    return create_quickbooks(QuickBooksSettings(limits=False), snapshot=path)


def stop(app: Flask) -> ControlPanel[Any]:
    control: ControlPanel[Any] = app.extensions["control"]
    control.save()
    return control


def signed_in_as(books: Books, app: Flask) -> Books:
    """Return the same company over an app that was started again, with the token from before."""
    again = object.__new__(Books)
    again.__dict__ |= {**books.__dict__, "client": app.test_client()}
    return again


def test_many_may_save_at_once(tmp_path: Path) -> None:
    kept = tmp_path / "books.json"
    control = create_quickbooks(seed="empty", snapshot=kept).extensions["control"]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: control.save(), range(64)))
    assert {"world", "settings", "webhooks"} <= set(wire.loads(kept.read_bytes()))


@pytest.mark.parametrize("create", APPS)
def test_settings_keep_their_types_over_a_restart(tmp_path: Path, create: Callable[[Path], Flask]) -> None:
    before = stop(create(tmp_path / "kept.json"))
    after = create(tmp_path / "kept.json").extensions["control"]
    for settings in ("settings", "outbox.settings"):
        first, second = (_described(control, settings) for control in (before, after))
        assert second == first
        assert [type(value) for value in second.values()] == [type(value) for value in first.values()]
    assert all(isinstance(seconds, float) for seconds in after.outbox.settings.retry)


def _described(control: ControlPanel[Any], path: str) -> dict[str, Any]:
    described: Any = control
    for name in path.split("."):
        described = getattr(described, name)
    return dict(vars(described))


def test_a_write_and_its_webhook_go_on_after_a_restart(tmp_path: Path) -> None:
    before = Books(quickbooks(tmp_path / "kept.json").test_client(), US)
    stop(before.client.application)
    books = signed_in_as(before, quickbooks(tmp_path / "kept.json"))
    bodies, server = _receiver()
    books.control("webhooks", {"url": f"http://127.0.0.1:{server.server_port}/"})
    books.write("Bill", bill(category_line(5)), requestid="after")
    assert wire.loads(books.client.get("/_control/webhooks?wait=5").data)["idle"]
    server.shutdown()
    server.server_close()
    assert len(bodies) == 1


def test_a_repeated_request_id_gets_its_first_answer_after_a_restart_too(tmp_path: Path) -> None:
    before = Books(quickbooks(tmp_path / "kept.json").test_client(), US)
    first = before.write("Bill", bill(category_line(5)), requestid="once")
    stop(before.client.application)
    books = signed_in_as(before, quickbooks(tmp_path / "kept.json"))
    assert books.write("Bill", bill(category_line(5)), requestid="once") == first
    assert len(books.query("select * from Bill")["Bill"]) == 1


def test_an_ordered_fault_strikes_after_a_restart_as_often_as_was_left(tmp_path: Path) -> None:
    before = Books(quickbooks(tmp_path / "kept.json").test_client(), US)
    before.control("faults", {"match": {"path": "/bill"}, "fault": "500", "times": 2})
    before.post("bill", bill(category_line(5)))
    assert before.status == 500
    stop(before.client.application)
    books = signed_in_as(before, quickbooks(tmp_path / "kept.json"))
    statuses = []
    for _ in range(2):
        books.post("bill", bill(category_line(5)))
        statuses.append(books.status)
    assert statuses == [500, 200]


def test_a_fault_that_strikes_by_chance_goes_on_where_it_stopped(tmp_path: Path) -> None:
    order = {"match": {"path": "/companyinfo"}, "fault": "503", "rate": 0.5, "seed": 7}

    def statuses(books: Books, count: int) -> list[int]:
        return [books.client.get(f"/v3/company/{US}/companyinfo/1", headers={"Authorization": f"Bearer {books.token}", "Accept": "application/json"}).status_code
                for _ in range(count)]  # fmt: skip

    whole = Books(quickbooks(tmp_path / "whole.json").test_client(), US)
    whole.control("faults", order)
    before = Books(quickbooks(tmp_path / "kept.json").test_client(), US)
    before.control("faults", order)
    first = statuses(before, 9)
    stop(before.client.application)
    books = signed_in_as(before, quickbooks(tmp_path / "kept.json"))
    assert first + statuses(books, 9) == statuses(whole, 18)


def _receiver() -> tuple[list[bytes], HTTPServer]:
    bodies: list[bytes] = []

    class Taker(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Taker)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    return bodies, server
