"""What arrives at a real webhook and a real mail server, and what is said when it does not."""

from __future__ import annotations

import logging
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from mappers.alerts.message import Message
from settings import Settings
from startup import TALKATIVE
from tests.integration.workers.alerts.receivers import MailServer, WebhookServer, running
from workers.alerts import addresses, sending
from workers.alerts.sending import NotSentError

MESSAGE = Message("Tieout: 2 new", "New:\n\nwidgets: Ä <b>supplier</b>: held.\nhttps://console.example/alerts")
INSIDE = Settings(alert_hosts="127.0.0.1")


@pytest.fixture
def webhook() -> Iterator[WebhookServer]:
    """Return a running webhook."""
    server = WebhookServer()
    with running(server):
        yield server


@pytest.fixture
def mail() -> Iterator[MailServer]:
    """Return a running mail server."""
    server = MailServer()
    with running(server):
        yield server


def test_a_webhook_gets_the_message_as_it_is(webhook: WebhookServer) -> None:
    sending.send(webhook.address, MESSAGE, INSIDE)
    [body] = webhook.bodies
    assert (body["title"], body["message"]) == (MESSAGE.title, MESSAGE.body)
    assert webhook.headers[0]["X-Key"] == "open-sesame"


def test_a_mail_is_plain_text(mail: MailServer) -> None:
    sending.send(mail.address, MESSAGE, INSIDE)
    [arrived] = mail.mails
    assert (arrived["Subject"], arrived["To"]) == (MESSAGE.title, "ann@widgets.example")
    assert arrived.get_content_type() == "text/plain"
    assert arrived.get_content().replace("\r\n", "\n").strip() == MESSAGE.body


def test_a_failure_says_why_without_the_secrets_of_the_address(webhook: WebhookServer, mail: MailServer) -> None:
    webhook.status, mail.is_broken = 500, True
    with pytest.raises(NotSentError, match="500") as refused:
        sending.send(webhook.address, MESSAGE, INSIDE)
    assert "hush" not in str(refused.value)
    with pytest.raises(NotSentError, match="no service here"):
        sending.send(mail.address, MESSAGE, INSIDE)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Failed to send to hooks.widgets.example: hush-hush", "Failed to send to hooks.widgets.example: …"),
        ("POST /a.b.c/sl%2Fash and sl/ash to ann@widgets.example\n", "POST /…/… and … to ann@widgets.example\\n"),
    ],
)
def test_what_a_service_said_holds_no_part_of_the_address_but_the_server(text: str, shown: str) -> None:
    address = "jsons://user:hush-hush@hooks.widgets.example/a.b.c/sl%2Fash"
    assert sending.without_secrets(text, address, "hooks.widgets.example") == shown


def test_nothing_that_apprise_writes_reaches_our_log(webhook: WebhookServer, monkeypatch: pytest.MonkeyPatch) -> None:
    lines: list[str] = []
    handler = logging.Handler()
    monkeypatch.setattr(handler, "emit", lambda record: lines.append(record.name))
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [handler])
    monkeypatch.setattr(root, "level", logging.DEBUG)
    sending.send(webhook.address, MESSAGE, INSIDE)
    assert "apprise" not in lines
    assert {"apprise", "urllib3"} <= set(TALKATIVE)


def test_nobody_listening_is_a_failure_that_says_so_and_quotes_no_address() -> None:
    with pytest.raises(NotSentError, match="Connection refused") as refused:
        sending.send("json://127.0.0.1:9/key/hush?+X-Key=abc", MESSAGE, INSIDE)
    assert not {"key", "hush", "abc"} & set(str(refused.value).replace("/", " ").split())


def test_a_server_that_does_not_answer_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "TIMEOUT", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(NotSentError, match="timed out"):
        sending.send(f"json://127.0.0.1:{silent.getsockname()[1]}/hush-hush", MESSAGE, INSIDE)


def test_a_redirect_is_not_followed(webhook: WebhookServer) -> None:
    webhook.status = 302
    with pytest.raises(NotSentError):
        sending.send(webhook.address, MESSAGE, INSIDE)
    assert len(webhook.bodies) == 1


def test_credentials_of_this_user_go_nowhere(
    webhook: WebhookServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".netrc").write_text("default login root password hush-hush\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    sending.send(webhook.address, MESSAGE, INSIDE)
    assert "Authorization" not in webhook.headers[0]
