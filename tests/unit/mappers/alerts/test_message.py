"""What a message says: figures, links, and nothing that a name could do in a chat."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from mappers.alerts.cause import CLOCK, DISCONNECTED, HELD, AlertCause
from mappers.alerts.decision import Alert, Decision
from mappers.alerts.message import LISTED, compose, harmless, line

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
CONSOLE, PAGE = "https://console.example", "/alerts"
NOTHING = Decision(open=(), closed=(), new=(), reminded=(), solved=())
HELD_CAUSE = AlertCause(
    key="held:acme:period_closed",
    kind=HELD,
    connection="acme",
    sentence="The period is closed.",
    page="/c/acme/attention",
    records=1000,
    amounts={"USD": Decimal("1234.5"), "EUR": Decimal(7)},
    since=NOON,
)


def alert(cause: AlertCause) -> Alert:
    return Alert(cause=cause, begun_at=NOON, told_at=NOON)


def test_a_thousand_documents_of_one_cause_are_one_line() -> None:
    message = compose(replace(NOTHING, new=(alert(HELD_CAUSE),)), CONSOLE, PAGE)
    assert message is not None
    shown = "acme: The period is closed. (1000 records, EUR 7.00, USD 1,234.50, since 2026-11-24 12:00 UTC)"
    assert message.title == f"Tieout: {shown}"
    assert message.body == f"New:\n\n{shown}\nhttps://console.example/c/acme/attention"


def test_the_worst_comes_first_and_a_long_list_ends_with_a_link() -> None:
    held = [alert(replace(HELD_CAUSE, key=f"held:{number}", records=number)) for number in range(30)]
    gone = alert(
        AlertCause(key="d", kind=DISCONNECTED, connection="acme", sentence="Connect again.", page="/c/acme/operations")
    )
    message = compose(replace(NOTHING, new=(*held, gone)), CONSOLE, PAGE)
    assert message is not None
    assert message.title == "Tieout: 31 new"
    paragraphs = message.body.split("\n\n")
    assert paragraphs[1].startswith("acme: Connect again.")
    assert len(paragraphs) == 1 + LISTED + 1
    assert paragraphs[-1] == "and 21 more: https://console.example/alerts"


def test_what_is_over_has_no_link() -> None:
    message = compose(replace(NOTHING, solved=(alert(HELD_CAUSE),)), CONSOLE, PAGE)
    assert message is not None
    assert message.title.startswith("Tieout, solved: acme")
    assert CONSOLE not in message.body


def test_the_channel_of_a_connection_hears_of_nothing_else() -> None:
    clock = alert(AlertCause(key="clock", kind=CLOCK, connection=None, sentence="It stopped.", page="/operations"))
    decision = replace(NOTHING, new=(alert(HELD_CAUSE), clock))
    everything, own = compose(decision, CONSOLE, PAGE), compose(decision, CONSOLE, PAGE, "acme")
    assert everything is not None
    assert own is not None
    assert ("It stopped." in everything.body, "It stopped." in own.body) == (True, False)
    assert compose(decision, CONSOLE, PAGE, "another") is None


def test_a_name_calls_nobody_and_forges_no_line_or_link() -> None:
    name = "@everyone <!channel> [pay](https://evil.example)\nNew:\x1b[2J\u202e"
    shown = line(replace(HELD_CAUSE, sentence=name))
    assert not {"@", "<", ">", "[", "\n", "\x1b", "\u202e"} & set(shown)


@given(st.text())
def test_no_text_breaks_out_of_its_line(text: str) -> None:
    assert harmless(text).isprintable() or not text.isprintable()
    assert "\n" not in harmless(text)
