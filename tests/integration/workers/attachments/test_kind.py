"""Files of a document go along with what stands for it in QuickBooks: each once to each entity, and those that cannot say why."""

from __future__ import annotations

from typing import Any

import pytest

from qbo_client.files import File
from store.companies import QboCompany
from store.records import ATTACHMENT, Record
from tests.stage import REALM, Stage
from workers import clients
from workers.connections import settings
from workers.documents import commands, views
from workers.records import commands as record_commands

Json = dict[str, Any]

PAPER = {"name": "Copy paper", "quantity": 10, "price": "54.00", "account": "Office Supplies"}
QUOTE, SCAN = {"name": "Quote „März“.pdf", "content": "%PDF-1.7 quote"}, {"name": "scan.jpg", "content": "JFIF"}
UPLOAD = {"method": "POST", "path": "/upload"}


def approved(stage: Stage, *files: Json, **more: Any) -> Json:
    """Approve an invoice with these files."""
    return stage.approved(number="INV-700", invoiceNumber="S-700", lines=[PAPER], attachments=list(files), **more)


def sent(stage: Stage, *files: Json, **more: Any) -> Json:
    """Approve an invoice with these files, and let everything settle."""
    invoice = approved(stage, *files, **more)
    stage.settle()
    return invoice


def files_of(stage: Stage, invoice: Json) -> list[Record]:
    """Return the records of an invoice's files."""
    of_it = stage.record(invoice).id
    return stage.all_records(Record.kind == ATTACHMENT, Record.scope == of_it)


def states(stage: Stage, invoice: Json) -> dict[str | None, str]:
    """Return the state of each file of an invoice by its name."""
    return {record.number: record.state for record in files_of(stage, invoice)}


def standing(stage: Stage, invoice: Json) -> list[str]:
    """Return the names of the files that hang on the bill of an invoice."""
    bill = {"type": "Bill", "value": str(stage.record(invoice).qbo_id)}
    held = stage.entities("attachable")
    return [row["FileName"] for row in held if bill in [link["EntityRef"] for link in row["AttachableRef"]]]


def shown(stage: Stage, invoice: Json) -> list[Json]:
    """Return the files that Precoro holds of an invoice."""
    rows = stage.precoro.rows("1", "invoices")
    return list(next(row for row in rows if row["id"] == invoice["id"])["attachments"])


def calls(control: Any) -> list[str]:
    """Return the calls that a service got."""
    return [f"{call['method']} {call['path']}" for call in control.get("requests")]


def reads_of(control: Any) -> list[str]:
    """Return what was read, but for the changes: the clock asks for them once more where a test takes longer."""
    return [call for call in calls(control) if call.startswith("GET") and not call.endswith("/cdc")]


def test_files_go_along_with_the_bill_for_two_calls_each(stage: Stage) -> None:
    stage.precoro.post("settings", ping_own_writes=False)
    without = sent(stage)
    reads = reads_of(stage.quickbooks)
    stage.act(without, "cancel")
    stage.settle()
    stage.precoro.delete("requests")
    stage.quickbooks.delete("requests")
    invoice = sent(stage, QUOTE, SCAN)
    assert standing(stage, invoice) == [QUOTE["name"], SCAN["name"]]
    assert states(stage, invoice) == {QUOTE["name"]: "synced", SCAN["name"]: "synced"}
    downloads = [call for call in calls(stage.precoro) if "/attachments/" in call]
    assert downloads == [f"GET /attachments/{file['id']}" for file in shown(stage, invoice)]
    assert calls(stage.quickbooks).count(f"POST /v3/company/{REALM}/upload") == 2
    assert reads_of(stage.quickbooks) == reads
    [first, _] = stage.entities("attachable")
    assert first["Note"] == f"tieout:widgets-inc:attachment:{shown(stage, invoice)[0]['id']}"


def test_what_quickbooks_does_not_take_stays_and_says_why_on_the_document(stage: Stage) -> None:
    large = {"name": "plan.pdf", "content": "x", "size": 101 * 1024 * 1024}
    emptied = {"name": "blank.pdf", "content": "", "size": 10}
    files: list[Json] = [
        {"name": "all.zip", "content": "PK"},
        {"name": "photo.heic", "content": "x"},
        large,
        emptied,
        SCAN,
    ]
    invoice = sent(stage, *files)
    assert states(stage, invoice) == {
        "all.zip": "never", "photo.heic": "never", "plan.pdf": "never", "blank.pdf": "never", "scan.jpg": "synced",
    }  # fmt: skip
    record = stage.record(invoice)
    assert (record.state, standing(stage, invoice)) == ("synced", ["scan.jpg"])
    assert [note["code"] for note in record.notes].count("file_not_sent") == 4
    assert "blank.pdf is empty" in str(record.log_text)
    downloads = [call for call in calls(stage.precoro) if "/attachments/" in call]
    assert len(downloads) == 2  # what can be seen to be wrong is not fetched


def test_a_file_added_later_follows_and_one_removed_stays(stage: Stage) -> None:
    invoice = sent(stage, QUOTE)
    stage.change(invoice, attachments=[*shown(stage, invoice), SCAN])
    stage.until(lambda: len(standing(stage, invoice)) == 2, "the file that was added")
    stage.settle()
    assert stage.record(invoice).notes == []
    stage.change(invoice, attachments=shown(stage, invoice)[1:])
    stage.until(lambda: stage.record(invoice).notes, "a note about the file that was removed")
    stage.settle()
    assert standing(stage, invoice) == [QUOTE["name"], SCAN["name"]]
    assert [note["code"] for note in stage.record(invoice).notes] == ["file_stays"]


def test_a_new_bill_gets_the_files_again_and_no_file_twice(stage: Stage) -> None:
    settings.change(stage.runtime, "widgets-inc", {"deleted_in_quickbooks": "create_again"}, "ann")
    invoice = sent(stage, QUOTE)
    former = stage.record(invoice).qbo_id
    stage.quickbooks.post(f"bill/{former}?realm={REALM}", do="delete")
    stage.act(invoice, "revise")
    stage.act(invoice, "approve")
    stage.until(lambda: stage.record(invoice).qbo_id not in (None, former), "another bill")
    stage.settle()
    assert standing(stage, invoice) == [QUOTE["name"]]
    assert len(stage.entities("attachable")) == 2  # that of the former bill outlives it
    assert states(stage, invoice) == {QUOTE["name"]: "synced"}


def test_a_file_waits_for_its_document(stage: Stage) -> None:
    invoice = approved(stage, QUOTE, supplier="Evergreen Catering")
    stage.until_state(invoice, "held")
    stage.settle()
    [file] = files_of(stage, invoice)
    assert (file.state, file.reason) == ("open", "It waits for its document to stand in QuickBooks.")
    assert not [call for call in calls(stage.precoro) if "/attachments/" in call]


def test_a_refusal_holds_the_file_alone_and_sending_the_document_tries_again(stage: Stage) -> None:
    stage.quickbooks.post(
        "faults", match=UPLOAD, fault="refuse", code=6041, detail="The file is not what it says", times=1
    )
    invoice = sent(stage, QUOTE, SCAN)
    assert stage.record(invoice).state == "synced"
    assert sorted(states(stage, invoice).values()) == ["held", "synced"]
    [problem] = [problem for file in files_of(stage, invoice) for problem in file.problems]
    assert (problem.code, "not what it says" in problem.sentence) == ("refused_by_quickbooks", True)
    record_commands.send(stage.runtime, stage.record(invoice).id, "ann")
    stage.settle()
    assert sorted(standing(stage, invoice)) == sorted([QUOTE["name"], SCAN["name"]])


@pytest.mark.parametrize("fault", ["drop_after_commit", "reset", "500_after_commit"])
def test_an_upload_without_an_answer_is_looked_for_and_never_doubled(stage: Stage, fault: str) -> None:
    stage.quickbooks.post("faults", match=UPLOAD, fault=fault, times=1)
    invoice = sent(stage, QUOTE)
    assert (states(stage, invoice), standing(stage, invoice)) == ({QUOTE["name"]: "synced"}, [QUOTE["name"]])


def test_no_file_goes_along_where_the_setting_says_so(stage: Stage) -> None:
    settings.change(stage.runtime, "widgets-inc", {"send_attachments": False}, "ann")
    invoice = sent(stage, QUOTE)
    assert (states(stage, invoice), standing(stage, invoice)) == ({QUOTE["name"]: "open"}, [])
    settings.change(stage.runtime, "widgets-inc", {"send_attachments": True}, "ann")
    stage.change(invoice, note="Urgent")
    stage.until(lambda: standing(stage, invoice), "the file")
    assert standing(stage, invoice) == [QUOTE["name"]]


def test_a_file_at_an_unknown_host_is_not_fetched(stage: Stage) -> None:
    stage.precoro.post("settings", attachment_answer="elsewhere")
    invoice = sent(stage, QUOTE)
    [file] = files_of(stage, invoice)
    assert [problem.code for problem in file.problems] == ["file_elsewhere"]
    assert "files.elsewhere.example" in file.problems[0].sentence


def typed_with_file(stage: Stage) -> str:
    """Type a bill with a file in QuickBooks; returns its id."""
    line = {"Amount": 540, "DetailType": "AccountBasedExpenseLineDetail",
            "AccountBasedExpenseLineDetail": {"AccountRef": {"value": "42"}}}  # fmt: skip
    bill = {"VendorRef": {"value": "56"}, "DocNumber": "S-700", "TxnDate": "2026-11-02", "Line": [line]}
    made: Json = stage.quickbooks.post(f"bill?realm={REALM}", **bill)
    with stage.runtime.read() as (session, _):
        company = session.get_one(QboCompany, 1)
    file = File(name=QUOTE["name"], content=QUOTE["content"].encode())
    clients.quickbooks(stage.runtime, company).upload(file, "Bill", made["Id"], request_id="typed")
    return str(made["Id"])


def test_a_file_of_an_adopted_bill_that_stands_there_is_not_sent_again(stage: Stage) -> None:
    bill_id = typed_with_file(stage)
    invoice = approved(stage, QUOTE, SCAN)
    stage.until_state(invoice, "held")
    commands.adopt(stage.runtime, views.document(stage.runtime, "INV-700"), bill_id, "ann")
    stage.until_state(invoice, "synced")
    stage.settle()
    assert stage.record(invoice).qbo_id == bill_id
    assert sorted(standing(stage, invoice)) == sorted([QUOTE["name"], SCAN["name"]])
    assert set(states(stage, invoice).values()) == {"synced"}


def test_files_stand_on_the_page_of_their_document(stage: Stage) -> None:
    invoice = sent(stage, QUOTE, {"name": "all.zip", "content": "PK"})
    detail = views.document(stage.runtime, "INV-700")
    assert [(file.name, file.state) for file in detail.files] == [(QUOTE["name"], "synced"), ("all.zip", "never")]
    assert "does not take files such as all.zip" in str(detail.files[1].reason)
    assert detail.files[0].qbo_id == stage.entities("attachable")[0]["Id"]
    assert invoice["customName"] == detail.number
