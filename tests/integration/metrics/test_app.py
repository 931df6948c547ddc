"""Who may read the metrics, and what everybody else is answered."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from metrics.app import create_app
from settings import WrongSettingsError
from tests import sqlite
from tests.integration.metrics.conftest import TOKEN
from tests.stage import environment, load_settings

ALLOWED = {"Authorization": f"Bearer {TOKEN}"}


@pytest.mark.parametrize(
    "header", ["", "Bearer ", f"Bearer {TOKEN[:-1]}", f"Bearer {TOKEN} ", f"bearer {TOKEN}", TOKEN, "Bearer \xe9"]
)
def test_without_the_token_nothing_is_said(metrics: Flask, header: str) -> None:
    answer = metrics.test_client().get("/metrics", headers={"Authorization": header})
    assert (answer.status_code, "tieout_" in answer.text) == (401, False)
    assert "TIEOUT_METRICS_TOKEN" in answer.text


def test_without_a_token_in_the_settings_every_process_of_this_machine_may_read(tmp_path: Path, redis_url: str) -> None:
    app = create_app(
        load_settings(environment(tmp_path, redis_url, DATABASE_URL=sqlite.new_database(tmp_path / "t.db")))
    )
    assert app.test_client().get("/metrics").status_code == 200
    app.extensions["tieout"].close()


def test_a_token_that_can_be_guessed_is_refused(tmp_path: Path, redis_url: str) -> None:
    with pytest.raises(WrongSettingsError, match="TIEOUT_METRICS_TOKEN: Must be at least 16 characters"):
        load_settings(environment(tmp_path, redis_url, TIEOUT_METRICS_TOKEN="prometheus"))


def test_a_page_of_somebody_else_whose_name_leads_here_gets_nothing(metrics: Flask) -> None:
    answer = metrics.test_client().get("/metrics", headers={**ALLOWED, "Host": "attacker.example:8704"})
    assert (answer.status_code, "tieout_" in answer.text) == (400, False)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("POST", "/metrics", 405), ("OPTIONS", "/metrics", 405), ("GET", "/", 404), ("GET", "/static/x", 404)],
)
def test_there_is_nothing_else(metrics: Flask, method: str, path: str, status: int) -> None:
    assert metrics.test_client().open(path, method=method, headers=ALLOWED).status_code == status


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [("text/plain", "text/plain"), ("application/openmetrics-text; version=1.0.0", "application/openmetrics-text")],
)
def test_prometheus_gets_the_format_that_it_asks_for(metrics: Flask, accept: str, content_type: str) -> None:
    answer = metrics.test_client().get("/metrics", headers={**ALLOWED, "Accept": accept})
    assert answer.headers["Content-Type"].startswith(content_type)
    assert "tieout_records_due 1.0" in answer.text


def test_without_a_database_there_are_no_figures_and_the_reason_is_said(tmp_path: Path, redis_url: str) -> None:
    app = create_app(load_settings(environment(tmp_path, redis_url, DATABASE_URL="postgresql://127.0.0.1:9/tieout")))
    answer = app.test_client().get("/metrics")
    assert (answer.status_code, answer.json) == (503, {"error": "The database does not answer. See DATABASE_URL."})
    app.extensions["tieout"].close()
