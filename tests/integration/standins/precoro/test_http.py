"""The Precoro stand-in as a process of its own: webhooks arrive, faults break connections, the state survives."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests

from standins.precoro.app import create_app
from standins.server import Background

KEY = {"X-AUTH-TOKEN": "precoro-sandbox-key-1", "email": "ann@widgets.example"}
ORDER = {"supplier": "Acme Supply", "lines": [{"name": "Pens", "price": "12.50", "account": "6660"}], "do": "approve"}


class Receiver:
    """An endpoint that keeps what it is sent."""

    def __init__(self) -> None:
        self.bodies: list[dict[str, Any]] = []
        kept = self.bodies

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                kept.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(200)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """Say nothing."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"


@pytest.fixture
def precoro() -> Iterator[str]:
    with Background(create_app()) as url:
        yield url


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    started = Receiver()
    thread = threading.Thread(target=started.server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield started
    started.server.shutdown()
    started.server.server_close()
    thread.join(5)


def post(url: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = requests.post(url, json=body, timeout=10)
    assert answer.ok, answer.text
    created: dict[str, Any] = answer.json()
    return created


def test_webhooks_of_a_company_reach_its_endpoints_and_no_other(precoro: str, receiver: Receiver) -> None:
    post(f"{precoro}/_control/webhooks", {"company": 1, "urls": [receiver.url] * 5})
    made = post(f"{precoro}/_control/invoices", ORDER)
    post(f"{precoro}/_control/suppliers/19001", {"company": 2, "do": "deactivate"})
    assert requests.get(f"{precoro}/_control/webhooks?wait=10", timeout=15).json()["idle"]
    thin = {"id": made["id"], "type": 3, "idn": 201}
    assert [body for body in receiver.bodies if body["action"] == 0] == [{**thin, "action": 0}] * 5
    assert len(receiver.bodies) == 10


def test_what_set_up_writes_fires_the_types_of_suppliers_and_of_both_kinds_of_fields(
    precoro: str, receiver: Receiver
) -> None:
    post(f"{precoro}/_control/webhooks", {"company": 1, "url": receiver.url})
    supplier = requests.post(
        f"{precoro}/suppliers", headers=KEY, data={"name": "Hollow Oak", "currencies[]": "USD"}, timeout=10
    ).json()
    for fields, field in (("itemcustomfields", 17031), ("documentcustomfields", 2100)):
        answer = requests.post(f"{precoro}/{fields}/{field}/options", headers=KEY, data={"name": "South"}, timeout=10)
        assert answer.status_code == 201, answer.text
    made = post(f"{precoro}/_control/documentcustomfields", {"name": "Region"})
    assert requests.get(f"{precoro}/_control/webhooks?wait=10", timeout=15).json()["idle"]
    assert receiver.bodies == [
        {"id": supplier["id"], "type": 7, "action": 0},
        {"id": 17031, "type": 11, "action": 1},
        {"id": 2100, "type": 10, "action": 1},
        {"id": made["id"], "type": 10, "action": 0},
    ]


def test_set_up_is_held_to_the_quotas_too(precoro: str) -> None:
    post(f"{precoro}/_control/settings", {"per_minute": 3})
    path = f"{precoro}/itemcustomfields/17031/options"
    answers = [requests.post(path, headers=KEY, data={"name": f"Line {n}"}, timeout=10).status_code for n in range(4)]
    assert answers == [201, 201, 201, 429]
    post(f"{precoro}/_control/settings", {"per_minute": 60})
    again = [requests.get(path, headers=KEY, params={"external_id[]": "1"}, timeout=10).status_code for _ in range(2)]
    assert again == [200, 429]


def test_an_answer_is_lost_after_the_work_is_done(precoro: str) -> None:
    post(f"{precoro}/_control/invoices", ORDER)
    post(f"{precoro}/_control/faults", {"match": {"method": "PATCH"}, "fault": "drop_after_commit", "times": 1})
    with pytest.raises(requests.ConnectionError):
        requests.patch(f"{precoro}/invoices/201", headers=KEY, data={"externalId": "qbo:1"}, timeout=10)
    assert requests.get(f"{precoro}/invoices/201", headers=KEY, timeout=10).json()["externalId"] == "qbo:1"


def test_the_process_starts_says_where_and_keeps_its_state(tmp_path: Path) -> None:
    snapshot = tmp_path / "precoro.json"
    assert _run(snapshot, lambda url: post(f"{url}/_control/invoices", ORDER))["customName"] == "INV-201"
    kept = _run(snapshot, lambda url: requests.get(f"{url}/invoices/201", headers=KEY, timeout=10).json())
    assert (kept["status"], kept["sum"]) == (2, "12.50")


def test_the_first_day_of_set_up_and_what_was_written_on_it_survive_a_restart(tmp_path: Path) -> None:
    snapshot = tmp_path / "precoro.json"

    def write(url: str) -> Any:
        key = post(f"{url}/_control/keys", {"company": 1})
        headers = {"X-AUTH-TOKEN": key["key"], "email": key["user"]}
        form = {"name": "Travel", "code": "6850", "externalId": "qbo:9130001:account:22"}
        option = requests.post(f"{url}/itemcustomfields/17030/options", headers=headers, data=form, timeout=10).json()
        return headers, option

    headers, option = _run(snapshot, write, "--seed", "fresh")
    path = f"itemcustomfields/17030/options/{option['id']}"
    assert _run(snapshot, lambda url: requests.get(f"{url}/{path}", headers=headers, timeout=10).json()) == option
    listed = _run(snapshot, lambda url: requests.get(f"{url}/suppliers", headers=headers, timeout=10).json())
    assert listed["meta"]["pagination"]["total"] == 5


def _run(snapshot: Path, use: Any, *more: str) -> Any:
    command = [sys.executable, "-m", "standins.precoro", "--port", "0", "--snapshot", str(snapshot), *more]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            return use(process.stdout.readline().split()[-1].rstrip("/"))
        finally:
            process.terminate()
            assert process.wait(10) == 0
