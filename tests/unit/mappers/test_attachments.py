"""Which files QuickBooks takes, and which sentence refuses the others."""

from __future__ import annotations

import pytest

from mappers.attachments import MEBIBYTE, refusal


@pytest.mark.parametrize(
    ("name", "size", "why"),
    [
        ("quote.pdf", 23_011, None),
        ("Scan.JPG", 1, None),
        ("a.tar.gz", 1, "does not take files such as a.tar.gz"),
        ("quote.heic", 1, "does not take files such as quote.heic"),
        ("quote", 1, "does not take"),
        ("quote.pdf", 100 * MEBIBYTE, None),
        ("quote.pdf", 101 * MEBIBYTE, "quote.pdf has 101 MB; QuickBooks takes at most 100 MB"),
        ("quote.pdf", 0, "is empty"),
        (f"{'x' * 997}.pdf", 1, "longer than 1000 characters"),
    ],
)
def test_a_file_is_refused_before_it_is_sent_with_a_sentence(name: str, size: int, why: str | None) -> None:
    reason = refusal(name, size)
    assert (reason is None) is (why is None)
    assert (why or "") in (reason or "")
