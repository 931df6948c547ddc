"""Texts fit QuickBooks, nothing is cut silently, and our marker is always found again."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappers.text import (
    clean,
    document_number,
    find_marker,
    is_same_number,
    length,
    long_text,
    marker,
    normalised_number,
    sentence,
    visible,
    with_marker,
)

MARK = marker("widgets", "invoice", 203)


@given(st.text())
def test_no_control_character_survives_and_cleaning_twice_changes_nothing(text: str) -> None:
    cleaned = clean(text)
    assert not [c for c in cleaned if (ord(c) < 32 and c != "\n") or 127 <= ord(c) < 160]
    assert clean(cleaned) == cleaned


@given(st.text(min_size=1, max_size=60))
def test_a_number_fits_and_two_long_ones_differ(number: str) -> None:
    short, notes = document_number(number)
    assert length(short) <= 21
    assert bool(notes) == (length(" ".join(clean(number).split())) > 21)


@given(st.text(max_size=30), st.integers(0, 4200))
def test_a_private_note_ends_with_the_marker_whatever_people_write(text: str, padding: int) -> None:
    note, notes = with_marker(text + "x" * padding, MARK)
    assert len(note) <= 4000
    assert find_marker(note) == MARK
    assert note.endswith(MARK)
    assert bool(notes) == (len(clean(text + "x" * padding)) + len(MARK) + 1 > 4000)


def test_a_number_that_looks_like_a_marker_stays_legible_in_the_note_and_marks_nothing() -> None:
    note, _ = with_marker("Number: tieout:widgets:invoice:7", MARK)
    assert note == f"Number: tieout :widgets:invoice:7\n{MARK}"
    assert with_marker(note, MARK) == (note, ())
    assert find_marker("Number: tieout :widgets:invoice:7") is None


def test_only_a_whole_marker_is_one_and_the_last_counts() -> None:
    assert find_marker("tieout:widgets:invoice:20") != MARK
    assert find_marker(f"tieout:other:invoice:9\n{MARK}") == MARK
    assert find_marker("tieout: soon") is None
    assert find_marker(None) is None


def test_a_number_longer_than_any_in_quickbooks_is_compared_all_the_same() -> None:
    long = "INV-" + "7" * 90
    assert is_same_number(long, long.lower().replace("-", " "))
    assert not is_same_number(long, long + "8")


def test_numbers_are_the_same_but_for_case_signs_spaces_and_leading_zeros() -> None:
    assert normalised_number("INV-00 12/a") == normalised_number("inv0012A") == "inv12a"
    assert normalised_number("000123") == normalised_number("123")
    assert normalised_number("１２３") == "123"
    assert normalised_number("") == normalised_number("--") == ""
    assert normalised_number("A1") != normalised_number("B1")


def test_marks_between_digits_stay_one_separator() -> None:
    assert normalised_number("2026-1-11") == normalised_number("2026 / 1 -- 11") == "2026-1-11"
    assert normalised_number("0041-2250-9") == "41-2250-9"
    assert not is_same_number("2026-1-11", "2026-11-1")
    assert is_same_number("2026111", "2026-11-1")
    assert not is_same_number("", "--")


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("MB-42", "mb 0042", True),
        ("K-1", "K 01", True),
        ("INV-001", "INV-1", True),
        ("2026-01-011", "2026-1-11", True),
        ("A0-01", "A00/1", True),
        ("2026-1-11", "2026-11-1", False),
        ("INV-10", "INV-1", False),
        ("INV-100", "INV-1", False),
        ("K-1", "K-0", False),
    ],
)
def test_leading_zeros_of_any_run_of_digits_make_no_other_number(first: str, second: str, same: bool) -> None:
    assert is_same_number(first, second) is is_same_number(second, first) is same


@pytest.mark.parametrize("stored", ["20260111", "2026-01-11", "2026-1-11"])
def test_a_number_that_was_stored_in_any_form_is_still_the_same(stored: str) -> None:
    assert is_same_number(stored, "2026/01/11")


def test_an_emoji_counts_twice_and_is_never_cut_in_half() -> None:
    text, notes = long_text("😀" * 2001, "Memo")
    assert (len(text.encode("utf-16-le")) // 2, text.endswith("😀 …")) == (4000, True)
    assert notes
    assert document_number("😀" * 11)[1]


def test_a_long_text_says_that_its_end_is_left_out() -> None:
    text, notes = long_text("y" * 4001, "Description of line Pen")
    assert len(text) == 4000
    assert text.endswith(" …")
    assert notes[0].code == "text_shortened"
    assert "Description of line Pen" in notes[0].sentence


@given(st.text())
def test_what_is_shown_can_be_printed_and_is_on_one_line(text: str) -> None:
    shown = visible(text)
    assert all(c.isprintable() or unicodedata.category(c) == "Zs" for c in shown)
    assert len(shown.splitlines()) <= 1


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Zoë Głowno, 株式会社\u00a0K", "Zoë Głowno, 株式会社\u00a0K"),
        ("INV-1\nFORGED LINE", "INV-1\\nFORGED LINE"),
        ("\x1b]0;TITLE\x07", "\\u001b]0;TITLE\\u0007"),
        ("\x9b31m", "\\u009b31m"),
        ("gpj\u202e.exe", "gpj\\u202e.exe"),
        ("\ud800 \U000e0041", "\\ud800 \\udb40\\udc41"),
    ],
)
def test_names_stay_as_they_are_and_what_drives_a_terminal_is_escaped(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(st.text())
def test_what_is_escaped_within_json_is_the_same_text(text: str) -> None:
    assert json.loads(visible(json.dumps(text, ensure_ascii=False))) == text


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("changed to 512.00", "Changed to 512.00."),
        ("Paid by IBAN.", "Paid by IBAN."),
        ("Whose?", "Whose?"),
        ("ignored by ann", "Ignored by ann."),
        ("", ""),
    ],
)
def test_a_sentence_begins_with_a_capital_and_ends_with_a_stop(text: str, written: str) -> None:
    assert sentence(text) == written
