"""Every reason to hold a document has an exit that exists.

Each problem is made, its remedy is followed as it is printed, and the document goes. The commands are pasted from `tieout documents show`; what stands in capitals is filled in as a person would. Codes that are
not made here stand in `ELSEWHERE`, with the place that shows their exit, or the reason why nothing can make them.
"""

from __future__ import annotations

import shlex
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

ELSEWHERE: Mapping[str, str] = {
    "line_unreadable": "Precoro's stand-in adds up every line, and takes none without a price; the exit is that of date_missing",
    "line_currency": "Precoro's stand-in gives every line the currency of its document; the exit is that of date_missing",
    "allocation_unclear": "unit/mappers/documents/test_bills.py; the exit is that of date_missing",
    "several_locations": "unit/mappers/documents/test_bills.py; unit/mappers/settings/test_affected.py shows the exit",
    "account_type": "unit/mappers/documents/test_bills.py; the exit is that of entry_unusable",
    "item_unusable": "unit/mappers/documents/test_bills.py; cli/test_products.py shows the exit",
    "withholding_not_mapped": "workers/taxes/test_match.py",
    "not_visible": "workers/documents/test_identity.py: the document goes on when it is shown again",
    "no_lines": "a line of quantity 0 leaves an invoice of 0.00, which posts nothing; only an order can be without lines",
    "supplier_missing": "Precoro's stand-in makes no document without a supplier",
    "stands_in_closed_period": "unit/mappers/documents/test_plan.py; the exit is that of period_closed",
    "multicurrency_off": "a company cannot be given vendors in another currency while it has one currency only",
    "vendor_currency": "unit/mappers/documents/test_bills.py; the exit is that of supplier_not_paired",
    "rate_missing": "the stand-in has a rate for every currency; the exit is to send again",
    "rate_is_one": "unit/mappers/documents/test_bills.py: made and left by the setting that the remedy names",
    "rate_base_unknown": "unit/mappers/documents/test_bills.py; the setting that the remedy names asks QuickBooks instead",
    "rate_of_another_home": "unit/mappers/documents/test_bills.py; the setting that the remedy names asks QuickBooks instead",
    "rate_unproven": "unit/mappers/documents/test_bills.py; the setting that the remedy names asks QuickBooks instead",
    "rate_unclear": "unit/mappers/documents/test_bills.py; the setting that the remedy names asks QuickBooks instead",
    "payable_account_missing": "unit/mappers/documents/test_purchase_orders.py; settings/test_rules.py shows the choice",
    "payable_account_unusable": "unit/mappers/documents/test_purchase_orders.py; settings/test_rules.py shows the choice",
    "purchase_orders_off": "unit/mappers/documents/test_purchase_orders.py: send=invoices ends it",
    "edition_too_small": "unit/mappers/documents/test_bills.py; a plan is changed at Intuit and read again once a day",
    "items_on_purchases_off": "unit/mappers/documents/test_bills.py; preferences are read again while something waits for them",
    "supplier_unreadable": "workers/suppliers/test_conflicts.py",
    "supplier_differs": "workers/suppliers/test_conflicts.py",
    "supplier_changed_on_both_sides": "workers/suppliers/test_conflicts.py",
    "payment_details_changed": "workers/suppliers/test_conflicts.py",
    "supplier_currency_locked": "workers/suppliers/test_kind.py",
    "supplier_has_several_currencies": "cli/test_suppliers.py",
    "supplier_currency_unknown": "a supplier without documents; it is looked at again when multicurrency is on",
    "vendor_gone": "workers/suppliers/test_conflicts.py",
    "similar_vendor": "cli/test_suppliers.py",
    "vendor_name_taken": "cli/test_suppliers.py",
    "vendor_name_too_long": "unit/mappers/suppliers/test_profile.py",
    "refused_by_precoro": "workers/suppliers/test_conflicts.py",
    "option_not_paired": "workers/reference/test_pairs.py: pairing the option sends what waited for it",
    "option_unclear": "unit/mappers/documents/test_bills.py; the exit is to choose from the list in Precoro",
    "entry_currency": "unit/mappers/documents/test_bills.py; the exit is that of entry_unusable",
    "item_not_for_purchase": "unit/mappers/documents/test_bills.py; the exit is that of item_unusable",
    "several_classes": "unit/mappers/documents/test_bills.py; preferences are read again while something waits for them",
    "tax_missing": "cli/test_taxes.py",
    "zero_code_unusable": "unit/mappers/settings/test_affected.py: choosing the code looks at what waits again",
    "tax_not_paired": "workers/taxes/test_match.py",
    "tax_rate_unusable": "workers/taxes/test_match.py",
    "tax_rate_differs": "workers/taxes/test_match.py",
    "tax_code_missing": "workers/taxes/test_create_codes.py",
    "tax_code_ambiguous": "workers/taxes/test_match.py",
    "tax_partly_recoverable": "workers/taxes/test_match.py",
    "tax_compound": "workers/taxes/test_match.py",
    "tax_reverse_charge": "workers/taxes/test_match.py",
    "tax_sums_unclear": "workers/taxes/test_match.py",
    "withholding_code_unusable": "unit/mappers/documents/test_bills.py; unit/mappers/settings/test_affected.py",
    "withholding_unclear": "unit/mappers/documents/test_bills.py; the exit is that of total_negative",
    "order_billed": "workers/documents/test_orders_and_abroad.py; the exit is that of belongs_to_another",
}


@dataclass
class Scene:
    """A house with its command line, and the invoices made in it."""

    stage: Stage
    tieout: Tieout
    number: int = 500
    originals: dict[str, Any] = field(default_factory=dict)

    def invoice(self, **more: Any) -> Json:
        """Approve another invoice."""
        self.number += 1
        lines = {"lines": [{**PAPER, "price": f"{self.number}.00"}], "issueDate": "2026-11-02"}
        form = {"number": f"INV-{self.number}", "invoiceNumber": f"S-{self.number}", **lines, **more}
        return self.stage.approved(**form)

    def broken(self, **values: Any) -> Json:
        """Approve an invoice in which a field is wrong; `mend` puts it right."""
        document = self.invoice()
        self.originals[document["id"]] = {name: document[name] for name in values}
        self.stage.change(document, **values)
        return document

    def mend(self, document: Json) -> None:
        """Put right in Precoro what `broken` broke."""
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
        for name, value in filled_in.items():
            words = [word.replace(name.upper().replace("_", "-"), value) for word in words]
        done = self.tieout(*words[1:])
        assert done.exit_code == 0, (command, done.output)


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
    return lambda scene: scene.invoice(lines=[{**PAPER, **more}])


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
    "already_in_quickbooks": (lambda scene: scene.invoice(externalId="77777"), paste("send_anyway")),
    "changed_in_quickbooks": (changed, paste("overwrite_document")),
    "total_differs_in_quickbooks": (answered_wrongly, paste("keep_document")),
    "changed_before_removal": (changed_and_cancelled, paste("keep_document")),
    "deleted_in_quickbooks": (deleted, paste("send_anyway")),
    "bill_locked": (paid, voided),
    "belongs_to_another": (of_another, paste("ignore_document")),
    "refused_by_quickbooks": (refused("6000"), sent_again),
    "reference_refused": (refused("2500"), sent_again),
    "period_closed": (in_closed_books, paste("change_setting")),
}  # fmt: skip
"""How each problem is made, and left by its remedy."""


@pytest.fixture
def scene(empty_stage: Stage, tieout: Tieout) -> Scene:
    """Return a house that is connected."""
    empty_stage.begin_connected()
    return Scene(empty_stage, tieout)


def test_every_code_has_its_exit_here_or_a_reason() -> None:
    assert set(EXITS) | set(ELSEWHERE) == set(CODES)
    assert set(EXITS) & set(ELSEWHERE) == set()


@pytest.mark.parametrize(
    "place", sorted({place.partition(":")[0].split("; ")[0] for place in ELSEWHERE.values() if ".py" in place})
)
def test_the_places_that_are_named_exist(place: str) -> None:
    tests = Path(__file__).parent.parent.parent
    assert (tests / place).exists() or (tests / "integration" / place).exists()


@pytest.mark.parametrize("code", EXITS)
def test_a_held_document_goes_when_its_remedy_is_followed_as_it_is_printed(scene: Scene, code: str) -> None:
    make, leave = EXITS[code]
    document = make(scene)
    scene.stage.until(lambda: code in codes(scene, document), f"{code} of {document['customName']}")
    leave(scene, document, scene.remedies(document, code))
    scene.stage.until(
        lambda: scene.stage.record(document).state in DONE and not codes(scene, document),
        f"the end of {code}",
    )


def codes(scene: Scene, document: Json) -> list[str]:
    records = [record for record in scene.stage.records() if record.precoro_id == str(document["id"])]
    return [problem.code for record in records for problem in record.problems]
