"""What every stand-in has besides its API: settings, faults, a request log, webhooks, state, reset and a snapshot.

A stand-in makes one `Control` and calls `install(app, control)`; everything under /_control that is not listed in its
own routes is served here.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields, is_dataclass, replace
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from flask import Blueprint, Flask, Response, g, jsonify, request

from standins import wire
from standins.faults import AFTER, Fault, FaultBook, read_order
from standins.server import BREAK

if TYPE_CHECKING:
    from standins.delivery import Outbox, WebhookSettings

LOG_LENGTH = 200_000
SNAPSHOT_SECONDS = 1.0


@dataclass
class BaseSettings:
    """Settings both stand-ins have; each adds its own. POST /_control/settings merges into them."""

    limits: bool = True
    latency_ms: int = 0


class World(Protocol):
    """What a stand-in holds in memory."""

    def reset(self, seed: Any) -> None:
        """Start afresh from "small", "empty" or a whole state."""

    def state(self) -> dict[str, Any]:
        """Return everything as JSON, for assertions."""

    def dump(self) -> dict[str, Any]:
        """Return everything that must survive a restart, as JSON."""

    def load(self, dumped: dict[str, Any]) -> None:
        """Restore what `dump` returned."""


class WrongInputError(ValueError):
    """A control call cannot be understood; the sentence says why and is answered with 400."""


S = TypeVar("S", bound=BaseSettings)

Render = Callable[[Fault], Response]
"""Draws the answer of a fault (429, 500, 503, 401, stale, ...) as the service at hand would."""


class Control(Generic[S]):
    """The parts of a stand-in that are not its API. Hold `lock` while touching the world."""

    def __init__(
        self,
        *,
        settings: S,
        world: World,
        outbox: Outbox,
        render_fault: Render,
        speed: float = 1.0,
        seed: Any = "small",
        snapshot: Path | None = None,
        on_settings: Callable[[dict[str, Any]], None] = lambda _changes: None,
    ) -> None:
        self.settings = settings
        self.world = world
        self.outbox = outbox
        self.render_fault = render_fault
        self.speed = speed
        self.seed = seed
        self.snapshot = snapshot
        self.on_settings = on_settings
        self.lock = threading.RLock()
        self.faults = FaultBook()
        self.log: deque[dict[str, Any]] = deque(maxlen=LOG_LENGTH)
        self._first_settings = replace(settings)
        self._first_webhooks = replace(outbox.settings)
        self._on_reset: list[Callable[[], None]] = []
        self._dirty = threading.Event()
        self._saving = threading.Lock()

    def on_reset(self, call: Callable[[], None]) -> None:
        """Have something called at every reset (windows of limits, replay memory)."""
        self._on_reset.append(call)

    def start(self) -> None:
        """Load the snapshot, or the seed when there is none; keep the snapshot fresh from now on."""
        if self.snapshot and self.snapshot.exists():
            kept = wire.loads(self.snapshot.read_bytes())
            self.world.load(kept["world"])
            merge(self.settings, kept["settings"])
            merge(self.outbox.settings, kept["webhooks"])
        else:
            self.world.reset(self.seed)
        if self.snapshot:
            threading.Thread(target=self._keep_snapshot, daemon=True, name="snapshot").start()

    def touch(self) -> None:
        """Say that something changed that a snapshot must show."""
        self._dirty.set()

    def save(self) -> None:
        """Write the snapshot now, if there is to be one."""
        if not self.snapshot:
            return
        with self._saving:
            with self.lock:
                text = wire.dumps(
                    {
                        "world": self.world.dump(),
                        "settings": asdict(self.settings),
                        "webhooks": asdict(self.outbox.settings),
                    }
                )
            fresh = self.snapshot.with_suffix(f".{id(self)}.tmp")  # another stand-in may keep the same file
            fresh.write_text(text)
            fresh.replace(self.snapshot)

    def reset(self, seed: Any) -> None:
        """Start afresh: world, settings, faults, log, pending webhooks. The webhook addresses stay."""
        with self.lock:
            self.world.reset(seed)
            for field in fields(self.settings):
                setattr(self.settings, field.name, getattr(self._first_settings, field.name))
            for field in fields(self.outbox.settings):
                if field.name not in {"url", "urls"}:
                    setattr(self.outbox.settings, field.name, getattr(self._first_webhooks, field.name))
            self.faults.clear()
            self.log.clear()
            self.outbox.clear()
            for call in self._on_reset:
                call()
        self.touch()

    def _keep_snapshot(self) -> None:
        while True:
            self._dirty.wait()
            time.sleep(SNAPSHOT_SECONDS)
            self._dirty.clear()
            self.save()


def merge(settings: object, changes: dict[str, Any]) -> None:
    """Lay changes over a settings dataclass; WrongInputError names an unknown key or a wrong type."""
    if not is_dataclass(settings) or not isinstance(changes, dict):
        raise WrongInputError("A JSON object is expected")
    known = {field.name: field.type for field in fields(settings)}
    for key, value in changes.items():
        if key not in known:
            raise WrongInputError(f"Unknown setting {key!r}. Known: {', '.join(sorted(known))}")
        if known[key] != "Any":
            _expect_like(key, getattr(settings, key), value)
    for key, value in changes.items():
        old = getattr(settings, key)
        both = isinstance(old, dict) and isinstance(value, dict)
        setattr(settings, key, {**old, **value} if both else value)


def _expect_like(key: str, old: object, value: object) -> None:
    if old is None or value is None:
        return
    if isinstance(old, bool) != isinstance(value, bool) or isinstance(old, str) != isinstance(value, str):
        raise WrongInputError(f"Setting {key!r} takes a {type(old).__name__}, not {value!r}")
    if isinstance(old, dict | list) and not isinstance(value, type(old)):
        raise WrongInputError(f"Setting {key!r} takes a {type(old).__name__}, not {value!r}")


def parsed_body() -> dict[str, Any]:
    """Read the JSON object of a control call; an empty body is an empty object."""
    if not request.get_data():
        return {}
    try:
        body = wire.loads(request.get_data())
    except ValueError as error:
        raise WrongInputError(f"The body is not JSON: {error}") from error
    if not isinstance(body, dict):
        raise WrongInputError("The body must be a JSON object")
    return body


def is_control(path: str) -> bool:
    """Tell control calls and the page from calls of the API."""
    return path.startswith(("/_control", "/_page")) or path in {"/", "/favicon.ico"}


def install(app: Flask, control: Control[S]) -> None:
    """Register the control routes, the faults and the request log with an app."""
    wire.speak_decimal(app)
    app.extensions["control"] = control
    app.register_blueprint(_routes(control))
    app.register_error_handler(WrongInputError, lambda error: (jsonify(error=str(error)), HTTPStatus.BAD_REQUEST))
    app.before_request(lambda: _before(control))
    app.after_request(lambda response: _after(control, response))


def _before(control: Control[S]) -> Response | None:
    g.started = time.monotonic()
    if is_control(request.path):
        return None
    if control.settings.latency_ms:
        time.sleep(control.settings.latency_ms / 1000 / control.speed)
    fault = control.faults.strike(request.method, request.path, request.query_string.decode())
    g.fault = fault
    if fault is None or fault.fault in AFTER:
        return None
    return _strike_before(control, fault)


def _strike_before(control: Control[S], fault: Fault) -> Response | None:
    match fault.fault:
        case "delay":
            time.sleep(fault.delay_ms / 1000 / control.speed)
            return None
        case "timeout":
            time.sleep(fault.delay / control.speed)
            request.environ[BREAK] = "close"
        case "reset":
            request.environ[BREAK] = "reset"
        case "html_502":
            page = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
            return Response(page, HTTPStatus.BAD_GATEWAY, mimetype="text/html")
        case "empty_500":
            return Response(b"", HTTPStatus.INTERNAL_SERVER_ERROR)
        case "empty_503":
            return Response(b"", HTTPStatus.SERVICE_UNAVAILABLE)
        case _:
            return control.render_fault(fault)
    return Response(b"", HTTPStatus.INTERNAL_SERVER_ERROR)


def _after(control: Control[S], response: Response) -> Response:
    if is_control(request.path):
        return response
    if request.method != "GET":
        control.touch()
    fault: Fault | None = g.get("fault")
    if fault is not None and fault.fault in AFTER:
        response = _strike_after(control, fault, response)
    broken = request.environ.get(BREAK)
    control.log.append(
        {
            "time": datetime.now(UTC).isoformat(),
            "method": request.method,
            "path": request.path,
            "query": request.query_string.decode(),
            "status": None if broken in {"close", "reset"} else response.status_code,
            "requestid": request.args.get("requestid"),
            "metered": bool(g.get("metered", False)),
            "fault": fault.fault if fault else None,
            "duration_ms": round((time.monotonic() - g.started) * 1000, 1),
        }
    )
    return response


def _strike_after(control: Control[S], fault: Fault, response: Response) -> Response:
    match fault.fault:
        case "timeout_after_commit":
            time.sleep(fault.delay / control.speed)
            request.environ[BREAK] = "close"
        case "drop_after_commit":
            request.environ[BREAK] = "close"
        case "reset_after_commit":
            request.environ[BREAK] = "reset"
        case "truncated":
            request.environ[BREAK] = "truncate"
        case _:
            return control.render_fault(replace(fault, fault="500"))
    return response


def _routes(control: Control[S]) -> Blueprint:
    routes = Blueprint("control", __name__, url_prefix="/_control")

    @routes.post("/reset")
    def reset() -> Response:
        try:
            control.reset(parsed_body().get("seed", control.seed))
        except ValueError as error:
            raise WrongInputError(str(error)) from error
        return jsonify(ok=True)

    @routes.get("/state")
    def state() -> Response:
        with control.lock:
            return Response(wire.dumps(control.world.state()), mimetype="application/json")

    @routes.route("/settings", methods=["GET", "POST"])
    def settings() -> Response:
        with control.lock:
            if request.method == "POST":
                changes = parsed_body()
                merge(control.settings, changes)
                control.on_settings(changes)
                control.touch()
            return jsonify(asdict(control.settings))

    _fault_routes(routes, control)
    _log_routes(routes, control)
    _webhook_routes(routes, control)
    return routes


def _fault_routes(routes: Blueprint, control: Control[S]) -> None:
    @routes.route("/faults", methods=["GET", "POST", "DELETE"])
    def faults() -> Response:
        if request.method == "POST":
            try:
                control.faults.add(read_order(parsed_body()))
            except (TypeError, ValueError) as error:
                raise WrongInputError(str(error)) from error
        elif request.method == "DELETE":
            control.faults.clear()
        return jsonify(control.faults.describe())


def _log_routes(routes: Blueprint, control: Control[S]) -> None:
    @routes.route("/requests", methods=["GET", "DELETE"])
    def requests() -> Response:
        if request.method == "DELETE":
            control.log.clear()
        since = request.args.get("since", "").replace(" ", "+")  # an unescaped + of an offset arrives as a space
        return jsonify([entry for entry in list(control.log) if not since or entry["time"] > since])


def _webhook_routes(routes: Blueprint, control: Control[S]) -> None:
    @routes.route("/webhooks", methods=["GET", "POST", "DELETE"])
    def webhooks() -> Response:
        if request.method == "POST":
            _set_webhooks(control.outbox.settings, parsed_body())
            control.touch()
        elif request.method == "DELETE":
            control.outbox.clear()
        wait = request.args.get("wait", type=float)
        idle = control.outbox.wait_until_idle(wait) if wait else control.outbox.pending() == 0
        return jsonify(idle=idle, **control.outbox.describe())


def _set_webhooks(settings: WebhookSettings, changes: dict[str, Any]) -> None:
    """Merge {"url"} (all groups), {"company": 1, "urls": [...]} (one group) and the other settings."""
    changes = dict(changes)
    group = changes.pop("company", None)
    if group is not None:
        urls = changes.pop("urls", None)
        url = changes.pop("url", None)
        urls = urls if urls is not None else [url] if url else []
        changes["urls"] = {**settings.urls, str(group): list(urls)}
    most = settings.most_endpoints
    if most is not None and any(len(urls) > most for urls in changes.get("urls", {}).values()):
        raise WrongInputError(f"At most {most} endpoints for a company")
    merge(settings, {key: float(value) if key in {"drop", "duplicate"} else value for key, value in changes.items()})
