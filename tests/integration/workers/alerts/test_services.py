"""Which addresses are taken, and what arrives there: over a real webhook and a real mail server."""

from __future__ import annotations

import logging
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from mappers.alerts.message import Message
from settings import Settings
from startup import TALKATIVE
from tests.integration.workers.alerts.receivers import MailServer, WebhookServer, running
from workers.alerts import services
from workers.alerts.services import NotSentError
from workers.errors import AddressRefusedError

MESSAGE = Message("Tieout: 2 new", "New:\n\nwidgets: Ä <b>supplier</b>: held.\nhttps://console.example/alerts")
OUTSIDE = Settings()
INSIDE = replace(OUTSIDE, alert_hosts="127.0.0.1")
TOKEN = "T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"


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
    services.send(webhook.address, MESSAGE, INSIDE)
    [body] = webhook.bodies
    assert (body["title"], body["message"]) == (MESSAGE.title, MESSAGE.body)
    assert webhook.headers[0]["X-Key"] == "open-sesame"


def test_a_mail_is_plain_text(mail: MailServer) -> None:
    services.send(mail.address, MESSAGE, INSIDE)
    [arrived] = mail.mails
    assert (arrived["Subject"], arrived["To"]) == (MESSAGE.title, "ann@widgets.example")
    assert arrived.get_content_type() == "text/plain"
    assert arrived.get_content().replace("\r\n", "\n").strip() == MESSAGE.body


def test_a_failure_says_why_without_the_secrets_of_the_address(webhook: WebhookServer, mail: MailServer) -> None:
    webhook.status, mail.is_broken = 500, True
    with pytest.raises(NotSentError, match="500") as refused:
        services.send(webhook.address, MESSAGE, INSIDE)
    assert "hush" not in str(refused.value)
    with pytest.raises(NotSentError, match="no service here"):
        services.send(mail.address, MESSAGE, INSIDE)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Failed to send to hooks.widgets.example: hush-hush", "Failed to send to hooks.widgets.example: …"),
        ("POST /a.b.c/sl%2Fash and sl/ash to ann@widgets.example\n", "POST /…/… and … to ann@widgets.example\\n"),
    ],
)
def test_what_a_service_said_holds_no_part_of_the_address_but_the_server(text: str, shown: str) -> None:
    address = "jsons://user:hush-hush@hooks.widgets.example/a.b.c/sl%2Fash"
    assert services.without_secrets(text, address, "hooks.widgets.example") == shown


def test_nothing_that_apprise_writes_reaches_our_log(webhook: WebhookServer, monkeypatch: pytest.MonkeyPatch) -> None:
    lines: list[str] = []
    handler = logging.Handler()
    monkeypatch.setattr(handler, "emit", lambda record: lines.append(record.name))
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [handler])
    monkeypatch.setattr(root, "level", logging.DEBUG)
    services.send(webhook.address, MESSAGE, INSIDE)
    assert "apprise" not in lines
    assert {"apprise", "urllib3"} <= set(TALKATIVE)


def test_nobody_listening_is_a_failure_that_says_so_and_quotes_no_address() -> None:
    with pytest.raises(NotSentError, match="Connection refused") as refused:
        services.send("json://127.0.0.1:9/key/hush?+X-Key=abc", MESSAGE, INSIDE)
    assert not {"key", "hush", "abc"} & set(str(refused.value).replace("/", " ").split())


def test_a_server_that_does_not_answer_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "TIMEOUT", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(NotSentError, match="timed out"):
        services.send(f"json://127.0.0.1:{silent.getsockname()[1]}/hush-hush", MESSAGE, INSIDE)


def test_a_redirect_is_not_followed(webhook: WebhookServer) -> None:
    webhook.status = 302
    with pytest.raises(NotSentError):
        services.send(webhook.address, MESSAGE, INSIDE)
    assert len(webhook.bodies) == 1


def test_credentials_of_this_user_go_nowhere(
    webhook: WebhookServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".netrc").write_text("default login root password hush-hush\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    services.send(webhook.address, MESSAGE, INSIDE)
    assert "Authorization" not in webhook.headers[0]


@pytest.mark.parametrize(
    ("address", "title"),
    [
        ("mailtos://user:pass@gmail.com", "mail at smtp.gmail.com"),
        (
            "mailtos://user:pass@widgets.example?smtp=mail.widgets.example&to=ann@widgets.example",
            "mail at mail.widgets.example",
        ),
        ("jsons://user:pass@hooks.widgets.example/a?+X-Key=1", "webhook at hooks.widgets.example"),
        (f"slack://{TOKEN}/#ops", "Slack"),
        ("discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js", "Discord"),
        ("gchat://workspace/key/token", "Google Chat"),
        ("tgram://123456789:abcdefg_hijklmnop/12315544/", "Telegram"),
        ("webex://" + "a" * 80, "Webex"),
        ("pagerduty://integration@apikey1234", "PagerDuty"),
        ("pover://" + "u" * 30 + "@" + "t" * 30, "Pushover"),
        ("workflows://prod-1.westeurope.logic.azure.com:443/" + "a" * 32 + "/" + "b" * 43 + "/", None),
        ("mmosts://chat.widgets.example/" + "a" * 26, "Mattermost at chat.widgets.example"),
        (
            "rockets://" + "a" * 17 + "/" + "b" * 48 + "@chat.widgets.example/#ops",
            "Rocket.Chat at chat.widgets.example",
        ),
        ("gotifys://push.widgets.example/token-1", "Gotify at push.widgets.example"),
    ],
)
def test_every_service_is_taken(address: str, title: str | None) -> None:
    assert services.title_of(address, OUTSIDE) == (title or "Microsoft Teams at prod-1.westeurope.logic.azure.com")


@pytest.mark.parametrize(
    "address",
    [
        "",
        "jsons://",
        "https://hooks.widgets.example/a",
        "file:///etc/passwd",
        "dbus://",
        "macosx://",
        "syslog://",
        "apprise://localhost/token",
        "apprises://config.widgets.example/token",
        "form://hooks.widgets.example",
        "xml://hooks.widgets.example",
        "jsons://hooks.widgets.example/\n",
        "jsons://hooks.widgets.example/" + "a" * 2000,
        f"slack://{TOKEN}/#ops?template=/etc/passwd",
        f"slack://{TOKEN}/#ops?verify=no",
        "discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js?template=https://evil.example/",
        "mailtos://user:pass@gmail.com?pgp=sign&pgpprv=/etc/passwd",
        "mailtos://user:pass@gmail.com?wkd=yes",
        "mailtos://user:pass@gmail.com?rto=86400",
        "mailtos://user:pass@gmail.com?redirect=yes",
        "mailtos://user:pass@gmail.com?mode=insecure",
        "json://hooks.widgets.example/a",
        "mmost://chat.widgets.example/" + "a" * 26,
        "mailto://mail.widgets.example?from=a@widgets.example&to=ann@widgets.example&mode=insecure",
    ],
)  # fmt: skip
def test_what_could_do_more_than_send_is_refused(address: str) -> None:
    with pytest.raises(AddressRefusedError):
        services.title_of(address, OUTSIDE)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "169.254.169.254",
        "10.0.0.7",
        "192.168.1.1",
        "2130706433",
        "0x7f.1",
        "0",
        "[::1]",
        "evil.example\\@127.0.0.1",
    ],
)  # fmt: skip
def test_nothing_is_sent_to_machines_inside_unless_the_settings_name_them(host: str) -> None:
    for address in (f"jsons://{host}/a", f"mailtos://u:p@widgets.example?smtp={host}&to=ann@widgets.example"):
        with pytest.raises(AddressRefusedError):
            services.title_of(address, OUTSIDE)
    assert services.title_of("jsons://127.0.0.1/a", INSIDE) == "webhook at 127.0.0.1"


def test_a_name_that_has_moved_inside_is_refused_before_each_message(monkeypatch: pytest.MonkeyPatch) -> None:
    address = "jsons://hooks.widgets.example/a"
    services.title_of(address, OUTSIDE)
    monkeypatch.setattr(services, "is_public", lambda _: False)
    with pytest.raises(NotSentError, match="not on the Internet"):
        services.send(address, MESSAGE, OUTSIDE)
