"""Reports on pages: run by a person, read down to the row, kept as files, and of one connection only."""

from __future__ import annotations

import csv
import io
import re
from base64 import b64encode
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import simplejson
from sqlalchemy import insert, select

from console.filters import PAGE
from store.companies import Connection
from store.tasks import CANCELLED, DONE, READING, Task
from store.tie_out import Report, ReportAccount, ReportRow, ReportState
from tests.integration.console.conftest import Visitor, open_console, prepared, without_token
from tests.stage import Stage
from workers.tasks import views as task_views
from workers.tie_out import views
from workers.tie_out.action import NAME

SCRIPT = '<img src=x onerror="document.title=1">\u202e'
FORMULA = '=HYPERLINK("https://evil.example")'
TIE_OUT = "/c/widgets/tie-out"
FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)
ZERO = Decimal("0.00")
PAGES = (
    "", "/rows", "/rows?bucket=missing", "/rows?section=accruals", "/suppliers", "/changes", "/balances", "/orders",
)  # fmt: skip
FILES = ("/rows.csv", "/report.json", "/printed", "/month-end.csv")


def row(invoice: int, **more: Any) -> dict[str, Any]:
    """Return a row of a report: an invoice of 540.00 that is missing in QuickBooks."""
    return {
        "ledger": "bills", "bucket": "missing", "why": "It was sent, and QuickBooks does not hold it any more.", "currency": "USD",
        "party": "56", "supplier": "Acme Supply", "record_id": None, "name": f"invoice:{invoice}", "number": f"INV-{invoice}",
        "status": 2, "dated": date(2026, 11, 2), "approved_on": date(2026, 11, 2), "due_on": None, "order": None,
        "precoro": Decimal("540.00"), "paid": None, "sent": Decimal("540.00"), "type": None, "qbo_id": None, "qbo_number": None,
        "booked_on": None, "quickbooks": None, "balance": None, "effect": Decimal("-540.00"), "rate_difference": None,
        "by_date": True, "by_approval": True, "by_booking": False, "precoro_id": str(invoice), "is_received": False,
        **more,
    }  # fmt: skip


def agreeing(invoice: int, **more: Any) -> dict[str, Any]:
    """Return the row of an invoice that agrees with bill 101."""
    entity = {"type": "Bill", "qbo_id": "101", "qbo_number": "S-1", "booked_on": date(2026, 11, 2), "by_booking": True}
    held = {"quickbooks": Decimal("540.00"), "balance": Decimal("540.00"), "effect": ZERO}
    return row(invoice, **{"bucket": "agrees", "why": "", **entity, **held, **more})


def account(supplier: str, **more: Any) -> dict[str, Any]:
    """Return the equation of a supplier that one document is missing of."""
    return {
        "basis": "date", "ledger": "bills", "currency": "USD", "party": supplier[:60], "supplier": supplier,
        "approved": Decimal("540.00"), "effects": {"missing": Decimal("-540.00")}, "quickbooks": ZERO, "residual": ZERO,
        **more,
    }  # fmt: skip


def kept(
    visitor: Visitor, *rows: dict[str, Any], connection: str = "widgets", state: ReportState = "differs", **more: Any
) -> int:
    """Keep a report about November with these rows, and return its number."""
    counts: dict[str, int] = {}
    for kept_row in rows:
        counts[kept_row["bucket"]] = counts.get(kept_row["bucket"], 0) + 1
    equation = {"ledger": "bills", "currency": "USD", "approved": Decimal("1080.00"), "quickbooks": Decimal("540.00")}
    equations = [equation | {"effects": {"missing": Decimal("-540.00")}, "residual": ZERO}] if rows else []
    reading = {
        "began": "2026-11-28T05:00:00+00:00",
        "ended": "2026-11-28T05:00:02+00:00",
        "calls": 2,
        "rows": 8,
        "total": 9,
    }
    with visitor.runtime.write() as (session, moment):
        of = session.scalars(select(Connection).where(Connection.slug == connection)).one()
        report = Report(**{
            "connection_id": of.id, "first_day": FIRST, "last_day": LAST, "who": "ann", "state": state,
            "began_at": moment, "ended_at": None if state == "reading" else moment, "readings": {"invoice": reading},
            "equations": {"date": equations, "approval": equations}, "counts": counts, "digest": "ab" * 32, **more,
        })  # fmt: skip
        session.add(report)
        session.flush()
        for table, values in ((ReportRow, rows), (ReportAccount, [account("Acme Supply")] if rows else [])):
            if values:
                session.execute(insert(table), [{"report_id": report.id, **value} for value in values])
        return report.id


def cells(page: str, heading: str) -> list[str]:
    """Return the texts of the row of a table that begins with a heading."""
    match = re.search(rf"<tr[^>]*><td>(?:<a [^>]*>)?{re.escape(heading)}(?:</a>)?</td>(.*?)</tr>", page, re.DOTALL)
    assert match, heading
    return [re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", match[1], re.DOTALL)]


def test_without_a_report_the_page_says_what_one_does_and_offers_one(visitor: Visitor) -> None:
    page = visitor.sign_in().get(TIE_OUT).text
    assert "No report was made yet." in page
    assert "Run now" in page
    assert "All reports" not in page


def test_the_newest_report_is_said_in_one_sentence_and_shown_in_the_list_the_chart_and_on_the_first_page(
    visitor: Visitor,
) -> None:
    number = kept(visitor, agreeing(201), row(202))
    visitor.sign_in()
    page = visitor.get(TIE_OUT).text
    assert "The sides do not tie out: 1 missing in QuickBooks." in page
    assert f'href="{TIE_OUT}/{number}"' in page
    assert (
        "0 days tied out, 1 did not, with 1 breaks at most, 0 could not be read in whole, and 29 had no report." in page
    )
    first_page = visitor.get("/").text
    assert re.search(
        r'href="/c/widgets/tie-out"><span class="state bad">differs</span></a> <span class="hint">1 to look at',
        first_page,
    )
    assert 'href="/c/gadgets/tie-out">no report yet</a>' in first_page


def test_a_report_is_read_as_statements_buckets_and_lists_for_the_month_end(visitor: Visitor) -> None:
    number = kept(visitor, agreeing(201), row(202))
    page = visitor.sign_in("viewer").get(f"{TIE_OUT}/{number}").text
    assert cells(page, "Approved in Precoro") == ["1,080.00", "1,080.00"]
    assert cells(page, "Missing in QuickBooks") == ["-540.00", "-540.00"]
    assert cells(page, "In QuickBooks") == ["540.00", "540.00"]
    assert cells(page, "Left without an explanation") == ["0.00", "0.00"]
    assert cells(page, "In agreement") == ["1", "Both sides hold the same amount, currency and supplier."]
    assert cells(page, "Possibly entered twice")[0] == "0"
    assert cells(page, "Accruals") == ["1", "Approved, and still to come to QuickBooks."]
    assert cells(page, "Invoice")[-3:] == ["2", "8", "9"]
    assert "ab" * 32 in page
    assert "Run now" not in page


def test_a_bucket_shows_all_three_amounts_and_leads_to_the_document_and_to_the_entity(visitor: Visitor) -> None:
    edited = agreeing(201, bucket="different", record_id=7, quickbooks=Decimal("512.00"), effect=Decimal("-28.00"))
    number = kept(visitor, edited, agreeing(202))
    page = visitor.sign_in("viewer").get(f"{TIE_OUT}/{number}/rows?bucket=different").text
    assert 'href="/c/widgets/documents/invoice:201">INV-201</a>' in page
    assert re.search(r'href="https://[^"]+/bill\?txnId=101"[^>]*>Bill 101</a>', page)
    amounts = re.findall(r'<td class="number">([^<]*)</td>', page)
    assert amounts[-4:] == ["540.00", "540.00", "512.00", "USD -28.00"]
    assert "INV-202" not in page


def test_a_list_for_the_month_end_adds_up_what_it_lists(visitor: Visitor) -> None:
    abroad = {"currency": "EUR", "precoro": Decimal("7.00"), "effect": Decimal("-7.00")}
    number = kept(visitor, row(201), row(202), row(203, **abroad), agreeing(204))
    page = visitor.sign_in("viewer").get(f"{TIE_OUT}/{number}/rows?section=accruals").text
    assert cells(page, "Bills, USD")[:2] == ["2", "1,080.00"]
    assert cells(page, "Bills, EUR")[:2] == ["1", "7.00"]
    assert "INV-204" not in page


def test_the_month_end_lists_what_is_owed_and_what_orders_commit_to(visitor: Visitor) -> None:
    order = {"ledger": "orders", "name": "purchase_order:57", "number": "PO-57", "precoro_id": "9057"}
    waiting = {"supplier": "Evergreen Catering", "party": "57"}
    number = kept(
        visitor, agreeing(201, order="9057"), row(202, **waiting), row(57, **order, precoro=Decimal("700.00"), is_received=True)
    )  # fmt: skip
    visitor.sign_in("viewer")
    page = visitor.get(f"{TIE_OUT}/{number}/balances").text
    assert cells(page, "Acme Supply") == ["USD", "540.00", "540.00", "0.00"]
    assert cells(page, "Evergreen Catering") == ["USD", "540.00", "0.00", "-540.00"]
    assert cells(page, "USD") == ["1,080.00", "540.00", "-540.00"]
    for show in ("", "?show=received"):
        page = visitor.get(f"{TIE_OUT}/{number}/orders{show}").text
        assert re.search(r"PO-57</td>.*700.00</td>.*540.00</td>.*USD 160.00</td>", page)
        assert cells(page, "USD") == ["1", "700.00", "540.00", "160.00"]
    files = {
        name: visitor.get(f"{TIE_OUT}/{number}/month-end.csv?list={name}") for name in ("balances", "commitments", "received")
    }  # fmt: skip
    assert f'filename="tie-out-{number}-received.csv"' in files["received"].headers["Content-Disposition"]
    assert [len(file.text.splitlines()) for file in files.values()] == [3, 2, 2]


def test_rows_go_on_where_the_page_before_ended(visitor: Visitor) -> None:
    number = kept(visitor, *(row(1000 + position) for position in range(PAGE + 2)))
    visitor.sign_in("viewer")
    page = visitor.get(f"{TIE_OUT}/{number}/rows?bucket=missing").text
    (following,) = re.findall(r'rel="next" href="([^"]+)"', page)
    page = visitor.get(following.replace("&amp;", "&")).text
    assert re.findall(r"INV-\d+", page) == [f"INV-{1000 + PAGE}", f"INV-{1001 + PAGE}"]
    assert 'rel="next"' not in page


def test_suppliers_are_searched_and_paged_on_both_bases(visitor: Visitor) -> None:
    number = kept(visitor, row(201))
    names = [f"Vendor {position:03}" for position in range(PAGE + 1)]
    with visitor.runtime.write() as (session, _):
        others = [{"report_id": number, **account(name)} for name in names]
        by_approval = {"report_id": number, **account("Approved later", basis="approval")}
        session.execute(insert(ReportAccount), [*others, by_approval])
    visitor.sign_in("viewer")
    page = visitor.get(f"{TIE_OUT}/{number}/suppliers").text
    assert cells(page, "Acme Supply") == ["Bills, USD", "540.00", "0.00", "Missing in QuickBooks -540.00", "0.00"]
    (following,) = re.findall(r'rel="next" href="([^"]+)"', page)
    assert re.findall(r"Vendor \d+", visitor.get(following).text) == names[-2:]
    assert re.findall(r"Vendor \d+", visitor.get(f"{TIE_OUT}/{number}/suppliers?text=vendor+007").text) == [
        "Vendor 007"
    ]
    assert "No supplier matches." in visitor.get(f"{TIE_OUT}/{number}/suppliers?text=100%25").text
    page = visitor.get(f"{TIE_OUT}/{number}/suppliers?basis=approval").text
    assert "Approved later" in page
    assert "Acme Supply" not in page


def test_what_changed_is_compared_with_a_report_that_begins_on_the_same_day(visitor: Visitor) -> None:
    alike = kept(visitor, agreeing(201), row(202))
    other = kept(visitor, agreeing(201), first_day=date(2026, 10, 1), last_day=date(2026, 10, 31))
    number = kept(visitor, row(201), agreeing(202))
    visitor.sign_in("viewer")
    page = visitor.get(f"{TIE_OUT}/{number}/changes").text
    assert f'<option value="{alike}" selected>' in page
    assert re.findall(r"INV-\d+", page) == ["INV-201", "INV-202"]
    assert "agrees, or is not in it</td><td>Missing in QuickBooks" in page
    assert "Missing in QuickBooks</td><td>agrees, or is not in it" in page
    page = visitor.get(f"{TIE_OUT}/{number}/changes?before={other}").text
    assert "That report is about 2026-10-01 to 2026-10-31" in page
    assert re.findall(r"INV-\d+", page) == ["INV-201"]
    assert "There is no report before this one" in visitor.get(f"{TIE_OUT}/{alike}/changes").text


def test_a_report_that_is_not_complete_proves_nothing_and_says_why(visitor: Visitor) -> None:
    kept(visitor, agreeing(201), state="incomplete", reason="Precoro counts 9 invoices, and 8 were read.")
    page = visitor.sign_in("viewer").get(TIE_OUT).text
    assert "Not everything could be read, so that nothing is proven." in page
    assert "Precoro counts 9 invoices, and 8 were read." in page
    assert "tie out:" not in page


NO_LONGER_KEPT = "The rows that agreed are no longer kept with this report"


def test_what_agreed_in_an_older_report_is_forgotten_and_the_page_says_so(visitor: Visitor) -> None:
    number = kept(visitor, row(201), is_trimmed=True, counts={"agrees": 312, "missing": 1})
    visitor.sign_in("viewer")
    whole = ("/rows?bucket=missing", "/rows?section=accruals")
    lacking = ("", "/rows", "/rows?bucket=agrees", "/rows?section=paid-in-precoro", "/balances", "/orders", "/printed")
    said = [path for path in (*whole, *lacking) if NO_LONGER_KEPT in visitor.get(f"{TIE_OUT}/{number}{path}").text]
    assert said == list(lacking)


def test_a_report_without_rows_has_pages_all_the_same(visitor: Visitor) -> None:
    number = kept(visitor, state="ties")
    visitor.sign_in("viewer")
    for path in PAGES:
        assert visitor.get(f"{TIE_OUT}/{number}{path}").status_code == 200, path
    assert "there is nothing in the period" in visitor.get(TIE_OUT).text


def task(visitor: Visitor, state: str) -> int:
    """Keep a task that makes a report."""
    with visitor.runtime.write() as (session, moment):
        connection = session.scalars(select(Connection).where(Connection.slug == "widgets")).one()
        begun = Task(
            connection_id=connection.id, action=NAME, arguments={}, who="ann", state=state, confirmed=False, done=0, claim=0,
            attempts=0, created_at=moment, reason="Precoro refuses the key." if state == CANCELLED else None,
        )  # fmt: skip
        session.add(begun)
        session.flush()
        return begun.id


def test_a_report_under_way_shows_how_far_it_is_and_offers_no_other_one(visitor: Visitor) -> None:
    number = task(visitor, READING)
    page = visitor.sign_in().get(TIE_OUT).text
    assert f'hx-get="/c/widgets/tasks/{number}/progress"' in page
    assert "Run now" not in page
    assert f"Task {number} (report run) is under way." in visitor.follow(f"{TIE_OUT}/run")


def test_an_attempt_that_broke_off_is_said_until_a_report_is_made(visitor: Visitor) -> None:
    broken_off = task(visitor, CANCELLED)
    report = kept(visitor, state="reading", task_id=broken_off)
    visitor.sign_in()
    assert "came to no report. Precoro refuses the key." in visitor.get(TIE_OUT).text
    assert f'href="/c/widgets/tasks/{broken_off}"' in visitor.get(f"{TIE_OUT}/{report}").text
    kept(visitor, state="ties", task_id=task(visitor, DONE))
    assert "came to no report" not in visitor.get(TIE_OUT).text


@pytest.mark.parametrize("path", [*PAGES, *FILES])
def test_a_report_of_another_connection_is_not_there(visitor: Visitor, path: str) -> None:
    number = kept(visitor, row(201), connection="gadgets")
    visitor.sign_in()
    theirs = visitor.get(f"{TIE_OUT}/{number}{path}")
    assert theirs.status_code == 404
    assert without_token(theirs) == without_token(visitor.get(f"{TIE_OUT}/999999{path}"))
    assert visitor.get(f"/c/gadgets/tie-out/{number}{path}").status_code == 200


def test_the_pages_are_the_same_on_postgres(tmp_path: Path, redis_url: str, postgres_url: str) -> None:
    app = open_console(prepared(tmp_path, redis_url, DATABASE_URL=postgres_url, TIEOUT_QBO_URL="http://127.0.0.1:9"))
    visitor = Visitor(app, app.extensions["tieout"].runtime)
    kept(visitor, agreeing(201), row(202))
    number = kept(visitor, row(201), agreeing(202))
    visitor.sign_in("viewer")
    texts = {path: visitor.get(f"{TIE_OUT}/{number}{path}").text for path in PAGES}
    assert cells(texts[""], "Accruals")[0] == "1"
    assert cells(texts["/rows?section=accruals"], "Bills, USD")[:2] == ["1", "540.00"]
    assert re.findall(r"INV-\d+", texts["/changes"]) == ["INV-201", "INV-202"]
    assert cells(texts["/balances"], "Acme Supply") == ["USD", "1,080.00", "540.00", "-540.00"]
    assert cells(visitor.get(f"{TIE_OUT}/{number}/suppliers?text=ACME").text, "Acme Supply")[1] == "540.00"
    for path in ("", *(f"/{number}{path}" for path in FILES)):
        assert visitor.get(f"{TIE_OUT}{path}").status_code == 200, path
    assert "differs" in visitor.get("/").text
    app.extensions["tieout"].close()


def test_no_report_of_another_connection_is_compared_with(visitor: Visitor) -> None:
    other = kept(visitor, row(201), connection="gadgets")
    number = kept(visitor, row(202))
    page = visitor.sign_in().get(f"{TIE_OUT}/{number}/changes?before={other}").text
    assert "There is no report before this one" in page
    assert "INV-201" not in page


def test_names_that_are_scripts_are_shown_as_they_are(visitor: Visitor) -> None:
    names = {"supplier": SCRIPT, "number": SCRIPT, "why": SCRIPT}
    number = kept(visitor, row(201, **names), who=SCRIPT, reason=SCRIPT, state="incomplete")
    with visitor.runtime.write() as (session, _):
        session.execute(insert(ReportAccount), [{"report_id": number, **account(SCRIPT)}])
    kept(visitor, first_day=FIRST - timedelta(days=30))
    visitor.sign_in("viewer")
    for path in ("", *(f"/{number}{path}" for path in (*PAGES, "/printed"))):
        page = visitor.get(f"{TIE_OUT}{path}").text
        assert "<img src=x" not in page, path
        assert "\u202e" not in page, path
        assert "&lt;img src=x" in page or path.endswith(("/changes", "/orders")), path


def test_rows_are_a_file_in_which_no_spreadsheet_finds_a_formula(visitor: Visitor) -> None:
    number = kept(visitor, agreeing(201), row(202, supplier=FORMULA, why=FORMULA))
    visitor.sign_in("viewer")
    answer = visitor.get(f"{TIE_OUT}/{number}/rows.csv")
    assert answer.mimetype == "text/csv"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="tie-out-{number}.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [(line["number"], line["bucket"], line["difference"]) for line in rows] == [
        ("INV-201", "In agreement", "0.00"), ("INV-202", "Missing in QuickBooks", "-540.00"),
    ]  # fmt: skip
    assert rows[1]["supplier"] == rows[1]["why"] == f"'{FORMULA}"
    of_bucket = visitor.get(f"{TIE_OUT}/{number}/rows.csv?bucket=missing")
    assert of_bucket.headers["Content-Disposition"] == f'attachment; filename="tie-out-{number}-missing.csv"'
    assert [line["number"] for line in csv.DictReader(io.StringIO(of_bucket.text))] == ["INV-202"]


def test_a_report_is_a_file_for_programs_with_all_its_rows(visitor: Visitor) -> None:
    number = kept(visitor, agreeing(201), row(202))
    answer = visitor.sign_in("viewer").get(f"{TIE_OUT}/{number}/report.json")
    assert answer.mimetype == "application/json"
    contents = simplejson.loads(answer.text)
    assert contents["report"]["summary"]["counts"] == {"agrees": 1, "missing": 1}
    assert [line["precoro"] for line in contents["rows"]] == ["540.00", "540.00"]


def test_the_page_for_an_auditor_may_have_its_one_style_and_nothing_else(visitor: Visitor) -> None:
    number = kept(visitor, row(202))
    answer = visitor.sign_in("viewer").get(f"{TIE_OUT}/{number}/printed")
    (style,) = re.findall(r"<style>(.*?)</style>", answer.text, re.DOTALL)
    digest = b64encode(sha256(style.encode()).digest()).decode()
    assert answer.headers["Content-Security-Policy"] == (
        f"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; style-src 'sha256-{digest}'"
    )
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sha256" not in visitor.get(f"{TIE_OUT}/{number}").headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("first", "last", "sentence"),
    [
        ("2026-11-30", "2026-11-01", "The last day (2026-11-01) is before the first one (2026-11-30)."),
        ("2026-11-01", "2026-02-30", "“2026-02-30” is no day such as 2026-11-23."),
        ("0001-01-01", "2026-11-01", "The first day (0001-01-01) is before 2000-01-01."),
    ],
)
def test_days_that_are_no_period_are_refused(visitor: Visitor, first: str, last: str, sentence: str) -> None:
    page = visitor.sign_in("accountant").follow(f"{TIE_OUT}/run", first=first, last=last)
    assert sentence in page
    assert task_views.tasks(visitor.runtime, limit=1) == []


def test_the_days_of_last_month_are_filled_in_by_a_link(visitor: Visitor) -> None:
    page = visitor.sign_in("accountant").get(f"{TIE_OUT}?first=2026-10-01&last=2026-10-31").text
    assert re.search(r'name="first" type="date" value="2026-10-01"', page)
    assert re.search(r'name="last" type="date" value="2026-10-31"', page)
    assert visitor.get(f"{TIE_OUT}?first=soon&last=2026-02-31").status_code == 200


def test_somebody_runs_a_report_and_sees_what_it_comes_to(stage: Stage, people: Callable[..., Visitor]) -> None:
    stage.approved(number="INV-201", issueDate="2026-11-02")
    stage.settle()
    visitor = people("accountant")
    tie_out = "/c/widgets-inc/tie-out"
    page = visitor.follow(f"{tie_out}/run", first="2026-11-01", last="2026-11-30")
    assert "Both sides are read for 2026-11-01 to 2026-11-30." in page
    assert "Under way" in page
    stage.until(lambda: views.newest(stage.runtime, "widgets-inc") is not None, "the report")
    page = visitor.get(tie_out).text
    assert "Both sides tie out: 1 document agrees" in page
    newest = views.newest(stage.runtime, "widgets-inc")
    assert newest is not None
    page = visitor.get(f"/c/widgets-inc/tasks/{newest.task}").text
    assert "Both sides tie out: 1 document agrees" in page
    assert f'href="{tie_out}/{newest.report}"' in page
