"""What the command line prints and reads."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import click
import pytest

from cli.connections import HOSTS
from cli.consent import read
from cli.errors import WrongError
from cli.events import Since
from cli.output import money, print_json, print_table
from mappers.documents.document import DocumentKind
from store.records import INVOICE, PURCHASE_ORDER
from workers.ops.views import Name

REDIRECT = "http://127.0.0.1:8705/callback"


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        (Decimal("1284.37"), "USD 1,284.37"),
        (Decimal(540), "USD 540.00"),
        (Decimal("0.125"), "USD 0.125"),
        (Decimal("1E+3"), "USD 1,000.00"),
        (Decimal("-76.1"), "USD -76.10"),
        (None, ""),
    ],
)
def test_an_amount_has_two_decimals_or_as_many_as_it_needs(amount: Decimal | None, shown: str) -> None:
    assert money("USD", amount) == shown


def test_json_keeps_all_digits_and_writes_times_in_iso(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"amount": Decimal("1284.370"), "at": datetime(2026, 11, 23, 9, tzinfo=UTC)})
    assert capsys.readouterr().out == '{\n  "amount": 1284.370,\n  "at": "2026-11-23T09:00:00+00:00"\n}\n'


def test_a_table_cuts_nothing_off_and_keeps_a_cell_on_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("name", "amount"), [("a\nb" * 40, "1.00"), ("c", "100.00")], right=("amount",))
    lines = capsys.readouterr().out.splitlines()
    assert [len(line) for line in lines] == [max(map(len, lines))] * 3
    assert lines[2].endswith("100.00")


@pytest.mark.parametrize(
    ("text", "kind", "name"),
    [
        ("INV-203", None, "INV-203"),
        ("203", None, "203"),
        ("invoice:203", INVOICE, "203"),
        ("po:17", PURCHASE_ORDER, "17"),
        ("Purchase_Order:17", PURCHASE_ORDER, "17"),
        ("A:B", None, "A:B"),
    ],
)
def test_a_document_is_named_with_or_without_its_kind(text: str, kind: DocumentKind | None, name: str) -> None:
    assert Name.read(text) == Name(name, kind)


def test_since_is_a_span_or_a_moment() -> None:
    def since(text: str) -> datetime:
        return Since().convert(text, None, None)

    assert since("2026-11-23") == datetime(2026, 11, 23, tzinfo=UTC)
    assert since("2026-11-23T10:00+02:00") == datetime(2026, 11, 23, 8, tzinfo=UTC)
    assert abs(datetime.now(UTC) - timedelta(hours=2) - since("2h")) < timedelta(minutes=1)
    with pytest.raises(click.BadParameter):
        since("soon")


def test_only_the_answer_to_our_own_attempt_is_taken() -> None:
    good = read(f"{REDIRECT}?code=c&state=s&realmId=1", "s", REDIRECT)
    assert (good.code, good.realm) == ("c", "1")
    for query in ("code=c&realmId=1", "code=c&state=x&realmId=1", "state=s&error=access_denied", "state=s&code=c", ""):
        with pytest.raises(WrongError):
            read(f"{REDIRECT}?{query}", "s", REDIRECT)


def test_both_servers_of_precoro_can_be_chosen() -> None:
    assert HOSTS == {"international": "https://api.precoro.com", "us": "https://api.precoro.us"}
