"""Documents on their pages: found, looked at from both sides, and decided about."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import update

from store.records import Record
from tests.integration.console.conftest import Visitor
from tests.stage import REALM, Stage
from workers.documents import views
from workers.documents.comparison import compare

People = Callable[..., Visitor]
TYPED = {
    "VendorRef": {"value": "56"},
    "DocNumber": "S-700",
    "TxnDate": "2026-11-02",
    "Line": [
        {
            "DetailType": "AccountBasedExpenseLineDetail",
            "Amount": "540.00",
            "AccountBasedExpenseLineDetail": {"AccountRef": {"value": "7"}},
        }
    ],
}
PAPER = {"name": "Paper", "quantity": 4, "price": "135.00", "account": "Office Supplies"}
LUNCH = {"name": "Lunch", "quantity": 1, "price": "76.10", "account": "Office Supplies"}
SCRIPT = '<img src=x onerror="document.title=1">\u202e'


def name_of(stage: Stage) -> str:
    """Return the name of the document that came last."""
    (row, *_) = views.documents(stage.runtime, views.Wanted(), limit=1)
    return row.document


@pytest.fixture
def held(stage: Stage) -> str:
    """Return the name of an invoice whose supplier has no pair."""
    stage.approved(supplier="Evergreen Catering", lines=[LUNCH])
    stage.settle()
    return name_of(stage)


@pytest.fixture
def sent(stage: Stage) -> str:
    """Return the name of an invoice that stands in QuickBooks."""
    stage.approved(lines=[PAPER])
    stage.settle()
    return name_of(stage)


def test_the_list_shows_where_each_document_stands_and_why(people: People, held: str, sent: str) -> None:
    page = people("viewer").get("/c/widgets-inc/documents").text
    assert "Supplier Evergreen Catering is not paired with a vendor." in page
    assert "USD 540.00" in page
    assert f"/c/widgets-inc/documents/{held}" in page
    assert f"/c/widgets-inc/documents/{sent}" in page


@pytest.mark.usefixtures("held", "sent")
def test_filters_choose(people: People) -> None:
    viewer = people("viewer")
    expected = {
        "state=held": ["held"], "state=synced": ["synced"], "text=evergreen": ["held"], "amount=540": ["synced"],
        "kind=purchase_order": [], "from=2031-01-01": [], "text=nothing": [],
        "approval=approved": ["held", "synced"], "approval=pending": [], "state=nonsense&before=x": ["held", "synced"],
        "amount=1,0x": [], "from=yesterday": [], "amount=1e99999": [],
    }  # fmt: skip
    tables = {query: viewer.get(f"/c/widgets-inc/documents?{query}").text.partition("<tbody>")[2] for query in expected}
    shown = {query: sorted(re.findall(r'class="state \w+">(held|synced)<', table)) for query, table in tables.items()}
    assert shown == expected


@pytest.mark.usefixtures("held")
@pytest.mark.parametrize(
    ("query", "wanted"), [("amount=abc", "an amount as 1284.37"), ("to=abc", "a day as 2026-11-23")]
)
def test_a_filter_that_cannot_be_read_lists_nothing_and_says_how_it_is_written(
    people: People, query: str, wanted: str
) -> None:
    page = people("viewer").get(f"/c/widgets-inc/documents?{query}").text
    assert f"Nothing is listed, because “abc” cannot be read. Write {wanted}." in page
    assert "No document is listed." in page


def test_more_documents_than_a_page_has_go_on_on_the_next_with_the_same_filters(
    stage: Stage, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.filters.PAGE", 2)
    for _ in range(5):
        stage.approved()
    stage.settle()
    visitor, address, numbers = people("viewer"), "/c/widgets-inc/documents?kind=invoice", []
    while address:
        page = visitor.get(address).text
        numbers += re.findall(r">(INV-\d+)</a>", page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        address = following[1].replace("&amp;", "&") if following else ""
    assert len(numbers) == len(set(numbers)) == 5


def test_the_page_of_a_held_document_says_what_helps_and_shows_all_that_happened(people: People, held: str) -> None:
    page = people("viewer").get(f"/c/widgets-inc/documents/{held}").text
    assert "Supplier Evergreen Catering is not paired with a vendor." in page
    assert "Pair Evergreen Catering with its vendor" in page
    assert "/invoices/" in page
    assert "Leave out" not in page  # a viewer decides nothing


def test_both_sides_are_compared_line_by_line_with_names(people: People, sent: str) -> None:
    visitor = people("viewer")
    visitor.get("/account")
    page = visitor.post(f"/c/widgets-inc/documents/{sent}/compare").text
    assert "Both totals are USD 540.00." in page
    assert page.count("Paper") >= 2
    assert "Acme Supply" in page


def test_totals_agree_only_in_one_currency(stage: Stage, sent: str) -> None:
    comparison = compare(stage.runtime, views.document(stage.runtime, sent, "widgets-inc"))
    assert comparison.totals_agree
    assert comparison.standing
    abroad = replace(comparison.standing, currency="EUR")
    assert not replace(comparison, standing=abroad).totals_agree


def test_a_total_changed_in_quickbooks_is_set_beside_precoros(stage: Stage, people: People, sent: str) -> None:
    bill = stage.bills()[0]
    line = {**bill["Line"][0], "Amount": "539.99"}
    stage.quickbooks.post(f"bill/{bill['Id']}?realm={REALM}", set={"Line": [line]})
    page = people("viewer").post(f"/c/widgets-inc/documents/{sent}/compare").text
    assert "Both totals" not in page
    assert "Precoro says USD 540.00, QuickBooks USD 539.99." in page


def test_a_removal_that_would_follow_is_said_and_nothing_is_removed(stage: Stage, people: People, sent: str) -> None:
    stage.precoro.post("webhooks", drop=1.0)
    document = views.document(stage.runtime, sent, "widgets-inc")
    stage.act({"id": int(document.precoro_id)}, "cancel")
    page = people("viewer").post(f"/c/widgets-inc/documents/{sent}/compare").text
    assert f"Bill {document.qbo_id} would be removed from QuickBooks." in page
    assert "Nothing would be sent" not in page
    assert len(stage.bills()) == 1


def test_a_credit_note_agrees_with_its_vendor_credit(stage: Stage, people: People) -> None:
    stage.approved(logicType=1, lines=[PAPER])
    stage.settle()
    page = people("viewer").post(f"/c/widgets-inc/documents/{name_of(stage)}/compare").text
    assert "Both totals are USD 540.00." in page


def test_what_would_be_sent_is_shown_and_nothing_is(stage: Stage, people: People, held: str) -> None:
    visitor = people("viewer")
    page = visitor.post(f"/c/widgets-inc/documents/{held}/compare").text
    assert "Nothing would be sent" in page
    assert "Nothing stands in QuickBooks for it." in page
    assert stage.bills() == []


def test_a_document_is_left_out_and_sent_again(people: People, held: str) -> None:
    visitor = people("accountant")
    page = visitor.follow(f"/c/widgets-inc/documents/{held}/ignore", why="paid by card")
    assert "is left out." in page
    assert "ignored by ann: paid by card" in page
    page = visitor.follow(f"/c/widgets-inc/documents/{held}/send")
    assert "is sent as soon as a worker is free." in page


def test_several_are_sent_at_once(stage: Stage, people: People, held: str) -> None:
    visitor = people("accountant")
    page = visitor.follow("/c/widgets-inc/documents/send-all?state=held", document=[held])
    assert "1 document is sent as soon as a worker is free." in page
    assert "No document was ticked." in visitor.follow("/c/widgets-inc/documents/send-all?state=held")
    stage.settle()


def test_what_was_typed_by_hand_is_adopted_after_its_differences_were_shown(stage: Stage, people: People) -> None:
    typed = stage.quickbooks.post(f"bill?realm={REALM}", **TYPED)
    stage.approved(invoiceNumber="S-700", lines=[PAPER])
    stage.settle()
    name, visitor = name_of(stage), people("accountant")
    page = visitor.post(f"/c/widgets-inc/documents/{name}/adopt-what", entity=typed["Id"]).text
    assert f"Let id {typed['Id']} stand for" in page
    assert "is linked as soon as a worker is free." in visitor.follow(
        f"/c/widgets-inc/documents/{name}/adopt", entity=typed["Id"]
    )
    stage.settle()
    assert len(stage.bills()) == 1


@pytest.fixture
def cancelled(stage: Stage) -> str:
    """Return the name of an invoice that was sent and then cancelled."""
    invoice = stage.approved(lines=[PAPER])
    stage.settle()
    stage.act(invoice, "cancel")
    stage.settle()
    return name_of(stage)


def test_a_document_without_a_reason_has_no_empty_why(people: People, sent: str) -> None:
    assert "<dt>Why</dt>" not in people("viewer").get(f"/c/widgets-inc/documents/{sent}").text


def test_a_cancelled_document_says_that_nothing_stands_for_it(people: People, cancelled: str) -> None:
    page = people("viewer").get(f"/c/widgets-inc/documents/{cancelled}").text
    assert "It was cancelled in Precoro, and nothing stands in QuickBooks for it." in page


def test_what_cannot_be_adopted_says_why(stage: Stage, people: People, cancelled: str) -> None:
    typed = stage.quickbooks.post(f"bill?realm={REALM}", **TYPED)
    page = people("accountant").post(f"/c/widgets-inc/documents/{cancelled}/adopt-what", entity=typed["Id"]).text
    assert "It cannot: nothing is to stand in QuickBooks" in page


def test_a_document_that_only_a_list_has_shown_says_that_it_is_not_approved(stage: Stage, people: People) -> None:
    stage.act(stage.invoice(lines=[PAPER]), "submit")
    stage.settle()
    with stage.runtime.write() as (session, _):
        session.execute(update(Record).values(number=None, supplier=None, reason=None))
    page = people("viewer").get(f"/c/widgets-inc/documents/{name_of(stage)}").text
    assert "Nothing is sent before it is approved there." in page


def test_a_document_is_listed_by_its_number_in_quickbooks(stage: Stage, people: People) -> None:
    stage.approved(invoiceNumber="ACME-77", lines=[PAPER])
    stage.settle()
    page = people("viewer").get("/c/widgets-inc/documents?text=acme-77").text
    assert f"/c/widgets-inc/documents/{name_of(stage)}" in page


def test_the_ways_of_a_possible_duplicate_lead_to_the_forms_that_do_it(stage: Stage, people: People) -> None:
    typed = stage.quickbooks.post(f"bill?realm={REALM}", **TYPED)
    stage.approved(invoiceNumber="S-700", lines=[PAPER])
    stage.settle()
    address = f"/c/widgets-inc/documents/{name_of(stage)}"
    ann = people("accountant")
    page = ann.get(address).text
    assert f'href="{address}?entity={typed["Id"]}#adopt"' in page
    assert f'href="{address}#leave-out"' in page
    page = ann.get(f"{address}?entity={typed['Id']}").text
    assert 'id="leave-out"' in page
    assert 'id="adopt"' in page
    assert f'name="entity" value="{typed["Id"]}"' in page


def test_a_person_is_shown_the_ways_that_the_role_allows(stage: Stage, people: People) -> None:
    stage.quickbooks.post(f"bill?realm={REALM}", **TYPED)
    stage.approved(invoiceNumber="S-700", lines=[PAPER])
    stage.settle()
    address = f"/c/widgets-inc/documents/{name_of(stage)}"
    assert "Send it all the same" in people("accountant").get(address).text
    assert "Send it all the same" not in people("viewer").get(address).text


def test_what_is_not_possible_is_read_on_the_page_with_what_helps(people: People, sent: str) -> None:
    visitor = people("accountant")
    page = visitor.follow(f"/c/widgets-inc/documents/{sent}/keep")
    assert "is not held because QuickBooks holds other figures." in page
    assert "No file of" in visitor.follow(f"/c/widgets-inc/documents/{sent}/retry-files")


@pytest.mark.usefixtures("sent")
def test_a_document_that_does_not_exist_is_not_found(people: People) -> None:
    visitor = people("accountant")
    assert visitor.get("/c/widgets-inc/documents/invoice:999999").status_code == 404
    assert "There is no document invoice:999999." in visitor.follow("/c/widgets-inc/documents/invoice:999999/send")


def test_names_that_are_scripts_are_shown_as_they_are_with_what_is_invisible_marked(
    stage: Stage, people: People
) -> None:
    stage.precoro.post("suppliers", company=stage.company, name=SCRIPT)
    stage.approved(supplier=SCRIPT, number=SCRIPT, note=SCRIPT, lines=[{**LUNCH, "name": SCRIPT}])
    stage.settle()
    visitor = people("viewer")
    name = name_of(stage)
    pages = [
        visitor.get("/c/widgets-inc/documents").text,
        visitor.get(f"/c/widgets-inc/documents/{name}").text,
        visitor.post(f"/c/widgets-inc/documents/{name}/compare").text,
    ]
    for page in pages:
        assert "<img src=x" not in page
        assert "&lt;img src=x" in page
        assert "\u202e" not in page
        assert r"\u202e" in page
