"""Messages that fail and arrive: each once, later if need be, on every channel that they concern."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from mappers.alerts.message import Message
from store import alerts
from store.alerts import Channel, OutgoingMessage
from tests.integration.workers.alerts.conftest import HOUR, MINUTE, Installation
from tests.integration.workers.alerts.receivers import MailServer, WebhookServer, running
from workers.alerts import commands, delivery, sending, views
from workers.errors import ChannelNameError, MessageRefusedError, NoSuchChannelError
from workers.ops import doctor


@pytest.fixture
def webhook(installation: Installation) -> Iterator[WebhookServer]:
    """Return a running webhook that is a channel of the whole installation."""
    server = WebhookServer()
    with running(server):
        commands.add_channel(installation.runtime, "ops", server.address, "ann")
        yield server


def _told(installation: Installation) -> None:
    """Let people be told of one cause."""
    installation.hold(1)
    installation.look()
    assert len(installation.look(after=4 * MINUTE)) == 1


def test_a_channel_that_fails_gets_the_message_once_it_works_again(
    installation: Installation, webhook: WebhookServer
) -> None:
    webhook.status = 503
    _told(installation)
    [channel] = views.channels(installation.runtime)
    assert (channel.waiting, channel.sent_at, "503" in (channel.failure or "")) == (1, None, True)
    [check] = [check for check in doctor.check_installation(installation.runtime) if check.name == "alerts ops"]
    assert "webhook at 127.0.0.1 has taken no message since" in check.sentence
    installation.look()
    assert len(webhook.bodies) == 1  # it is not time yet
    webhook.status = 200
    installation.look(after=MINUTE)
    installation.look(after=HOUR)
    assert len(webhook.bodies) == 2
    [channel] = views.channels(installation.runtime)
    assert (channel.waiting, channel.failing_since, channel.failure) == (0, None, None)
    assert channel.sent_at is not None


def test_a_channel_that_never_works_is_given_up_and_holds_up_no_other(
    installation: Installation, webhook: WebhookServer
) -> None:
    mail = MailServer()
    with running(mail):
        commands.add_channel(installation.runtime, "mail", mail.address, "ann")
        webhook.status = 500
        _told(installation)
        assert len(mail.mails) == 1
        with installation.runtime.read() as (session, _):
            first = session.scalars(select(OutgoingMessage)).one()
        for _ in installation.runtime.settings.retries:
            assert first.id in _waiting(installation)
            installation.look(after=48 * HOUR)
    assert first.id not in _waiting(installation)
    assert [channel.failing_since is None for channel in views.channels(installation.runtime)] == [True, False]


def _waiting(installation: Installation) -> list[int]:
    """Return the messages that wait: a reminder may have the title of the first message, so they are known by number."""
    with installation.runtime.read() as (session, _):
        return list(session.scalars(select(OutgoingMessage.id)))


def test_the_channel_of_a_connection_hears_of_it_only(installation: Installation, webhook: WebhookServer) -> None:
    mail = MailServer()
    with running(mail):
        commands.add_channel(installation.runtime, "widgets", mail.address, "ann", "widgets")
        with installation.runtime.write() as (session, moment):
            for channel, connection in alerts.channels_with_connections(session):
                alerts.hand_over(session, channel.id, Message(str(connection), "body"), moment)
        delivery.send_due(installation.runtime)
    assert [body["title"] for body in webhook.bodies] == ["None"]
    assert [arrived["Subject"] for arrived in mail.mails] == ["widgets"]


def test_several_processes_send_each_message_once(installation: Installation, webhook: WebhookServer) -> None:
    with installation.runtime.write() as (session, moment):
        [channel] = session.scalars(select(Channel))
        for number in range(8):
            alerts.hand_over(session, channel.id, Message(str(number), "body"), moment)
    together = threading.Barrier(4)

    def send() -> int:
        together.wait()
        return delivery.send_due(installation.runtime)

    with ThreadPoolExecutor(4) as pool:
        counts = [future.result() for future in [pool.submit(send) for _ in range(4)]]
    assert sum(counts) == 8
    assert sorted(body["title"] for body in webhook.bodies) == [str(number) for number in range(8)]


def test_a_message_is_sent_outside_of_any_transaction(
    installation: Installation, webhook: WebhookServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = sending.send

    def send_while_another_writes(*arguments: object) -> None:
        with installation.runtime.store.write() as session:
            session.scalars(select(Channel)).one().title = "written meanwhile"
        send(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(sending, "send", send_while_another_writes)
    _told(installation)
    assert len(webhook.bodies) == 1


def test_a_channel_is_added_tried_and_removed(installation: Installation, webhook: WebhookServer) -> None:
    runtime = installation.runtime
    assert commands.test_channel(runtime, "ops", "ann") == "webhook at 127.0.0.1"
    assert webhook.bodies[0]["title"] == "Tieout: a test"
    webhook.status = 404
    with pytest.raises(MessageRefusedError, match="404"):
        commands.test_channel(runtime, "ops", "ann")
    for name in ("ops", "", "Ops", "-ops", "o" * 41, "ops\n"):
        with pytest.raises(ChannelNameError):
            commands.add_channel(runtime, name, webhook.address, "ann")
    _told(installation)
    commands.remove_channel(runtime, "ops", "ann")
    assert views.channels(runtime) == []
    for act in (commands.test_channel, commands.remove_channel):
        with pytest.raises(NoSuchChannelError):
            act(runtime, "ops", "ann")


def test_an_address_stands_encrypted_and_is_shown_nowhere(installation: Installation, webhook: WebhookServer) -> None:
    with installation.runtime.store.engine.connect() as connection:
        rows = [tuple(row) for row in connection.exec_driver_sql("SELECT * FROM alert_channels")]
        actions = [tuple(row) for row in connection.exec_driver_sql("SELECT * FROM actions")]
    assert "hush-hush" not in f"{rows} {actions} {views.channels(installation.runtime)}"
    assert webhook.server_port


def test_a_new_channel_hears_of_what_is_there_already(installation: Installation) -> None:
    _told(installation)
    server = WebhookServer()
    with running(server):
        commands.add_channel(installation.runtime, "ops", server.address, "ann")
        commands.add_channel(installation.runtime, "late", server.address, "ann", "widgets")
        installation.look()
        installation.look()
    assert [body["message"].partition("\n")[0] for body in server.bodies] == ["Still there:"] * 2
