"""The worker inside the process of pytest."""

from __future__ import annotations

import signal

from tests.stage import Stage


def test_the_signals_that_end_a_run_still_reach_pytest_after_jobs_were_done_in_its_process(stage: Stage) -> None:
    signals = (signal.SIGINT, signal.SIGTERM)
    handlers = [signal.getsignal(number) for number in signals]
    stage.tick()
    assert [signal.getsignal(number) for number in signals] == handlers
