"""The task that makes a report of a connection, or that tried to."""

from __future__ import annotations

from sqlalchemy import case, select

from store.tasks import APPLYING, READING, Task
from workers.lookup import connection_named
from workers.runtime import Runtime
from workers.tasks import views as task_views
from workers.tasks.views import TaskRow
from workers.tie_out.action import NAME


def newest_attempt(runtime: Runtime, connection: str) -> TaskRow | None:
    """Return the task that makes a report now, else the newest one that did. Raises NoSuchConnectionError."""
    is_under_way = case((Task.state.in_((READING, APPLYING)), 1), else_=0)
    with runtime.read() as (session, _):
        of_reports = Task.connection_id == connection_named(session, connection).id, Task.action == NAME
        newest = select(Task.id).where(*of_reports).order_by(is_under_way.desc(), Task.id.desc()).limit(1)
        number = session.scalar(newest)
    return None if number is None else task_views.task(runtime, number)
