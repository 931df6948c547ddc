"""What waits for a person, by cause: how much it holds up, since when, and under the names that people know."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from mappers.problems import CODES
from mappers.remedies import Act, Remedy
from store.history import PlanRow
from store.records import ProblemRow
from store.reference import PRECORO
from tests import rows
from tests.integration.workers.frozen import assert_frozen
from tests.stage import environment, load_settings
from workers.attention import views
from workers.attention.views import AttentionCounts
from workers.errors import NoSuchConnectionError
from workers.runtime import Runtime

PAIR = Remedy("Pair it.", (Act("pair_supplier", {"supplier": "9001"}),))
DAY = timedelta(days=1)


@pytest.fixture
def runtime(tmp_path: Path, redis_url: str, database_url: str) -> Iterator[Runtime]:
    """Return a runtime on a database without rows, SQLite and Postgres in turn."""
    opened = Runtime(load_settings(environment(tmp_path, redis_url, DATABASE_URL=database_url)))
    yield opened
    opened.close()


@pytest.fixture
def connection(runtime: Runtime) -> int:
    """Keep a connection with a supplier; return its id."""
    connection_id = rows.connected(runtime.store)
    rows.entry(runtime.store, PRECORO, "supplier", "9001", "Acme Supply")
    return connection_id


def held(runtime: Runtime, connection_id: int, key: str, *problems: dict[str, Any], **values: Any) -> int:
    """Keep a held invoice with problems; return the id of its record."""
    record_id = rows.record(runtime.store, connection_id, key, **{"state": "held", "currency": "USD", **values})
    defaults = {"code": "supplier_not_paired", "subject": "supplier:9001", "sentence": "It is not.", "remedy": PAIR}
    with runtime.write() as (session, _):
        for position, problem in enumerate(problems or ({},)):
            session.add(ProblemRow(record_id=record_id, position=position, **{**defaults, **problem}))
    return record_id


def decided(runtime: Runtime, record_id: int, *decisions: str) -> None:
    """Keep decisions about a record, one a day."""
    with runtime.write() as (session, _):
        for day, decision in enumerate(decisions):
            session.add(PlanRow(record_id=record_id, at=rows.LONG_AGO + day * DAY, decision=decision, summary=decision))


def test_a_cause_says_how_much_it_holds_up_and_since_when(runtime: Runtime, connection: int) -> None:
    first = held(runtime, connection, "201", amount=Decimal("0.10"))
    second = held(runtime, connection, "202", {}, {}, amount=Decimal("0.20"))  # two lines with one problem
    held(runtime, connection, "203", currency="EUR", amount=Decimal(7))
    held(runtime, connection, "9001", kind="supplier", scope=1, currency=None)
    decided(runtime, first, "hold", "synced", "hold", "hold")
    decided(runtime, second, "synced", "open", "open", "hold")
    [cause] = views.causes(runtime, limit=10)
    assert_frozen(cause)
    assert (cause.code, cause.subject, cause.about) == ("supplier_not_paired", "supplier:9001", "Acme Supply")
    assert (cause.connection, cause.state, cause.sentence, cause.remedy) == ("widgets", "held", "It is not.", PAIR)
    assert cause.records == {"invoice": 3, "supplier": 1}
    assert cause.amounts == {"USD": Decimal("0.30"), "EUR": Decimal(7)}
    assert cause.since == rows.LONG_AGO + 2 * DAY


def test_what_failed_alike_comes_first_and_the_rest_by_what_it_holds_up(runtime: Runtime, connection: int) -> None:
    held(runtime, connection, "201", {"code": "period_closed", "subject": "period"})
    for key in ("202", "203"):
        held(runtime, connection, key)
    for key in ("204", "205"):
        rows.record(runtime.store, connection, key, state="failed", reason="KeyError: 'Id'", handled_version=1)
    causes = views.causes(runtime, limit=10)
    assert [(cause.code, cause.subject) for cause in causes] == [
        ("failed", "KeyError: 'Id'"), ("supplier_not_paired", "supplier:9001"), ("period_closed", "period"),
    ]  # fmt: skip
    assert causes[0].since == rows.LONG_AGO
    assert causes[0].remedy is not None
    assert causes[0].remedy.acts[-1] == Act("send_all_again", {"cause": "failed", "reason": "KeyError: 'Id'"})
    assert [cause.code for cause in views.causes(runtime, limit=1, offset=1)] == ["supplier_not_paired"]
    assert views.counts(runtime, ["widgets"]) == AttentionCounts(causes=3, held=3, failed=2)


def test_what_records_do_not_share_is_left_to_each(runtime: Runtime, connection: int) -> None:
    for key in ("201", "202"):
        own = Remedy(f"Delete bill {key}.")
        held(
            runtime,
            connection,
            key,
            {"code": "possible_duplicate", "subject": "document", "sentence": key, "remedy": own},
        )
    [cause] = views.causes(runtime, limit=10)
    assert (cause.sentence, cause.remedy) == (CODES["possible_duplicate"], None)
    records = views.waiting_records(runtime, "possible_duplicate", "document", "widgets", limit=10)
    assert [record.problems[0].remedy.words for record in records] == ["Delete bill 202.", "Delete bill 201."]


def test_the_records_of_a_cause_are_paged_under_their_names(runtime: Runtime, connection: int) -> None:
    document = held(runtime, connection, "201")
    held(runtime, connection, "f-1", kind="attachment", scope=document)
    held(runtime, connection, "billpayment:145:bill:176", kind="payment", scope=connection)
    held(runtime, connection, "202", {"code": "period_closed"})
    records = views.waiting_records(runtime, "supplier_not_paired", "supplier:9001", "widgets", limit=2)
    assert_frozen(tuple(records))
    assert [record.name for record in records] == ["billpayment:145:bill:176", "invoice:201"]
    rest = views.waiting_records(
        runtime, "supplier_not_paired", "supplier:9001", "widgets", limit=2, before=records[-1].record_id
    )
    assert [(record.kind, record.name) for record in rest] == [("invoice", "invoice:201")]


@pytest.mark.parametrize(
    ("subject", "name"),
    [
        ("option:77", "Office Supplies"),
        ("tax_set:5+7", "VAT 20 + Levy"),
        ("tax_set:5+99", None),
        ("withholding:7", "Levy"),
        ("invoice:956201", "INV-201"),
        ("supplier:1", None),
        ("preferences", None),
        (None, None),
    ],
)
def test_a_subject_has_the_name_that_people_know(
    runtime: Runtime, connection: int, subject: str | None, name: str | None
) -> None:
    for kind, key, title in (("option", "77", "Office Supplies"), ("tax", "5", "VAT 20"), ("tax", "7", "Levy")):
        rows.entry(runtime.store, PRECORO, kind, key, title)
    rows.record(runtime.store, connection, "956201", idn="201", number="INV-201")
    held(runtime, connection, "202", {"subject": subject})
    [cause] = views.causes(runtime, limit=10)
    assert cause.about == name


def test_each_connection_has_causes_of_its_own(runtime: Runtime, connection: int) -> None:
    gadgets = rows.connected(runtime.store, "gadgets")
    for connection_id, key in ((connection, "201"), (gadgets, "301")):
        held(runtime, connection_id, key)
    causes = views.causes(runtime, limit=10)
    assert [(cause.connection, cause.about) for cause in causes] == [("widgets", "Acme Supply"), ("gadgets", None)]
    assert [cause.connection for cause in views.causes(runtime, ["gadgets"], limit=10)] == ["gadgets"]
    assert views.counts(runtime).causes == 2
    with pytest.raises(NoSuchConnectionError):
        views.causes(runtime, ["nobody"], limit=10)
