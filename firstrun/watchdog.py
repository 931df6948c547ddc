"""The watchdog: ends its whole process group when the process that started it is gone.

It is run by path, with the standard library only, so that it is there within milliseconds.
"""

from __future__ import annotations

import os
import signal
import sys
import time

GRACE = 5.0
"""Seconds that processes have to end after SIGTERM."""


def main() -> None:
    """Wait for the end of standard input, whose other end the starter holds, then end the group."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    sys.stdin.buffer.read()
    os.killpg(0, signal.SIGTERM)
    time.sleep(GRACE)
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main()
