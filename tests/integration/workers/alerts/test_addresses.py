"""Which addresses are taken, and that none does more than send a message to a public server or one that the settings name."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mappers.alerts.message import Message
from outbound.hosts import is_public
from settings import Settings
from workers.alerts import addresses, sending
from workers.alerts.sending import NotSentError
from workers.errors import AddressRefusedError

MESSAGE = Message("Tieout: 2 new", "New:")
OUTSIDE = Settings()
INSIDE = replace(OUTSIDE, alert_hosts="127.0.0.1")
TOKEN = "T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"


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
    assert addresses.title_of(address, OUTSIDE) == (title or "Microsoft Teams at prod-1.westeurope.logic.azure.com")


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
        addresses.title_of(address, OUTSIDE)


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
        "224.0.0.1",
        "widgets..example",
        "a" * 64 + ".example",
    ],
)  # fmt: skip
def test_nothing_is_sent_to_machines_inside_unless_the_settings_name_them(host: str) -> None:
    for address in (f"jsons://{host}/a", f"mailtos://u:p@widgets.example?smtp={host}&to=ann@widgets.example"):
        with pytest.raises(AddressRefusedError):
            addresses.title_of(address, OUTSIDE)
    assert addresses.title_of("jsons://127.0.0.1/a", INSIDE) == "webhook at 127.0.0.1"


@pytest.mark.parametrize(
    "address", ["::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "fe80::1", "ff02::1", "10.0.0.7"]
)
def test_a_name_that_leads_inside_by_a_gateway_is_inside(address: str) -> None:
    assert not is_public(address)
    assert is_public("2606:4700::1111")


def test_a_name_that_has_moved_inside_is_refused_before_each_message(monkeypatch: pytest.MonkeyPatch) -> None:
    address = "jsons://hooks.widgets.example/a"
    addresses.title_of(address, OUTSIDE)
    monkeypatch.setattr(addresses, "is_public", lambda _: False)
    with pytest.raises(NotSentError, match="not on the Internet"):
        sending.send(address, MESSAGE, OUTSIDE)
