"""The public REST API: key, quota, then the view of the noun."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, g, request

from standins.precoro.documents import routes as documents
from standins.precoro.files import routes as files
from standins.precoro.http import records
from standins.precoro.http.desk import Desk, Route
from standins.precoro.http.refusals import answer_errors, limited, unauthorised
from standins.precoro.lists import option_routes
from standins.precoro.lists import routes as lists
from standins.precoro.payments import routes as payments

if TYPE_CHECKING:
    from standins.control.control import ControlPanel
    from standins.precoro.events import Pings
    from standins.precoro.http.limits import Quotas
    from standins.precoro.settings import PrecoroSettings
    from standins.precoro.world import PrecoroWorld

ROUTES: tuple[Route, ...] = (
    *records.ROUTES,
    *documents.ROUTES,
    *lists.ROUTES,
    *option_routes.ROUTES,
    *payments.ROUTES,
    *files.ROUTES,
)


class PrecoroApi:
    """Answers the calls of the public API for the company of the key."""

    def __init__(
        self, control: ControlPanel[PrecoroSettings], world: PrecoroWorld, quotas: Quotas, pings: Pings
    ) -> None:
        self._control = control
        self._world = world
        self._quotas = quotas
        self._desk = Desk(control.settings, pings)

    def blueprint(self) -> Blueprint:
        """Return every route of the API."""
        blueprint = Blueprint("api", __name__)
        blueprint.before_request(self.admit)
        for route in ROUTES:
            endpoint = f"{route.method} {route.path}"
            blueprint.add_url_rule(route.path, endpoint, self._locked(route), methods=[route.method])
        answer_errors(blueprint)
        return blueprint

    def admit(self) -> Response | tuple[Response, int] | None:
        """Refuse a wrong key or a used-up quota; else remember the company."""
        g.metered = True
        key, user = request.headers.get("X-AUTH-TOKEN", ""), request.headers.get("email", "")
        company = self._world.company_of_key(key, user)
        if company is None:
            return unauthorised()
        g.company = company
        settings = self._control.settings
        if not settings.limits:
            return None
        with self._control.lock:
            exceeded = self._quotas.take(key, _identity(settings), settings)
        return limited(exceeded, settings.limit_shape) if exceeded else None

    def _locked(self, route: Route) -> Callable[..., Any]:
        @wraps(route.view)
        def view(**path: Any) -> Any:
            with self._control.lock:
                return route.view(self._desk, **path, **route.fixed)

        return view


def _identity(settings: PrecoroSettings) -> str | None:
    """Return what makes a request the identical one, for the limits that count those."""
    if request.method == "GET":
        return f"GET {request.full_path}"
    if settings.limit_identical_writes:
        return f"{request.method} {request.full_path} {sha256(request.get_data()).hexdigest()}"
    return None
