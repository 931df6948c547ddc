"""When people are told: a table of days, and what holds for whatever is observed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from mappers.alerts.cause import HELD, QUOTA, AlertCause
from mappers.alerts.decision import SETTLE, Alert, Decision, Observation, decide

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
KEYS = ("held:acme:a", "held:acme:b", "quota:acme")
Names = tuple[str, ...]


def cause(key: str) -> AlertCause:
    return AlertCause(
        key=key, kind=QUOTA if key.startswith("quota") else HELD, connection="acme", sentence=key, page="/"
    )


class Watch:
    """Decides at one moment after the other, and keeps what a database would."""

    def __init__(self) -> None:
        self.open: Sequence[Alert] = ()
        self.told: Counter[tuple[str, str]] = Counter()
        self.solved: Counter[str] = Counter()
        self.episodes: Counter[str] = Counter()

    def look(self, now: datetime, *keys: str, unobserved: bool = False) -> Decision:
        """Observe causes at a moment."""
        observation = Observation([cause(key) for key in keys], frozenset({QUOTA}) if unobserved else frozenset())
        today = {key for key, day in self.told if day == f"{now:%Y-%m-%d}"}
        decision = decide(self.open, observation, now, told_today=today)
        self.open = decision.open
        self.told.update((alert.cause.key, f"{now:%Y-%m-%d}") for alert in (*decision.new, *decision.reminded))
        self.solved.update(alert.cause.key for alert in decision.solved)
        self.episodes.update(alert.cause.key for alert in decision.new)
        return decision


def keys_of(decision: Decision) -> tuple[Names, Names, Names]:
    """Return the keys of what is new, reminded of and solved."""
    new, reminded, solved = (
        tuple(alert.cause.key for alert in alerts) for alerts in (decision.new, decision.reminded, decision.solved)
    )
    return new, reminded, solved


def test_a_burst_of_causes_is_one_message() -> None:
    watch = Watch()
    assert keys_of(watch.look(NOON, "held:acme:a")) == ((), (), ())
    assert keys_of(watch.look(NOON + 2 * MINUTE, "held:acme:a", "held:acme:b")) == ((), (), ())
    assert keys_of(watch.look(NOON + 4 * MINUTE, "held:acme:a", "held:acme:b")) == (
        ("held:acme:a", "held:acme:b"),
        (),
        (),
    )


def test_a_cause_is_told_once_a_day_in_the_morning_and_once_when_it_is_over() -> None:
    watch = Watch()
    watch.look(NOON, "held:acme:a")
    assert keys_of(watch.look(NOON + 5 * MINUTE, "held:acme:a")) == (("held:acme:a",), (), ())
    for hours in range(1, 19):
        assert keys_of(watch.look(NOON + hours * HOUR, "held:acme:a")) == ((), (), ())
    assert keys_of(watch.look(NOON + 19 * HOUR, "held:acme:a")) == ((), ("held:acme:a",), ())
    assert keys_of(watch.look(NOON + 23 * HOUR, "held:acme:a")) == ((), (), ())
    assert keys_of(watch.look(NOON + DAY)) == ((), (), ())
    assert keys_of(watch.look(NOON + DAY + SETTLE)) == ((), (), ("held:acme:a",))
    assert not watch.open


def test_what_ends_before_anybody_was_told_is_never_told() -> None:
    watch = Watch()
    watch.look(NOON, "held:acme:a")
    watch.look(NOON + MINUTE)
    assert keys_of(watch.look(NOON + HOUR)) == ((), (), ())


def test_what_comes_back_at_once_was_never_gone() -> None:
    watch = Watch()
    for minutes, keys in ((0, KEYS[:1]), (5, KEYS[:1]), (6, ()), (15, KEYS[:1]), (16, ()), (25, KEYS[:1])):
        watch.look(NOON + minutes * MINUTE, *keys)
    assert (sum(watch.told.values()), sum(watch.solved.values())) == (1, 0)


def test_what_comes_back_after_its_end_waits_for_the_next_day() -> None:
    watch = Watch()
    for minutes, keys in ((0, KEYS[:1]), (5, KEYS[:1]), (6, ()), (20, ()), (30, KEYS[:1]), (600, KEYS[:1])):
        watch.look(NOON + minutes * MINUTE, *keys)
    assert (sum(watch.told.values()), sum(watch.solved.values())) == (1, 1)
    assert keys_of(watch.look(NOON + 12 * HOUR, "held:acme:a"))[0] == ("held:acme:a",)


def test_what_cannot_be_observed_neither_begins_nor_ends() -> None:
    watch = Watch()
    watch.look(NOON, "quota:acme")
    watch.look(NOON + 5 * MINUTE, "quota:acme")
    assert keys_of(watch.look(NOON + HOUR, unobserved=True)) == ((), (), ())
    watch.look(NOON + HOUR + MINUTE)
    assert keys_of(watch.look(NOON + 2 * HOUR, unobserved=True)) == ((), (), ())
    assert [alert.gone_at for alert in watch.open] == [None]


looks = st.lists(
    st.tuples(st.integers(1, 60 * 30), st.frozensets(st.sampled_from(KEYS)), st.booleans()), min_size=1, max_size=60
)


@given(looks)
def test_no_cause_is_told_twice_on_one_day_and_each_told_end_is_told_once(
    observed: list[tuple[int, frozenset[str], bool]],
) -> None:
    watch, now = Watch(), NOON
    for minutes, keys, unobserved in observed:
        now += minutes * MINUTE
        watch.look(
            now, *(key for key in sorted(keys) if not (unobserved and key.startswith("quota"))), unobserved=unobserved
        )
    assert max(watch.told.values(), default=0) <= 1
    for wait in (MINUTE, SETTLE):
        now += wait
        watch.look(now)
    assert not watch.open
    assert watch.solved == watch.episodes


@given(looks)
def test_what_lasts_is_told_on_every_day_on_which_somebody_looks_after_the_first_morning(
    observed: list[tuple[int, frozenset[str], bool]],
) -> None:
    watch, now = Watch(), NOON
    watch.look(now, "held:acme:a")
    for minutes, _, _ in observed:
        now += minutes * MINUTE
        watch.look(now, "held:acme:a")
        is_morning_over = now.hour >= 7 and now - NOON > HOUR
        assert watch.told["held:acme:a", f"{now:%Y-%m-%d}"] == 1 or not is_morning_over
