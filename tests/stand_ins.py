"""Both stand-ins as real processes, with the small client by which a test acts as a person there."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import requests
import simplejson

START_SECONDS = 20.0
ROOT = Path(__file__).parent.parent


class StandIn:
    """One running stand-in.

    Args:
        name: `quickbooks` or `precoro`
        port: a free one
        options: further arguments of the command line
    """

    def __init__(self, name: str, port: int, *options: str) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._http = requests.Session()
        self._process = subprocess.Popen(
            [sys.executable, "-m", f"standins.{name}", "--port", str(port), *options],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
        )
        self._wait()

    def control(self, method: str, path: str, body: object = None) -> Any:
        """Make one request of the control API and return its JSON, amounts as Decimal."""
        data = None if body is None else simplejson.dumps(body, use_decimal=True)
        headers = {"Content-Type": "application/json"} if data is not None else {}
        response = self._http.request(method, f"{self.url}/_control/{path}", data=data, headers=headers, timeout=10)
        assert response.ok, f"{method} {path}: {response.status_code} {response.text[:500]}"
        return simplejson.loads(response.text, use_decimal=True) if response.text else None

    def reset(self, seed: str = "small") -> None:
        """Begin again: the seed, no faults, no requests seen."""
        self.control("POST", "reset", {"seed": seed})
        self.control("DELETE", "faults")
        self.control("DELETE", "requests")

    def fault(self, fault: str, *, method: str = "", path: str = "", times: int = 1, **more: object) -> None:
        """Let the next requests that match go wrong."""
        self.control(
            "POST", "faults", {"match": {"method": method, "path": path}, "fault": fault, "times": times, **more}
        )

    def requests(self) -> list[dict[str, Any]]:
        """Return every API request seen since the last reset."""
        answer = self.control("GET", "requests")
        return list(answer["requests"] if isinstance(answer, dict) else answer)

    def stop(self) -> None:
        """Stop the process."""
        self._http.close()
        self._process.terminate()
        self._process.wait(START_SECONDS)

    def _wait(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                self.control("GET", "settings")
            except requests.ConnectionError:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    self._process.kill()
                    raise
                time.sleep(0.05)
            else:
                return
