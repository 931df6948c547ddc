"""rq-dashboard 0.9.0 with its weaknesses mended from outside (docs/decisions/0020-rq-dashboard.md).

It reads jobs with pickle, writes names into the page as they are, opens a connection to Redis for each request and changes
the state by GET. Here it reads JSON and our two functions, names are escaped, it has the one connection that it is given, and
every change is ours.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask import Flask, Response, abort, jsonify, request
from jinja2 import BaseLoader, ChoiceLoader, Environment, TemplateNotFound
from redis import Redis
from rq import Worker
from rq.exceptions import NoSuchJobError
from rq.registry import FailedJobRegistry
from rq.serializers import JSONSerializer
from rq.worker.base import BaseWorker
from rq_dashboard import blueprint, web

from console.runtime import runtime
from console.session import user
from store.job import JsonQueue, TieoutJob
from workers.errors import NoSuchJobError as NotFailedError
from workers.ops import replay

MOST_ROWS, MOST_PAGES = 100, 10**9
REGISTRIES = {"queued", "scheduled", "deferred", "started", "finished", "failed", "canceled"}
ORDERS = {"asc", "dsc"}
SWITCHED_OFF = {"rq_dashboard.delete_job_view", "rq_dashboard.empty_queue", "rq_dashboard.compact_queue"}
"""Endpoints that take jobs away, which a replay needs, or that nobody needs."""
CHANGES = {"rq_dashboard.requeue_job_view", "rq_dashboard.requeue_all"}
MISSING = (NoSuchJobError, LookupError, UnboundLocalError, ValueError)
"""The errors of rq-dashboard for a job, registry or page that does not exist."""
ICON = "url_for('static', filename='favicon.ico')", "url_for('rq_dashboard.favicon')"
"""It looks for its icon where only its own application has it."""
_TEXT = re.compile(r"<%=\s*\$\('<div/>'\)\.text\((.+?)\)\.html\(\)\s*%>")


class JsonWorker(Worker):
    """A worker whose current job is read as JSON."""

    @classmethod
    def all(cls, connection: Redis | None = None, *_: Any, **__: Any) -> list[BaseWorker]:
        """Return all workers of this Redis."""
        return super().all(connection, job_class=TieoutJob, queue_class=JsonQueue, serializer=JSONSerializer)


class OurQueue(JsonQueue):
    """Our queue, also where rq-dashboard names none."""

    def __init__(self, name: str = "", connection: Redis | None = None, **options: Any) -> None:
        super().__init__(name or runtime().settings.queue, connection or runtime().redis, **options)


class EscapingTemplates(BaseLoader):
    """The templates of rq-dashboard, in which every value is escaped before it becomes part of the page."""

    def __init__(self, loader: BaseLoader) -> None:
        self._loader = loader

    def get_source(self, environment: Environment, template: str) -> tuple[str, str | None, Any]:
        """Return a template. Raises TemplateNotFound."""
        source, path, is_current = self._loader.get_source(environment, template)
        return _TEXT.sub(r"<%- \1 %>", source).replace("<%=", "<%-").replace(*ICON), path, is_current


def install(app: Flask, redis: Redis) -> None:
    """Put the dashboard into an application, which says who may use it."""
    web.Job, web.Queue, web.Worker = TieoutJob, OurQueue, JsonWorker
    web.config.serializer = JSONSerializer
    app.config.update(RQ_DASHBOARD_REDIS_URL=("the queue of Tieout",), RQ_DASHBOARD_DISABLE_DELETE=True)
    app.redis_conn = redis  # type: ignore[attr-defined]  # where rq-dashboard looks for it
    app.register_blueprint(blueprint)
    app.before_request_funcs.pop("rq_dashboard", None)  # it would open a connection for each request
    loader = app.jinja_loader
    if loader is None or blueprint.jinja_loader is None:
        raise TemplateNotFound("rq_dashboard")
    app.jinja_env.loader = EscapingTemplates(ChoiceLoader([loader, blueprint.jinja_loader]))
    app.view_functions["rq_dashboard.requeue_job_view"] = requeue
    app.view_functions["rq_dashboard.requeue_all"] = requeue_all
    app.before_request(check)


def check() -> None:
    """Refuse what is switched off, changes by GET, and what would load more than a page shows."""
    if request.endpoint in SWITCHED_OFF:
        abort(
            403,
            "Emptying and compacting queues and deleting jobs is switched off: a failed job is what a replay needs.",
        )
    if request.endpoint in CHANGES and request.method != "POST":
        abort(405)
    if not _is_page(request.view_args or {}):
        abort(404)


def _is_page(arguments: Mapping[str, Any]) -> bool:
    """Say whether there is such a page. Raises ValueError for a number that is none."""
    per_page, page = (int(arguments.get(name, 1)) for name in ("per_page", "page"))
    is_counted = 0 < per_page <= MOST_ROWS and 0 < page <= MOST_PAGES and arguments.get("instance_number", 0) == 0
    is_named = arguments.get("registry_name", "queued") in REGISTRIES and arguments.get("order", "asc") in ORDERS
    return is_counted and is_named


def requeue(job_id: str) -> Response:
    """Give a failed job back: its record starts its attempts afresh, and the history says who did it."""
    try:
        replay.requeue(runtime(), job_id, user().name)
    except NotFailedError:
        return jsonify(status="ERROR")
    return jsonify(status="OK")


def requeue_all(queue_name: str) -> Response:
    """Give all failed jobs of our queue back, each as `requeue` does."""
    if queue_name != runtime().settings.queue:
        abort(404)
    ids = FailedJobRegistry(queue=runtime().queue).get_job_ids(cleanup=False)
    for job_id in ids:
        requeue(job_id)
    return jsonify(status="OK", count=len(ids))


def is_missing(error: Exception) -> bool:
    """Say whether rq-dashboard failed because there is no such job, registry or page."""
    return request.blueprint == blueprint.name and isinstance(error, MISSING)
