"""How SQLite answers the questions that a view asks: with indexes, or by reading whole tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import event

from store.base import Base
from workers.runtime import Runtime


def tables_read_whole(runtime: Runtime, view: Callable[[], object]) -> list[str]:
    """Return the steps that read whole tables of ours while a view answers."""
    whole = [step for step in steps(runtime, view) if step.startswith("SCAN ") and " USING " not in step]
    return [step for step in whole if step.split()[1].removesuffix("_1") in Base.metadata.tables]


def steps(runtime: Runtime, view: Callable[[], object]) -> list[str]:
    """Return the steps of SQLite's plans of all that is asked while a view answers."""
    statements: list[tuple[str, Any]] = []

    def note(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        statements.append((statement, parameters))

    event.listen(runtime.store.engine, "before_cursor_execute", note)
    try:
        view()
    finally:
        event.remove(runtime.store.engine, "before_cursor_execute", note)
    queries = [(statement, parameters) for statement, parameters in statements if "SELECT" in statement]
    with runtime.store.engine.connect() as connection:
        return [
            row.detail
            for statement, parameters in queries
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        ]
