"""Real processes of the product that start within milliseconds: they are forked from one that has imported everything."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import simplejson

ROOT = Path(__file__).parents[2]


class ForkServer:
    """The process that all others are forked from, tests/acceptance/fork_server.py."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.acceptance.fork_server"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def start(self, function: str, *arguments: object, variables: Mapping[str, str], log: Path) -> Fork:
        """Start a process that calls a function, such as `webhooks.__main__:main`, with these environment variables."""
        order = {
            "start": function,
            "arguments": arguments,
            "variables": {**os.environ, **variables},
            "log": str(log),
        }
        return Fork(self, self.obey(order))

    def obey(self, order: Mapping[str, Any]) -> int:
        """Send an order and return its answer."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(simplejson.dumps(order) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def close(self) -> None:
        """Kill what still runs, and end."""
        self._process.communicate()


class Fork:
    """A process, the leader of its own group.

    Args:
        server: what it was forked from
        pid: its number
    """

    def __init__(self, server: ForkServer, pid: int) -> None:
        self._server = server
        self.pid = pid

    def wait(self) -> int:
        """Wait for its end and return its exit status; a negative one is the signal that killed it."""
        return self._server.obey({"wait": self.pid})
