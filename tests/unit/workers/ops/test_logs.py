"""Log lines of a process: JSON where nobody looks on, from the level that is set, and nothing on standard output."""

from __future__ import annotations

import subprocess
import sys

import simplejson

WRITE = """
import structlog
from workers.ops import logs
logs.set_up("INFO")
structlog.get_logger().debug("left out")
structlog.get_logger().info("kept", records=2)
"""


def test_a_line_is_json_with_its_level_and_time_on_standard_error() -> None:
    done = subprocess.run([sys.executable, "-c", WRITE], capture_output=True, text=True, check=True)
    [line] = map(simplejson.loads, done.stderr.splitlines())
    assert line.pop("timestamp").endswith("Z")
    assert line == {"event": "kept", "level": "info", "records": 2}
    assert done.stdout == ""
