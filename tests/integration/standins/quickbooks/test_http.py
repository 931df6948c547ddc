"""The QuickBooks stand-in over real HTTP: broken connections, webhooks, its command line."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests
from flask import Flask, request

from standins.quickbooks.app import create_app
from standins.quickbooks.events import new_event, signature
from standins.quickbooks.settings import QuickBooksSettings
from standins.server import Background
from tests.unit.standins.quickbooks.books import US, bill, category_line

ROOT = Path(__file__).parents[4]


class Receiver:
    """A webhook endpoint that keeps what it gets, and refuses the first so many posts."""

    def __init__(self, refuse: int = 0) -> None:
        self.bodies: list[bytes] = []
        self.signatures: list[str] = []
        self.refuse = refuse
        self.app = Flask("receiver")
        self.app.add_url_rule("/hook", "hook", self.hook, methods=["POST"])

    def hook(self) -> tuple[str, int]:
        """Take one POST."""
        if len(self.bodies) < self.refuse:
            self.bodies.append(b"[]")
            return "", 500
        self.signatures.append(request.headers["intuit-signature"])
        self.bodies.append(request.get_data())
        return "", 200


@pytest.fixture
def url() -> Iterator[str]:
    with Background(create_app(QuickBooksSettings(limits=False), speed=100)) as address:
        yield address


@pytest.fixture
def session(url: str) -> Iterator[requests.Session]:
    with requests.Session() as session:
        token = session.post(f"{url}/_control/tokens", json={"realm": US}).json()["access_token"]
        session.headers.update({"Authorization": f"Bearer {token}", "Accept": "application/json"})
        yield session


def address(url: str, path: str) -> str:
    return f"{url}/v3/company/{US}/{path}"


def order_fault(url: str, fault: str) -> None:
    order = {"match": {"method": "POST", "path": "/bill$"}, "fault": fault, "times": 1, "delay": 1}
    requests.post(f"{url}/_control/faults", json=order, timeout=5).raise_for_status()


@pytest.mark.parametrize(
    ("fault", "bills"),
    [
        ("reset", 0),
        ("timeout", 0),
        ("drop_after_commit", 1),
        ("reset_after_commit", 1),
        ("timeout_after_commit", 1),
        ("truncated", 1),
    ],
)
def test_a_broken_connection_leaves_the_caller_in_doubt_and_a_repeat_settles_it(
    url: str, session: requests.Session, fault: str, bills: int
) -> None:
    order_fault(url, fault)
    body = bill(category_line(5), DocNumber="D-1")
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        session.post(address(url, "bill?requestid=d1"), json=body)
    stored = session.get(f"{url}/_control/state").json()["companies"][US]["bill"]
    assert len(stored) == bills
    assert session.post(address(url, "bill?requestid=d1"), json=body).status_code == 200
    assert len(session.get(f"{url}/_control/state").json()["companies"][US]["bill"]) == 1
    log = session.get(f"{url}/_control/requests").json()
    assert [entry["fault"] for entry in log if entry["requestid"] == "d1"] == [fault, None]


def test_the_gateway_may_answer_with_a_page_or_with_nothing(url: str, session: requests.Session) -> None:
    order_fault(url, "html_502")
    page = session.post(address(url, "bill"), json={})
    assert (page.status_code, page.headers["Content-Type"].partition(";")[0]) == (502, "text/html")
    order_fault(url, "empty_500")
    empty = session.post(address(url, "bill"), json={})
    assert (empty.status_code, empty.content) == (500, b"")


def test_a_repeat_waits_for_the_first_and_gets_its_answer(url: str, session: requests.Session) -> None:
    body = bill(category_line(5))
    answers: list[str] = []

    def send() -> None:
        headers = {key: str(value) for key, value in session.headers.items()}
        answer = requests.post(address(url, "bill?requestid=same"), json=body, headers=headers, timeout=10)
        answers.append(answer.text)

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 6
    assert len(set(answers)) == 1
    assert len(session.get(f"{url}/_control/state").json()["companies"][US]["bill"]) == 1


def test_the_signature_is_the_recorded_one() -> None:
    assert signature(b'{"stuff":"5"}', "verify_me") == "nfPLN16u3vMvv08ghDs+dOkLuirEVDy5wAeG/lmM2OA="


def listen(base: str, /, **settings: Any) -> None:
    requests.post(f"{base}/_control/webhooks", json=settings, timeout=5).raise_for_status()


def wait_until_delivered(url: str) -> dict[str, Any]:
    answer: dict[str, Any] = requests.get(f"{url}/_control/webhooks", params={"wait": 10}, timeout=15).json()
    assert answer["idle"], answer
    return answer


def test_writes_and_people_both_fire_signed_cloud_events(url: str, session: requests.Session) -> None:
    receiver = Receiver()
    with Background(receiver.app) as there:
        listen(url, url=f"{there}/hook", verifier_token="secret")
        made = session.post(address(url, "bill"), json=bill(category_line(5))).json()["Bill"]
        session.post(f"{url}/_control/bill/{made['Id']}", params={"realm": US}, json={"do": "pay"})
        wait_until_delivered(url)
    events = [event for body in receiver.bodies for event in json.loads(body)]
    assert [(event["type"], event["intuitentityid"]) for event in events] == [
        ("qbo.bill.created.v1", made["Id"]),
        ("qbo.billpayment.created.v1", str(int(made["Id"]) + 1)),
        ("qbo.bill.updated.v1", made["Id"]),
    ]
    assert {event["intuitaccountid"] for event in events} == {US}
    assert len({event["id"] for event in events}) == 3
    assert receiver.signatures[0] == signature(receiver.bodies[0], "secret")


def test_the_classic_format_groups_by_company(url: str) -> None:
    receiver = Receiver()
    with Background(receiver.app) as there:
        listen(url, url=f"{there}/hook", format="classic", delay_ms=10_000)
        for realm in (US, "9130002"):
            requests.post(f"{url}/_control/vendor?realm={realm}", json={"DisplayName": "Newcomer"}, timeout=5)
        wait_until_delivered(url)
    notifications = [part for body in receiver.bodies for part in json.loads(body)["eventNotifications"]]
    assert {part["realmId"] for part in notifications} == {US, "9130002"}
    entity = notifications[0]["dataChangeEvent"]["entities"][0]
    assert (entity["name"], entity["operation"]) == ("Vendor", "Create")


@pytest.mark.parametrize("style", ["cloudevents", "classic"])
def test_a_merge_says_which_vendor_is_gone(url: str, session: requests.Session, style: str) -> None:
    twin = session.post(address(url, "vendor"), json={"DisplayName": "Acme Supplies"}).json()["Vendor"]["Id"]
    receiver = Receiver()
    with Background(receiver.app) as there:
        listen(url, url=f"{there}/hook", format=style)
        requests.post(f"{url}/_control/vendor/{twin}?realm={US}", json={"do": "merge", "into": "56"}, timeout=5)
        wait_until_delivered(url)
    [body] = [json.loads(body) for body in receiver.bodies]
    if style == "classic":
        entity = body["eventNotifications"][0]["dataChangeEvent"]["entities"][0]
        assert (entity["operation"], entity["id"], entity["deletedId"]) == ("Merge", "56", twin)
    else:
        assert (body[0]["type"], body[0]["intuitentityid"]) == ("qbo.vendor.merged.v1", "56")
        assert body[0]["data"] == {"deletedid": twin}


def test_a_refused_event_holds_back_those_behind_it_and_keeps_its_id(url: str) -> None:
    receiver = Receiver(refuse=2)
    with Background(receiver.app) as there:
        listen(url, url=f"{there}/hook", batch=1)
        for name in ("One", "Two", "Three"):
            requests.post(f"{url}/_control/vendor?realm={US}", json={"DisplayName": name}, timeout=5)
        counts = wait_until_delivered(url)
    assert (counts["delivered"], counts["failed_attempts"]) == (3, 2)
    names = [event["intuitentityid"] for body in receiver.bodies for event in json.loads(body)]
    assert names == sorted(names, key=int)


def test_webhooks_can_be_lost_and_doubled(url: str) -> None:
    receiver = Receiver()
    with Background(receiver.app) as there:
        listen(url, url=f"{there}/hook", duplicate=1, shuffle=True)
        requests.post(f"{url}/_control/vendor?realm={US}", json={"DisplayName": "Twice"}, timeout=5)
        wait_until_delivered(url)
        listen(url, drop=1)
        requests.post(f"{url}/_control/vendor?realm={US}", json={"DisplayName": "Never"}, timeout=5)
        counts = wait_until_delivered(url)
    events = [event["id"] for body in receiver.bodies for event in json.loads(body)]
    assert len(events) == 2
    assert len(set(events)) == 1
    assert counts["dropped"] == 1


def test_an_event_has_an_id_of_its_own() -> None:
    moment = datetime.now(UTC)
    assert new_event(US, "Bill", "1", "Create", moment).id != new_event(US, "Bill", "1", "Create", moment).id


def start(*options: str, name: str = "quickbooks") -> tuple[subprocess.Popen[str], str]:
    command = [sys.executable, "-m", f"standins.{name}", *options]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    line = process.stdout.readline()
    return process, line.rpartition(" on ")[2].strip().rstrip("/")


def stop(process: subprocess.Popen[str]) -> int:
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=10)
    return process.returncode


def test_the_state_and_the_tokens_survive_a_restart(tmp_path: Path) -> None:
    snapshot = str(tmp_path / "quickbooks.json")
    process, url = start("--port", "0", "--snapshot", snapshot)
    token = requests.post(f"{url}/_control/tokens", json={"realm": US}, timeout=5).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
    body = bill(category_line(5), DocNumber="S-1")
    made = requests.post(address(url, "bill"), json=body, headers=headers, timeout=5).json()["Bill"]
    assert stop(process) == 0
    process, url = start("--port", "0", "--snapshot", snapshot)
    again = requests.get(address(url, f"bill/{made['Id']}"), headers=headers, timeout=5).json()["Bill"]
    taken = requests.post(address(url, "bill"), json=body, headers=headers, timeout=5).json()
    assert stop(process) == 0
    assert again == made
    assert taken["Fault"]["Error"][0]["code"] == "6140"


@pytest.mark.parametrize("style", ["cloudevents", "classic"])
def test_a_switched_preference_a_merged_account_and_a_vendor_made_inactive_are_told(url: str, style: str) -> None:
    receiver = Receiver()
    orders = {
        "preferences/1": {"set": {"AccountingInfoPrefs.TrackDepartments": False}},
        "account/100": {"do": "merge", "into": "42"},
        "vendor/88": {"do": "deactivate"},
    }
    with Background(receiver.app) as there:
        listen(url, url=f"{there}/hook", format=style, batch=1)
        for path, order in orders.items():
            requests.post(f"{url}/_control/{path}?realm={US}", json=order, timeout=5)
        wait_until_delivered(url)
    changes = [told_of(json.loads(body), style) for body in receiver.bodies]
    assert changes == [
        ("preferences", "updated", "1", None),
        ("account", "merged", "42", "100"),
        ("vendor", "deleted", "88", None),
    ]


def told_of(body: Any, style: str) -> tuple[str, str, str, str | None]:
    """Return entity, operation, id and the id that is gone of the one event of a webhook, in the words of CloudEvents."""
    if style == "cloudevents":
        _, entity, operation, _ = body[0]["type"].split(".")
        return entity, operation, body[0]["intuitentityid"], body[0]["data"].get("deletedid")
    event = body["eventNotifications"][0]["dataChangeEvent"]["entities"][0]
    words = {"Update": "updated", "Merge": "merged", "Delete": "deleted"}
    return event["name"].lower(), words[event["operation"]], event["id"], event.get("deletedId")


def test_the_first_day_of_set_up_is_read_in_pages_of_a_thousand() -> None:
    process, url = start("--port", "0", "--seed", "fresh")
    token = requests.post(f"{url}/_control/tokens", json={"realm": US}, timeout=5).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
    everyone = "select Id from Vendor where Active in (true, false) orderby Id"
    ids: list[str] = []
    for page in range(1, 5002, 1000):
        statement = f"{everyone} startposition {page} maxresults 1000"
        answer = requests.get(address(url, "query"), params={"query": statement}, headers=headers, timeout=20).json()
        ids += [row["Id"] for row in answer["QueryResponse"].get("Vendor", [])]
    assert stop(process) == 0
    assert len(ids) == len(set(ids)) == 5000


@pytest.mark.parametrize("name", ["quickbooks", "precoro"])
def test_a_stand_in_starts_with_companies_of_any_size(name: str) -> None:
    process, url = start("--port", "0", "--seed", '{"size": {"suppliers": 50, "documents": 20}}', name=name)
    companies = requests.get(f"{url}/_control/state", timeout=10).json()["companies"]
    assert stop(process) == 0
    kinds = {"quickbooks": (US, ("bill", "purchaseorder")), "precoro": ("1", ("invoices", "purchaseorders"))}
    company, collections = kinds[name]
    assert sum(len(companies[company][kind]) for kind in collections) == 20


def test_a_seed_that_cannot_be_stops_the_start_with_a_sentence() -> None:
    command = [sys.executable, "-m", "standins.precoro", "--port", "0", "--seed", '{"size": {"bills": 5}}']
    finished = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=20, check=False)
    assert finished.returncode == 2
    assert "A seed has no 'bills'" in finished.stderr


def test_a_port_in_use_is_one_sentence_and_code_two() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        command = [sys.executable, "-m", "standins.quickbooks", "--port", port]
        finished = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=20, check=False)
    assert finished.returncode == 2
    assert finished.stderr.startswith(f"Port {port} cannot be used")
    assert len(finished.stderr.strip().splitlines()) == 1
