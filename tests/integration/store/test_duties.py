"""Periodic duties: of any number of clocks, exactly one begins each."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from store import duties
from store.base import Store, now


def begin(store: Store, name: str = "catch-up:1", every: float = 900) -> bool:
    """Try to begin a duty, as a clock does."""
    with store.write() as session:
        return duties.begin(session, name, now(session), every)


def test_of_several_clocks_exactly_one_begins_a_duty(store: Store) -> None:
    with ThreadPoolExecutor(6) as pool:
        taken = list(pool.map(lambda _: begin(store), range(12)))
    assert sum(taken) == 1


def test_a_duty_comes_again_when_its_time_is_over_and_not_before(store: Store) -> None:
    assert [begin(store), begin(store), begin(store, every=0)] == [True, False, True]


def test_duties_do_not_wait_for_each_other(store: Store) -> None:
    assert [begin(store, "a"), begin(store, "b")] == [True, True]


def test_the_last_tick_is_known(store: Store) -> None:
    with store.read() as session:
        assert duties.last_tick(session) is None
    begin(store, duties.TICK, every=0)
    with store.read() as session:
        ticked = duties.last_tick(session)
        assert ticked is not None
        assert ticked <= now(session)
