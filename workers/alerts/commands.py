"""What administrators do with channels: add, try and remove them."""

from __future__ import annotations

import re

from sqlalchemy import delete
from sqlalchemy.orm import Session

from mappers.alerts.message import Message
from store import alerts, history
from store.alerts import Channel, OutgoingMessage
from workers.alerts import addresses, duty, sending
from workers.alerts.sending import NotSentError
from workers.errors import ChannelNameError, MessageRefusedError, NoSuchChannelError
from workers.lookup import connection_named
from workers.runtime import Runtime

NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?", re.ASCII)
TEST = Message("Tieout: a test", "This is a test: alerts of Tieout arrive here.")


def add_channel(runtime: Runtime, name: str, address: str, who: str, connection: str | None = None) -> str:
    """Add a channel for one connection, or for the whole installation; returns what may be shown of its address.

    It soon hears of what people were told of before, and is there still.
    Raises ChannelNameError, AddressRefusedError, NoSuchConnectionError and AmbiguousNameError.
    """
    title = addresses.title_of(address.strip(), runtime.settings)
    with runtime.write() as (session, moment):
        if not NAME.fullmatch(name) or alerts.channel_named(session, name) is not None:
            raise ChannelNameError
        of_connection = connection_named(session, connection) if connection else None
        connection_id, slug = (of_connection.id, of_connection.slug) if of_connection else (None, None)
        values = {"name": name, "address": address.strip(), "title": title, "created_at": moment}
        channel = Channel(connection_id=connection_id, **values)
        session.add(channel)
        session.flush()
        duty.hand_over_open(session, channel.id, slug, runtime.settings, moment)
        history.note(session, moment, who, "add alert channel", name, connection=slug, to=title)
    return title


def test_channel(runtime: Runtime, name: str, who: str) -> str:
    """Send a message that says it is a test; returns where it went. Raises NoSuchChannelError and MessageRefusedError."""
    with runtime.write() as (session, moment):
        channel = _channel(session, name)
        address, title = channel.address, channel.title
        history.note(session, moment, who, "test alert channel", name)
    try:
        sending.send(address, TEST, runtime.settings)
    except NotSentError as error:
        with runtime.write() as (session, moment):
            alerts.note_trouble(session, channel.id, str(error), moment)
        raise MessageRefusedError(name, str(error)) from error
    with runtime.write() as (session, moment):
        alerts.note_success(session, channel.id, moment)
    return title


def remove_channel(runtime: Runtime, name: str, who: str) -> None:
    """Remove a channel with what waits to be sent there. Raises NoSuchChannelError."""
    with runtime.write() as (session, moment):
        channel = _channel(session, name)
        session.execute(delete(OutgoingMessage).where(OutgoingMessage.channel_id == channel.id))
        session.delete(channel)
        history.note(session, moment, who, "remove alert channel", name)


def _channel(session: Session, name: str) -> Channel:
    """Return the channel of this name. Raises NoSuchChannelError."""
    channel = alerts.channel_named(session, name)
    if channel is None:
        raise NoSuchChannelError(name)
    return channel
