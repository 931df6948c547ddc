"""Forks processes that need not import anything: `python -m tests.acceptance.fork_server`, driven by tests/acceptance/forks.py.

It has loaded the whole product and opened nothing. Each line on its input is an order, {"start", "arguments",
"variables", "log"} or {"wait"}, and is answered with a number: of the process, or its exit status, where a negative one
is the signal that killed it. Whatever still runs when the input ends is killed.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import traceback
from collections.abc import Mapping
from contextlib import suppress
from importlib import import_module
from pkgutil import resolve_name
from typing import Any

import simplejson
from sqlalchemy.orm import configure_mappers

PRELOADED = ("webhooks.__main__", "workers.__main__", "workers.clock", "workers.jobs", "tests.acceptance.fire.roles")


def main() -> None:
    """Serve until the input ends."""
    for module in PRELOADED:
        import_module(module)
    configure_mappers()
    gc.freeze()  # what is loaded is shared by all processes
    running: set[int] = set()
    for line in sys.stdin:
        order = simplejson.loads(line)
        print(_wait(running, order["wait"]) if "wait" in order else _start(running, order), flush=True)  # noqa: T201 # the answer
    for process in running:
        with suppress(ProcessLookupError):
            os.killpg(process, signal.SIGKILL)


def _start(running: set[int], order: Mapping[str, Any]) -> int:
    process = os.fork()
    if process == 0:
        _run(order)
    running.add(process)
    return process


def _wait(running: set[int], process: int) -> int:
    _, status = os.waitpid(process, 0)
    running.remove(process)
    return os.waitstatus_to_exitcode(status)


def _run(order: Mapping[str, Any]) -> None:
    """Be the process: the leader of its own session, with its own variables and files, until its function ends."""
    status: Any = 1
    try:
        os.setsid()
        _redirect(order["log"])
        os.environ.clear()
        os.environ.update(order["variables"])
        status = resolve_name(order["start"])(*order["arguments"]) or 0
    except SystemExit as end:
        status = end.code or 0
    except BaseException:  # noqa: BLE001 # as the interpreter itself does with a process that fails
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)


def _redirect(log: str) -> None:
    """Read nothing, and write to a log."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    written = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for source, target in ((nothing, 0), (written, 1), (written, 2)):
        os.dup2(source, target)


if __name__ == "__main__":
    main()
