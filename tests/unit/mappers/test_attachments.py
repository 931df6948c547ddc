"""Which files go along to what, and which sentence refuses the others."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mappers.attachments import (
    MEBIBYTE,
    Attach,
    Attachment,
    AttachmentFacts,
    Holder,
    find_standing,
    plain_name,
    plan,
    refusal,
)
from mappers.documents.outcomes import Nothing
from mappers.text import marker


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


HERE, THERE = Holder("Bill", "145"), Holder("Bill", "200")
PDF = Attachment("601", "quote.pdf", 23_011)


@pytest.mark.parametrize(
    ("facts", "decision"),
    [
        (AttachmentFacts(PDF, HERE), Attach(HERE)),
        (AttachmentFacts(PDF, HERE, may_stand=True), Attach(HERE, look_first=True)),
        (AttachmentFacts(PDF, HERE, sent_to=THERE), Attach(HERE)),
        (AttachmentFacts(replace(PDF, size=None), HERE), Attach(HERE)),
        (AttachmentFacts(PDF, HERE, sent_to=HERE), "synced"),
        (AttachmentFacts(PDF, HERE, sent_to=HERE, is_shown=False), "synced"),
        (AttachmentFacts(PDF, HERE, sent_to=HERE, is_switched_on=False), "synced"),
        (AttachmentFacts(PDF, HERE, sent_to=THERE, is_shown=False), "synced"),
        (AttachmentFacts(PDF, None, sent_to=HERE), "removed"),
        (AttachmentFacts(PDF, None), "open"),
        (AttachmentFacts(PDF, HERE, is_shown=False), "open"),
        (AttachmentFacts(PDF, HERE, is_switched_on=False), "open"),
        (AttachmentFacts(PDF, HERE, refused="quote.pdf is empty."), "never"),
        (AttachmentFacts(replace(PDF, name="all.zip"), None, is_switched_on=False), "never"),
    ],
)
def test_each_file_goes_to_each_entity_once(facts: AttachmentFacts, decision: Attach | str) -> None:
    decided = plan(facts)
    assert (decided.state if isinstance(decided, Nothing) else decided) == decision


def test_a_file_is_known_by_its_marker_and_one_of_others_by_name_and_size() -> None:
    mark = marker("widgets-inc", "attachment", "601")
    ours = {"Id": "1", "Note": mark, "FileName": "renamed.pdf"}
    other = {"Id": "2", "Note": f"{mark}1", "FileName": "quote.pdf", "Size": 23_011}
    nameless = {"Id": "3"}
    assert find_standing([nameless, other, ours], mark) == ours
    assert find_standing([nameless, other], mark) is None
    assert find_standing([nameless, other], mark, PDF) == other
    assert find_standing([nameless, {**other, "Size": 1}], mark, PDF) is None
    assert find_standing([nameless, other], mark, replace(PDF, size=None)) is None


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("Zażółć 日本 (1).pdf", "Zażółć 日本 (1).pdf"),
        ("../../etc/passwd.txt", ".._.._etc_passwd.txt"),
        ("..\\a.txt", ".._a.txt"),
        ("invoice_\u202efdp.txt", "invoice__fdp.txt"),
        ("a\x1b[31m\nb.pdf", "a_[31m_b.pdf"),
    ],
)
def test_a_name_goes_along_without_a_path_and_without_hidden_characters(name: str, plain: str) -> None:
    assert plain_name(name) == plain
    row = {"FileName": plain, "Size": 3}
    assert find_standing([row], "tieout:a:attachment:1", Attachment("1", name, 3)) == row
