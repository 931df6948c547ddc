"""The story of a newcomer in a real browser: from the printed link to a report that ties, and a job that is replayed."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from rq.job import Job
from rq.registry import FailedJobRegistry
from sqlalchemy import select

from store.records import FAILED, Record
from tests.acceptance.browser.conftest import Copy, faults
from tests.stage import REALM
from workers.documents import views
from workers.runtime import Runtime

PATIENCE = 30_000
COMPANY = 1
SLUG, ABROAD = "widgets-inc", "widgets-uk-ltd"
SCRIPT = "<img src=x onerror=\"document.title='ran'\">"


def approved(copy: Copy, supplier: str, **more: object) -> str:
    """Approve an invoice in Precoro, as a person there would; returns its number."""
    lines = [{"name": "Copy paper", "quantity": 10, "price": "54.00", "account": "Office Supplies"}]
    form = {"company": COMPANY, "supplier": supplier, "issueDate": "2026-11-02", "lines": lines, **more}
    made = copy.precoro.post("invoices", **form)
    copy.precoro.post(f"invoices/{made['id']}", company=COMPANY, do="approve")
    number: str = made["customName"]
    return number


def opened(page: Page, copy: Copy, path: str) -> None:
    """Open a page of the console, which nobody is kept out of."""
    page.goto(f"{copy.console}{path}")
    assert faults(page) == [], path


def until(page: Page, text: str | re.Pattern[str]) -> None:
    """Load the page again until it shows a text: pages that refresh themselves need no person."""
    for _ in range(60):
        if page.get_by_text(text).count():
            return
        page.wait_for_timeout(500)
        page.reload()
    expect(page.get_by_text(text).first).to_be_visible()


@pytest.mark.timeout(600)
def test_a_newcomer_gets_from_the_printed_link_to_a_paid_invoice_and_a_replayed_job(page: Page, copy: Copy) -> None:
    find_the_company(page, copy)
    connect_through_the_consent_page(page, copy)
    bring_suppliers_together(page, copy)
    import_accounts(page, copy)
    match_taxes(page, copy)
    watch_an_invoice_arrive(page, copy)
    mend_what_holds_three_documents(page, copy)
    see_a_bill_paid(page, copy)
    try_names_that_are_scripts(page, copy)
    prove_that_both_sides_agree(page, copy)
    replay_a_job_on_the_dashboard(page, copy)


def find_the_company(page: Page, copy: Copy) -> None:
    """Go from the first page to the documents of a company."""
    opened(page, copy, "/")
    page.get_by_role("link", name=SLUG, exact=True).click()
    expect(page.get_by_role("heading", name="Documents")).to_be_visible()


def connect_through_the_consent_page(page: Page, copy: Copy) -> None:
    """Connect a company of QuickBooks again, by way of its consent page."""
    opened(page, copy, f"/c/{ABROAD}/set-up/companies")
    page.get_by_role("button", name="Connect QuickBooks again").click()
    page.get_by_role("combobox").select_option(label="Widgets UK Ltd")
    page.get_by_role("button", name="Connect").click()
    page.get_by_role("button", name=f"Connect {ABROAD} again").click()
    expect(page.get_by_text(f"{ABROAD} is connected again")).to_be_visible(timeout=PATIENCE)


def bring_suppliers_together(page: Page, copy: Copy) -> None:
    """Sync the suppliers, and confirm a suggestion by its evidence."""
    opened(page, copy, f"/c/{SLUG}/suppliers")
    page.get_by_role("button", name="Sync suppliers").click()
    apply(page)
    opened(page, copy, f"/c/{SLUG}/suppliers?show=suggested")
    page.get_by_role("button", name="Pair", exact=True).first.click()
    expect(page.get_by_role("status").get_by_text("aired")).to_be_visible(timeout=PATIENCE)


def import_accounts(page: Page, copy: Copy) -> None:
    """Import the accounts of QuickBooks into Precoro."""
    opened(page, copy, f"/c/{SLUG}/lists")
    page.get_by_role("row").filter(has_text="ccounts").get_by_role("button", name="Import", exact=True).first.click()
    apply(page)


def match_taxes(page: Page, copy: Copy) -> None:
    """Match the taxes of a company abroad with codes of the same rate."""
    opened(page, copy, f"/c/{ABROAD}/taxes")
    page.get_by_role("button", name="Match taxes").click()
    apply(page)
    opened(page, copy, f"/c/{ABROAD}/taxes")


def apply(page: Page) -> None:
    """Wait for the plan of a task, apply what there is to apply, and wait until it is done."""
    planned = page.get_by_role("button", name=re.compile("^Apply"))
    ended = page.get_by_text("done", exact=True)
    expect(planned.or_(ended).first).to_be_visible(timeout=PATIENCE)
    if planned.count():
        planned.click()
    expect(ended.first).to_be_visible(timeout=PATIENCE)
    assert faults(page) == []


def watch_an_invoice_arrive(page: Page, copy: Copy) -> None:
    """Approve an invoice in Precoro, watch it arrive, and see that both sides agree."""
    number = approved(copy, "Acme Supply")
    opened(page, copy, f"/c/{SLUG}/documents")
    until(page, number)
    page.get_by_role("link", name=number).click()
    until(page, "synced")
    page.get_by_role("button", name="Compare both sides").click()
    expect(page.get_by_text("Both totals are USD 540.00.")).to_be_visible(timeout=PATIENCE)
    assert faults(page) == []


def mend_what_holds_three_documents(page: Page, copy: Copy) -> None:
    """Pair a supplier without a shell, and see three documents go out because of it."""
    for _ in range(3):
        approved(copy, "Evergreen Catering")
    opened(page, copy, f"/c/{SLUG}/attention")
    until(page, re.compile(r"3 documents, USD 1,620.00 for Evergreen Catering"))
    page.get_by_role("link", name="Look and mend").first.click()
    page.get_by_label("Vendor in QuickBooks").fill("evergreen")
    row = page.get_by_role("row").filter(has_text="Evergreen Catering Company LLC")
    row.get_by_role("button", name="Pair").click()
    expect(page.get_by_text("Paired. 3 documents go on as soon as a worker is free.")).to_be_visible()
    expect(page.get_by_text("3 of 3 went out, USD 1,620.00.")).to_be_visible(timeout=PATIENCE)
    assert faults(page) == []


def see_a_bill_paid(page: Page, copy: Copy) -> None:
    """Pay a bill in QuickBooks and see the payment come back."""
    number = approved(copy, "Rio Grande Aluminum")
    opened(page, copy, f"/c/{SLUG}/documents?text={number}")
    until(page, "synced")
    bill = document(copy, number).qbo_id
    copy.quickbooks.post(f"bill/{bill}?realm={REALM}", do="pay", date="2026-11-20")
    opened(page, copy, f"/c/{SLUG}/payments")
    until(page, number)


def document(copy: Copy, number: str) -> views.DocumentRow:
    """Return a document by its number."""
    runtime = Runtime(copy.settings)
    try:
        return views.document(runtime, number, SLUG)
    finally:
        runtime.close()


def try_names_that_are_scripts(page: Page, copy: Copy) -> None:
    """Give a supplier, a line and a note a name that is a script: it runs on no page."""
    copy.precoro.post("suppliers", company=COMPANY, name=SCRIPT)
    lines = [{"name": SCRIPT, "quantity": 1, "price": "1.00", "account": "Office Supplies"}]
    number = approved(copy, SCRIPT, number=SCRIPT, note=SCRIPT, lines=lines)
    opened(page, copy, f"/c/{SLUG}/documents")
    until(page, number)
    name = document(copy, number).document
    for path in ("documents", f"documents/{name}", "attention", "events", "history", "operations"):
        opened(page, copy, f"/c/{SLUG}/{path}")
        page.wait_for_timeout(300)
        assert page.title() != "ran"
        assert page.locator("img[src=x]").count() == 0


def prove_that_both_sides_agree(page: Page, copy: Copy) -> None:
    """Run a report, see both sides tie out, and what is held open down to its rows."""
    opened(page, copy, f"/c/{SLUG}/tie-out")
    page.get_by_label("First day").fill("2026-11-01")
    page.get_by_role("button", name="Run now").click()
    expect(page.get_by_text("Both sides tie out: 5 documents agree")).to_be_visible(timeout=PATIENCE)
    assert faults(page) == []
    page.get_by_role("link", name="Open the report").click()
    expect(page.get_by_role("cell", name="Left without an explanation")).to_be_visible()
    assert faults(page) == []
    page.get_by_role("link", name="Held for a person").first.click()
    expect(page.get_by_role("cell", name=SCRIPT).first).to_be_visible()
    assert faults(page) == []
    page.get_by_role("link", name=re.compile("^Report")).click()
    page.get_by_role("link", name="For an auditor").click()
    expect(page.get_by_role("heading", name="Both sides tie out")).to_be_visible()
    assert page.title().startswith("Tie-out widgets-inc")


def failed_job(page: Page, runtime: Runtime) -> Job:
    """Return a job of the only document that has failed, once that is not due any more.

    It may have failed twice: an event that comes meanwhile, or the first catch-up after the failure, is one more try.
    """
    registry = FailedJobRegistry(queue=runtime.queue)
    for _ in range(60):
        jobs = [job for job_id in registry.get_job_ids() if (job := runtime.queue.fetch_job(job_id))]
        if jobs and not _may_fail_again(runtime):
            assert len({job.args[0] for job in jobs}) == 1
            return jobs[-1]
        page.wait_for_timeout(250)
    pytest.fail("no job has failed for good")


def _may_fail_again(runtime: Runtime) -> bool:
    """Say whether a record that has failed is due."""
    due = (Record.state == FAILED, Record.requested_version > Record.handled_version)
    with runtime.read() as (session, _):
        return session.scalar(select(Record.id).where(*due)) is not None


def replay_a_job_on_the_dashboard(page: Page, copy: Copy) -> None:
    """Replay the failed job of a document on the RQ dashboard, where its name is no script: the document goes out."""
    query_refused = {"match": {"method": "POST", "path": "/bill"}, "fault": "refuse", "code": 4000}
    copy.quickbooks.post("faults", **query_refused)
    number = approved(copy, "Rio Grande Aluminum")
    opened(page, copy, f"/c/{SLUG}/documents?text={number}")
    until(page, "failed")
    runtime = Runtime(copy.settings)
    job = failed_job(page, runtime)
    job.description = SCRIPT
    job.save()
    opened(page, copy, "/operations")
    page.get_by_role("button", name="Open the RQ dashboard").click()
    page.get_by_role("button", name="Open it").click()
    page.goto(f"{copy.settings.dashboard_address}/0/view/job/{job.id}")
    expect(page.get_by_text(SCRIPT).first).to_be_visible(timeout=PATIENCE)
    assert page.title() == "RQ dashboard"
    copy.quickbooks.delete("faults")  # not before: whatever tries the document once more must not mend it
    page.locator("#requeue-job-btn").click()
    for _ in range(60):
        if job.id not in FailedJobRegistry(queue=runtime.queue).get_job_ids():
            break
        page.wait_for_timeout(250)
    assert job.id not in FailedJobRegistry(queue=runtime.queue).get_job_ids()
    runtime.close()
    opened(page, copy, f"/c/{SLUG}/documents?text={number}")
    until(page, "synced")
    opened(page, copy, "/history")
    expect(page.get_by_role("cell", name="requeue")).to_be_visible()
