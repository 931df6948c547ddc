"""What the command line prints and reads."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import click
import pytest

from cli.consent import read
from cli.errors import CouldNotRunError, NotFoundError, WrongError
from cli.events import Since
from cli.output import exact_json, money, print_csv, print_facts, print_json, print_line, print_table, say
from mappers.documents.document import DocumentKind
from mappers.text import plural
from store.records import INVOICE, PURCHASE_ORDER
from workers.connections.connect import SERVERS
from workers.lookup import DocumentName

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
    assert capsys.readouterr().out == '{\n  "amount": "1284.370",\n  "at": "2026-11-23T09:00:00+00:00"\n}\n'


def test_an_entity_is_printed_as_the_very_json_that_is_sent(capsys: pytest.CaptureFixture[str]) -> None:
    print_json(exact_json({"Amount": Decimal("540.00")}))
    assert capsys.readouterr().out == '{\n  "Amount": 540.00\n}\n'


def test_a_table_keeps_what_is_short_on_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("name", "amount"), [("a\nb", "1.00"), ("c", "100.00")], right=("amount",))
    assert capsys.readouterr().out == "name  amount\na b     1.00\nc     100.00\n"


def test_a_table_fits_100_columns_and_cuts_nothing_off(capsys: pytest.CaptureFixture[str]) -> None:
    words = [f"word{number}" for number in range(60)]
    print_table(("id", "why", "amount"), [("1", " ".join(words), "1.00"), ("2", "short", "100.00")], right=("amount",))
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 100
    assert [word for line in lines for word in line.split() if word.startswith("word")] == words
    assert [line.split()[0] for line in (lines[1], lines[-1])] == ["1", "2"]
    assert lines[-1].endswith("100.00")


def test_sentences_go_below_their_rows_where_they_do_not_fit(capsys: pytest.CaptureFixture[str]) -> None:
    sentence = "Supplier Evergreen Catering is not paired with a vendor, so nobody knows whom to pay. " * 2
    heads, rows = ("document", "why"), [("invoice:203", sentence), ("invoice:204", "")]
    print_table(heads, rows, notes=True)
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if not line.startswith("    ")] == ["document", "invoice:203", "invoice:204"]
    assert " ".join(" ".join(lines[2:-1]).split()) == sentence.strip()
    print_table(heads, [("invoice:203", "no_terms")], notes=True)
    assert capsys.readouterr().out.splitlines()[1] == "invoice:203  no_terms"


def test_a_word_longer_than_a_line_is_not_broken(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("path",), [("/v3/" + "x" * 120,)])
    assert "/v3/" + "x" * 120 in capsys.readouterr().out


@pytest.mark.parametrize(("number", "text"), [(0, "0 changes"), (1, "1 change"), (2, "2 changes")])
def test_one_is_not_said_in_the_plural(number: int, text: str) -> None:
    assert plural(number, "change") == text


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
    assert DocumentName.read(text) == DocumentName(name, kind)


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
    assert SERVERS == {"international": "https://api.precoro.com", "us": "https://api.precoro.us"}


EVIL = "INV-1\nForged\x1b]0;TITLE\x07\u202e"


def test_a_name_drives_no_terminal_and_forges_no_line(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("name",), [(EVIL,)])
    print_facts({"name": EVIL})
    print_line(EVIL)
    print_json({"name": EVIL})
    print_csv(("name",), [(EVIL,)])
    say(EVIL)
    printed = capsys.readouterr()
    assert (printed.out + printed.err).replace("\r\n", "").replace("\n", "").isprintable()
    assert not [line for line in (printed.out + printed.err).splitlines() if line.startswith("Forged")]


@pytest.mark.parametrize("error", [WrongError, CouldNotRunError, NotFoundError])
def test_an_error_that_quotes_a_name_is_one_line(error: type[click.ClickException]) -> None:
    assert error(EVIL).format_message().isprintable()


@pytest.mark.parametrize("cell", ["=HYPERLINK(1)", "+1", "-1+1", "@SUM(1)", "\t=1", "\r=1", "\n=1"])
def test_no_spreadsheet_finds_a_formula_in_csv(capsys: pytest.CaptureFixture[str], cell: str) -> None:
    print_csv(("what", "subject"), [("add", cell), ("add", "Evergreen, Ltd")])
    (_, first, second) = csv.reader(capsys.readouterr().out.splitlines())
    assert first[1][0] in "'\\"
    assert second == ["add", "Evergreen, Ltd"]
