"""Every reason to hold a document has an exit that exists.

Each problem is made, its remedy is followed as it is printed, and the document goes. The commands are pasted from
`tieout documents show`; what stands in capitals is filled in as a person would. Codes that are not made here stand in
`MADE_ELSEWHERE` with the place, or in `NOT_MADE` with the reason.
"""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import simplejson

from mappers.problems import CODES
from standins.quickbooks.documents import rules
from standins.quickbooks.documents.amounts import total_of
from tests.integration.cli.conftest import Tieout
from tests.stage import REALM, Stage

Json = dict[str, Any]

PAPER: Json = {"name": "Copy paper", "quantity": 10, "price": "54.00", "account": "Office Supplies"}
DONE = {"synced", "never", "removed", "open"}

BRITISH_PAPER: Json = {"name": "Paper", "quantity": 1, "price": "10.00", "account": "Office Stationery"}
UK = ("9130002", "ann@widgets-uk.example", "precoro-sandbox-key-2")

MADE_ELSEWHERE: Mapping[str, str] = {
    "file_elsewhere": "integration/workers/attachments/test_kind.py",
    "credit_applied": "integration/workers/documents/test_credit_notes.py",
    "link_refused": "integration/workers/documents/test_links.py",
    "order_is_later": "unit/mappers/documents/test_links.py",
    "waits_for_predecessor": "unit/mappers/documents/test_credit_notes.py",
    "withholding_unclear": "unit/mappers/documents/test_bills.py",
    "withholding_code_unusable": "unit/mappers/documents/test_bills.py",
    "allocation_unclear": "unit/mappers/documents/test_bills.py",
    "entry_currency": "unit/mappers/documents/test_bills.py",
    "item_not_for_purchase": "unit/mappers/documents/test_bills.py",
    "line_currency": "unit/mappers/documents/test_bills.py",
    "multicurrency_off": "unit/mappers/documents/test_bills.py",
    "option_not_paired": "unit/mappers/documents/test_bills.py",
    "option_unclear": "unit/mappers/documents/test_bills.py",
    "rate_base_unknown": "unit/mappers/documents/test_bills.py",
    "rate_is_one": "unit/mappers/documents/test_bills.py",
    "rate_missing": "unit/mappers/documents/test_bills.py",
    "rate_of_another_home": "unit/mappers/documents/test_bills.py",
    "rate_unclear": "unit/mappers/documents/test_bills.py",
    "rate_unproven": "unit/mappers/documents/test_bills.py",
    "several_classes": "unit/mappers/documents/test_bills.py",
    "several_locations": "unit/mappers/documents/test_bills.py",
    "tax_code_ambiguous": "unit/mappers/documents/test_bills.py",
    "tax_code_missing": "unit/mappers/documents/test_bills.py",
    "tax_compound": "unit/mappers/documents/test_bills.py",
    "tax_rate_differs": "unit/mappers/documents/test_bills.py",
    "tax_reverse_charge": "unit/mappers/documents/test_bills.py",
    "zero_code_unusable": "unit/mappers/documents/test_bills.py",
    "no_lines": "unit/mappers/documents/test_properties.py",
    "stands_in_closed_period": "unit/mappers/documents/test_update.py",
    "order_billed": "integration/workers/documents/test_orders_and_abroad.py",
    "items_on_purchases_off": "unit/mappers/documents/test_purchase_orders.py",
    "payable_account_missing": "unit/mappers/documents/test_purchase_orders.py",
    "payable_account_unusable": "unit/mappers/documents/test_purchase_orders.py",
    "purchase_orders_off": "unit/mappers/documents/test_purchase_orders.py",
    "edition_too_small": "integration/workers/connections/test_connect.py",
    "payment_details_changed": "integration/workers/suppliers/test_conflicts.py",
    "similar_vendor": "integration/workers/suppliers/test_set_up.py",
    "supplier_changed_on_both_sides": "integration/workers/suppliers/test_conflicts.py",
    "supplier_currency_locked": "integration/workers/suppliers/test_conflicts.py",
    "supplier_currency_unknown": "unit/mappers/suppliers/test_profile.py",
    "supplier_differs": "integration/workers/suppliers/test_set_up.py",
    "supplier_has_several_currencies": "unit/mappers/suppliers/test_profile.py",
    "credit_unassigned": "unit/mappers/payments/test_plan.py",
    "invoice_not_payable": "integration/cli/test_payments.py",
    "payment_currency": "unit/mappers/payments/test_plan.py",
    "payment_exceeds_open": "integration/cli/test_payments.py",
    "payment_not_cancelled": "integration/cli/test_payments.py",
    "payment_refused": "integration/cli/test_payments.py",
    "payment_unclear": "integration/cli/test_payments.py",
    "possible_double_payment": "integration/cli/test_payments.py",
    "recorded_twice": "integration/workers/payments/test_kind.py",
    "vendor_name_taken": "integration/workers/suppliers/test_set_up.py",
    "vendor_name_too_long": "unit/mappers/suppliers/test_profile.py",
}
"""Codes that are made where their rule is tested; that their commands can be pasted is tested for every code."""
NOT_MADE: Mapping[str, str] = {
    "line_unreadable": "Precoro's stand-in adds up every line, and takes none without a price",
    "not_visible": "it needs a key of a person who sees less, and Precoro's stand-in shows every key everything",
    "supplier_missing": "Precoro's stand-in makes no document without a supplier",
    "supplier_unreadable": "both stand-ins send suppliers and vendors that can be read",
    "vendor_gone": "QuickBooks deletes no vendor, and merged ones are followed",
    "refused_by_precoro": "the stand-in takes what Tieout writes to a supplier; the exit is to correct and save it in Precoro",
    "tax_rate_unusable": "the rate has to end after it was matched, and no stand-in lets the day pass",
    "tax_sums_unclear": "it takes a code of several rates that was chosen by hand and fits no document",
}
"""Codes that nothing makes, and why."""


@dataclass
class Scene:
    """A house with its command line, and the invoices made in it.

    Args:
        supplier, line: what an invoice has unless it is told otherwise
    """

    stage: Stage
    tieout: Tieout
    supplier: str = "Acme Supply"
    line: Json = field(default_factory=PAPER.copy)
    number: int = 500
    originals: dict[str, Any] = field(default_factory=dict)

    def invoice(self, **more: Any) -> Json:
        """Approve another invoice."""
        self.number += 1
        usual = {"supplier": self.supplier, "lines": [self.line], "issueDate": "2026-11-02"}
        form = {"number": f"INV-{self.number}", "invoiceNumber": f"S-{self.number}", **usual, **more}
        return self.stage.approved(**form)

    def broken(self, **values: Any) -> Json:
        """Approve an invoice in which a field is wrong; `mend` puts it right."""
        document = self.invoice()
        self.originals[document["id"]] = {name: document[name] for name in values}
        self.stage.change(document, **values)
        return document

    def mend(self, document: Json) -> None:
        """Put right in Precoro what `broken` broke, in another second: `updateDate` counts whole ones."""
        time.sleep(1)
        self.stage.change(document, **self.originals[document["id"]])

    def sent(self, **more: Any) -> tuple[Json, Json]:
        """Return an invoice that stands in QuickBooks, with its bill."""
        document = self.invoice(**more)
        self.stage.until_state(document, "synced")
        record = self.stage.record(document)
        return document, next(bill for bill in self.stage.bills() if bill["Id"] == record.qbo_id)

    def revise(self, document: Json) -> None:
        """Approve another version."""
        self.stage.act(document, "revise")
        self.stage.change(document, lines=[{**PAPER, "quantity": 11}])
        self.stage.act(document, "approve")

    def in_quickbooks(self, path: str, **body: Any) -> Any:
        """Act as a person in QuickBooks."""
        return self.stage.quickbooks.post(f"{path}?realm={REALM}", **body)

    def remedies(self, document: Json, code: str) -> dict[str, str]:
        """Return the commands that are printed for a problem, by their acts."""
        shown = simplejson.loads(self.tieout("documents", "show", f"invoice:{document['idn']}", "--json").stdout)
        problem = next(problem for problem in shown["problems"] if problem["code"] == code)
        return {act["act"]: act["command"] for act in problem["remedy"]["acts"]}

    def paste(self, command: str, **filled_in: str) -> None:
        """Run a command as it was printed, with what stands in capitals filled in."""
        words = shlex.split(command)
        words = [filled(word, filled_in) for word in words]
        done = self.tieout(*words[1:])
        assert done.exit_code == 0, (command, done.output)


def filled(word: str, filled_in: Mapping[str, str]) -> str:
    """Return a word of a command, or what a person fills in for it, such as for ACCOUNT in `setting=ACCOUNT`."""
    before, equals, blank = word.rpartition("=")
    return before + equals + filled_in.get(blank.casefold().replace("-", "_"), blank) if blank.isupper() else word


Make = Callable[[Scene], Json]
Leave = Callable[[Scene, Json, Mapping[str, str]], None]


def paste(act: str, *options: str, **filled_in: str) -> Leave:
    """Follow a remedy by the command of one act."""
    return lambda scene, _, commands: scene.paste(" ".join((commands[act], *options)), **filled_in)


def mended(scene: Scene, document: Json, _: Mapping[str, str]) -> None:
    scene.mend(document)


def typed_before(scene: Scene) -> Json:
    detail = {"AccountRef": {"value": "42"}}
    line = {"Amount": 5, "DetailType": "AccountBasedExpenseLineDetail", "AccountBasedExpenseLineDetail": detail}
    scene.in_quickbooks("bill", VendorRef={"value": "56"}, DocNumber="T-1", TxnDate="2026-11-02", Line=[line])
    return scene.invoice(invoiceNumber="T-1")


def paid_by_card(scene: Scene) -> Json:
    detail = {"AccountRef": {"value": "42"}}
    line = {
        "Amount": Decimal("540.00"),
        "DetailType": "AccountBasedExpenseLineDetail",
        "AccountBasedExpenseLineDetail": detail,
    }
    vendor = {"value": "56", "type": "Vendor"}
    card = {"PaymentType": "CreditCard", "AccountRef": {"value": "41"}}
    scene.in_quickbooks("purchase", **card, EntityRef=vendor, TxnDate="2026-11-04", Line=[line])
    return scene.invoice(lines=[PAPER])


def typed_afterwards(scene: Scene) -> Json:
    document, bill = scene.sent()
    scene.in_quickbooks("bill", **{name: bill[name] for name in ("VendorRef", "DocNumber", "TxnDate", "Line")})
    return document


def changed(scene: Scene) -> Json:
    document, bill = scene.sent()
    scene.in_quickbooks(f"bill/{bill['Id']}", set={"Line": [{**bill["Line"][0], "Amount": Decimal("500.00")}]})
    scene.revise(document)
    return document


def changed_and_cancelled(scene: Scene) -> Json:
    document, bill = scene.sent()
    scene.in_quickbooks(f"bill/{bill['Id']}", set={"Line": [{**bill["Line"][0], "Amount": Decimal("500.00")}]})
    scene.stage.act(document, "cancel")
    return document


def deleted(scene: Scene) -> Json:
    document, bill = scene.sent()
    scene.in_quickbooks(f"bill/{bill['Id']}", do="delete")
    scene.revise(document)
    return document


def paid(scene: Scene) -> Json:
    document, bill = scene.sent()
    payment = scene.in_quickbooks(f"bill/{bill['Id']}", do="pay", amount="100.00")
    scene.originals[document["id"]] = payment["Id"]
    scene.revise(document)
    return document


def voided(scene: Scene, document: Json, _: Mapping[str, str]) -> None:
    scene.in_quickbooks(f"billpayment/{scene.originals[document['id']]}", do="void")


def of_another(scene: Scene) -> Json:
    document, bill = scene.sent()
    scene.in_quickbooks(f"bill/{bill['Id']}", set={"PrivateNote": "tieout:widgets-inc:invoice:1"})
    scene.revise(document)
    return document


def answered_wrongly(scene: Scene) -> Json:
    with pytest.MonkeyPatch.context() as wrong:
        wrong.setattr(rules, "total_of", lambda record: total_of(record) - Decimal("0.01"))
        document = scene.invoice()
        scene.stage.until_state(document, "held")
    return document


def refused(code: str) -> Make:
    def make(scene: Scene) -> Json:
        match = {"method": "POST", "path": "/bill$"}
        scene.stage.quickbooks.post("faults", match=match, fault="refuse", code=int(code), detail="No.")
        return scene.invoice()

    return make


def sent_again(scene: Scene, _: Json, commands: Mapping[str, str]) -> None:
    scene.stage.quickbooks.delete("faults")
    scene.paste(commands["send_document"])


def deactivated(path: str, **form: Any) -> Make:
    def make(scene: Scene) -> Json:
        scene.in_quickbooks(path, do="deactivate")
        scene.stage.settle()
        return scene.invoice(**form)

    return make


def with_vendor(scene: Scene, _: Json, __: Mapping[str, str]) -> None:
    scene.in_quickbooks("vendor/60", do="activate")


def on_lines(**more: Any) -> Make:
    return lambda scene: scene.invoice(lines=[{**scene.line, **more}])


def paired_with_payables(scene: Scene) -> Json:
    scene.paste("tieout connections pair widgets-inc account Lodging 33")
    return scene.invoice(lines=[{**PAPER, "account": "Lodging"}])


def without_tax(scene: Scene, _: Json, commands: Mapping[str, str]) -> None:
    scene.paste(commands["choose_zero_code"], id="4")
    scene.paste(commands["change_setting"])


def in_closed_books(scene: Scene) -> Json:
    scene.stage.quickbooks.post("settings", book_close_date="2026-10-31")
    scene.tieout("connections", "refresh", "widgets-inc")
    return scene.invoice(issueDate="2026-10-20")


EXITS: Mapping[str, tuple[Make, Leave]] = {
    "status_unknown": (lambda scene: scene.broken(status=99), mended),
    "unreadable_document": (lambda scene: scene.broken(issueDate="soon"), mended),
    "total_does_not_tie": (lambda scene: scene.broken(sum=Decimal("999.00")), mended),
    "date_missing": (lambda scene: scene.broken(issueDate=None), mended),
    "total_negative": (on_lines(price="-5.00"), paste("ignore_document")),
    "supplier_not_paired": (
        lambda scene: scene.invoice(supplier="Evergreen Catering"), paste("pair_supplier", vendor="67"),
    ),
    "vendor_unusable": (deactivated("vendor/60", supplier="Bluebonnet Cleaning"), with_vendor),
    "account_missing": (on_lines(account=None), paste("choose_line_account", account="42")),
    "entry_unusable": (
        deactivated("account/104", lines=[{**PAPER, "account": "Lodging"}]), paste("pair_entry", twin="22"),
    ),
    "possible_duplicate": (typed_before, paste("adopt_document", "--yes")),
    "possible_expense": (paid_by_card, paste("send_anyway")),
    "already_in_quickbooks": (lambda scene: scene.invoice(externalId="77777"), paste("send_anyway")),
    "entered_again": (typed_afterwards, paste("send_anyway")),
    "changed_in_quickbooks": (changed, paste("restore_drift")),
    "total_differs_in_quickbooks": (answered_wrongly, paste("keep_document")),
    "changed_before_removal": (changed_and_cancelled, paste("keep_document")),
    "deleted_in_quickbooks": (deleted, paste("send_anyway")),
    "bill_locked": (paid, voided),
    "belongs_to_another": (of_another, paste("ignore_document")),
    "refused_by_quickbooks": (refused("6000"), sent_again),
    "reference_refused": (refused("2500"), sent_again),
    "period_closed": (in_closed_books, paste("change_setting")),
    "account_type": (paired_with_payables, paste("pair_entry", twin="22")),
    "item_unusable": (
        deactivated("item/11", lines=[{**PAPER, "item": "PEN-1", "account": None}]), paste("pair_product", item="12"),
    ),
    "withholding_not_mapped": (on_lines(taxes=["Withholding 24"]), paste("map_withholding", "--yes", account="57")),
}  # fmt: skip
"""How each problem is made, and left by its remedy."""
EXITS_ABROAD: Mapping[str, tuple[Make, Leave]] = {
    "vendor_currency": (
        lambda scene: scene.invoice(currency="EUR", lines=[{**BRITISH_PAPER, "taxes": ["VAT 20"]}]),
        paste("pair_supplier_in", vendor="Lindqvist Lager AB"),
    ),
    "tax_missing": (Scene.invoice, without_tax),
    "tax_not_paired": (
        on_lines(taxes=["VAT 20 reverse charge"]), paste("match_tax", "--yes", code="20.0% S"),
    ),
    "tax_partly_recoverable": (
        on_lines(taxes=["VAT 20"], usedTaxPercent=50), paste("match_tax", "--yes", code="20.0% S"),
    ),
}  # fmt: skip
"""The same in a British company."""


@pytest.fixture
def scene(empty_stage: Stage, tieout: Tieout) -> Scene:
    """Return a house that is connected."""
    empty_stage.begin_connected()
    return Scene(empty_stage, tieout)


@pytest.fixture
def abroad(empty_stage: Stage, tieout: Tieout) -> Scene:
    """Return a house that is connected with a British company."""
    empty_stage.begin_connected(None, *UK)
    return Scene(empty_stage, tieout, "Crown Stationers", BRITISH_PAPER)


def test_every_code_has_its_exit_here_or_a_reason() -> None:
    tables = (EXITS, EXITS_ABROAD, MADE_ELSEWHERE, NOT_MADE)
    assert sorted(code for table in tables for code in table) == sorted(CODES)


@pytest.mark.parametrize("code", MADE_ELSEWHERE)
def test_a_code_that_is_made_elsewhere_is_made_there(code: str) -> None:
    tests = Path(__file__).parent.parent.parent
    assert f'"{code}"' in (tests / MADE_ELSEWHERE[code]).read_text(encoding="utf-8")


@pytest.mark.parametrize("code", EXITS)
def test_a_held_document_goes_when_its_remedy_is_followed_as_it_is_printed(scene: Scene, code: str) -> None:
    follow(scene, code, *EXITS[code])


@pytest.mark.parametrize("code", EXITS_ABROAD)
def test_a_held_document_abroad_goes_when_its_remedy_is_followed_as_it_is_printed(abroad: Scene, code: str) -> None:
    follow(abroad, code, *EXITS_ABROAD[code])


def follow(scene: Scene, code: str, make: Make, leave: Leave) -> None:
    """Make a problem, follow its remedy, and wait until the document has gone."""
    document = make(scene)
    scene.stage.until(lambda: code in codes(scene, document), f"{code} of {document['customName']}")
    leave(scene, document, scene.remedies(document, code))
    scene.stage.until(
        lambda: scene.stage.record(document).state in DONE and not codes(scene, document), f"the end of {code}"
    )


def codes(scene: Scene, document: Json) -> list[str]:
    records = [record for record in scene.stage.records() if record.precoro_id == str(document["id"])]
    return [problem.code for record in records for problem in record.problems]
