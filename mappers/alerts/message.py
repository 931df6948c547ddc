"""The words of a message: plain text, a line and a link for each cause, and nothing that a chat would take for markup."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mappers.alerts.cause import ALERT_KINDS, AlertCause
from mappers.alerts.decision import Alert, Decision
from mappers.money import written
from mappers.text import beginning, plural, visible

LISTED = 10
"""How many causes a section of a message lists; the others are on the page of alerts."""
LONGEST_SENTENCE, LONGEST_TITLE = 300, 150
_HARMLESS = str.maketrans({"@": "\N{FULLWIDTH COMMERCIAL AT}", "<": "‹", ">": "›", "[": "(", "]": ")"})
"""What calls everybody in a chat, or hides where a link leads: names come from other people."""
_ORDER = tuple(ALERT_KINDS)


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent to one channel."""

    title: str
    body: str


def compose(decision: Decision, console: str, page: str, connection: str | None = None) -> Message | None:
    """Return the message about all that people are told now, or None; for one connection, only what is about it.

    `console` is the address of the console, and `page` the path of its page of alerts.
    """
    new, reminded, solved = (
        sorted((alert for alert in alerts if connection in (None, alert.cause.connection)), key=_rank)
        for alerts in (decision.new, decision.reminded, decision.solved)
    )
    if not (new or reminded or solved):
        return None
    parts = [
        *_section("New", new, console, page),
        *_section("Still there", reminded, console, page),
        *_section("Solved", solved, console, page, is_over=True),
    ]
    return Message(_title(new, reminded, solved), "\n\n".join(parts))


def is_about(body: str, connection: str) -> bool:
    """Say whether a message names a connection: its name begins a line."""
    return f"\n{connection}: " in f"\n{body}"


def harmless(text: str) -> str:
    """Return a text on one line that no chat takes for a mention, a link or markup."""
    return visible(text).translate(_HARMLESS)


def line(cause: AlertCause) -> str:
    """Return a cause in one line: the connection, what is wrong, how many records, how much money, since when."""
    about = f"{harmless(cause.connection)}: " if cause.connection else ""
    facts = [plural(cause.records, "record")] if cause.records else []
    facts += [written(amount, currency) for currency, amount in sorted(cause.amounts.items())]
    facts += [f"since {cause.since:%Y-%m-%d %H:%M} UTC"] if cause.since else []
    sentence = beginning(harmless(cause.sentence), LONGEST_SENTENCE)
    return f"{about}{sentence} ({', '.join(facts)})" if facts else f"{about}{sentence}"


def _section(title: str, alerts: Sequence[Alert], console: str, page: str, *, is_over: bool = False) -> list[str]:
    """Return a heading and a paragraph for each cause, or nothing."""
    if not alerts:
        return []
    shown = [line(alert.cause) if is_over else f"{line(alert.cause)}\n{console}{alert.cause.page}" for alert in alerts]
    hidden = len(shown) - LISTED
    more = [f"and {hidden} more: {console}{page}"] if hidden > 0 else []
    return [f"{title}:", *shown[:LISTED], *more]


def _title(new: Sequence[Alert], reminded: Sequence[Alert], solved: Sequence[Alert]) -> str:
    """Return what stands above a message: the only cause, or how many there are of each."""
    alerts = [*new, *reminded, *solved]
    if len(alerts) == 1:
        prefix = "Tieout" if not solved else "Tieout, solved"
        return beginning(f"{prefix}: {line(alerts[0].cause)}", LONGEST_TITLE)
    counts = ((new, "new"), (reminded, "still there"), (solved, "solved"))
    return f"Tieout: {', '.join(f'{len(part)} {word}' for part, word in counts if part)}"


def _rank(alert: Alert) -> tuple[int, int, str]:
    """Return where an alert stands in its section: by kind, then what is about the most."""
    return _ORDER.index(alert.cause.kind), -alert.cause.records, alert.cause.key
