"""Attachments: notes, uploads with an answer a file, addresses that run out, and what may be attached to what."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from flask.testing import FlaskClient

from standins import wire
from standins.quickbooks.app import create_app
from standins.quickbooks.settings import QuickBooksSettings
from tests.unit.standins.quickbooks.books import US, Books, Json, bill, category_line

PDF = b"%PDF-1.7\r\n\x00\xff\r\n--not a boundary\n"
BOUNDARY = "part-of-a-test"


def upload(us: Books, *files: tuple[Json | str | None, str, bytes]) -> list[Json]:
    """Upload (metadata, file name, content) as one multipart body and return AttachableResponse."""
    parts: list[bytes] = []
    for number, (metadata, name, content) in enumerate(files, 1):
        if metadata is not None:
            text = metadata if isinstance(metadata, str) else wire.dumps(metadata)
            head = f'Content-Disposition: form-data; name="file_metadata_{number:02}"\r\nContent-Type: application/json'
            parts.append(f"{head}\r\n\r\n{text}".encode())
        head = f'Content-Disposition: form-data; name="file_content_{number:02}"; filename="{name}"'
        parts.append(f"{head}\r\nContent-Type: application/pdf\r\n\r\n".encode() + content)
    body = b"".join(b"--" + BOUNDARY.encode() + b"\r\n" + part + b"\r\n" for part in parts)
    answer = us.client.post(
        f"/v3/company/{US}/upload",
        data=body + f"--{BOUNDARY}--\r\n".encode(),
        headers={
            "Authorization": f"Bearer {us.token}",
            "Accept": "application/json",
            "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
        },
    )
    assert answer.status_code == 200, answer.text
    attachments: list[Json] = wire.loads(answer.data)["AttachableResponse"]
    return attachments


def hang_on(kind: str, identity: str) -> Json:
    return {"AttachableRef": [{"EntityRef": {"type": kind, "value": identity}, "IncludeOnSend": False}]}


def test_an_uploaded_file_is_kept_byte_for_byte_and_found_by_its_bill(us: Books) -> None:
    paid = us.write("Bill", bill(category_line(5)))
    [answer] = upload(us, ({**hang_on("Bill", paid["Id"]), "FileName": "quote.pdf"}, "quote.pdf", PDF))
    made = answer["Attachable"]
    assert {key: made[key] for key in ("FileName", "ContentType", "Size", "SyncToken", "domain", "sparse")} == {
        "FileName": "quote.pdf",
        "ContentType": "application/pdf",
        "Size": len(PDF),
        "SyncToken": "0",
        "domain": "QBO",
        "sparse": False,
    }
    where = f"AttachableRef.EntityRef.Type = 'bill' AND AttachableRef.EntityRef.value = '{paid['Id']}'"
    [attachment] = us.query(f"SELECT * FROM Attachable WHERE {where}")["Attachable"]  # noqa: S608
    address = urlsplit(attachment["TempDownloadUri"]).path
    assert us.client.get(address).data == PDF
    projected = us.query(f"SELECT Id FROM Attachable WHERE {where}")["Attachable"]  # noqa: S608
    assert projected == [{"Id": made["Id"], "sparse": True}]


def test_a_fresh_address_is_plain_text_and_runs_out_after_a_quarter_of_an_hour(us: Books) -> None:
    [answer] = upload(us, (None, "notes.txt", b"hello"))
    with time_machine.travel("2026-11-02T12:00:00+00:00", tick=False) as clock:
        token = us.control("tokens", {"realm": US})["access_token"]
        headers = {"Authorization": f"Bearer {token}"}
        fresh = us.client.get(f"/v3/company/{US}/download/{answer['Attachable']['Id']}", headers=headers)
        assert fresh.mimetype == "text/plain"
        address = urlsplit(fresh.text).path
        clock.shift(899)
        assert us.client.get(address).data == b"hello"
        clock.shift(2)
        assert us.client.get(address).status_code == 403


def test_each_file_of_an_upload_succeeds_or_fails_by_itself(us: Books) -> None:
    answers = upload(
        us,
        ({"FileName": "good.pdf"}, "good.pdf", PDF),
        ({"FileName": "photos.zip"}, "photos.zip", b"PK"),
        ({**hang_on("Bill", "99999"), "FileName": "lost.pdf"}, "lost.pdf", PDF),
        ({**hang_on("Preferences", "1"), "FileName": "odd.pdf"}, "odd.pdf", PDF),
        ("[1]", "strange.pdf", PDF),
    )
    codes = [answer.get("Fault", {}).get("Error", [{}])[0].get("code") for answer in answers]
    assert codes == [None, "6041", "6000", "6050", "6040"]
    assert us.query("SELECT COUNT(*) FROM Attachable") == {"totalCount": 1}


def test_a_note_needs_no_file_and_one_of_both_must_be_there(us: Books) -> None:
    made = us.write("Attachable", {"Note": "Call Bob first", **hang_on("Vendor", "56")})
    assert "TempDownloadUri" not in us.read("Attachable", made["Id"])
    assert us.refused("Attachable", hang_on("Vendor", "56"))[0] == "2020"


def test_an_update_of_an_attachment_is_never_sparse(us: Books) -> None:
    made = us.write("Attachable", {"Note": "Call Bob", "Category": "Other", **hang_on("Vendor", "56")})
    sparse = {"Id": made["Id"], "SyncToken": "0", "sparse": True, "Note": "Call Ann"}
    changed = us.write("Attachable", sparse)
    assert "Category" not in changed
    assert "AttachableRef" not in changed


def test_an_attachment_outlives_its_bill_and_is_deleted_by_itself(us: Books) -> None:
    paid = us.write("Bill", bill(category_line(5)))
    [answer] = upload(us, ({**hang_on("Bill", paid["Id"]), "FileName": "quote.pdf"}, "quote.pdf", PDF))
    us.post("bill", {"Id": paid["Id"], "SyncToken": paid["SyncToken"]}, operation="delete")
    kept = us.read("Attachable", answer["Attachable"]["Id"])
    us.post("attachable", kept, operation="delete")
    assert us.get(f"attachable/{kept['Id']}")["Fault"]["Error"][0]["code"] == "610"


def test_an_attachment_is_deleted_by_its_id_alone(us: Books) -> None:
    made = us.write("Attachable", {"Note": "Call Bob"})
    us.post("attachable", {"Id": made["Id"]}, operation="delete")
    assert us.get(f"attachable/{made['Id']}")["Fault"]["Error"][0]["code"] == "610"


def test_an_upload_answers_with_an_address_of_its_file_at_once(us: Books) -> None:
    [answer] = upload(us, ({**hang_on("Vendor", "56"), "FileName": "quote.pdf"}, "quote.pdf", PDF))
    made = answer["Attachable"]
    assert us.client.get(urlsplit(made["TempDownloadUri"]).path).data == PDF
    assert made["AttachableRef"][0]["IncludeOnSend"] is False


@pytest.mark.parametrize("kind", ["Estimate", "Bill"])
def test_a_file_for_what_is_not_there_is_refused_by_kind_and_id(us: Books, kind: str) -> None:
    [answer] = upload(us, ({**hang_on(kind, "75"), "FileName": "lost.pdf"}, "lost.pdf", PDF))
    [problem] = answer["Fault"]["Error"]
    assert problem["code"] == "6000"
    assert problem["Detail"].endswith(f"The entity {kind} 75 that you are trying to link does not exist. {kind} 75")


def test_files_survive_a_restart(tmp_path: Any) -> None:
    snapshot = tmp_path / "books.json"
    before = Books(create_app(QuickBooksSettings(limits=False), snapshot=snapshot).test_client(), US)
    [answer] = upload(before, ({"FileName": "quote.pdf"}, "quote.pdf", PDF))
    before.client.application.extensions["control"].save()
    after = Books(create_app(QuickBooksSettings(limits=False), snapshot=snapshot).test_client(), US)
    address = urlsplit(after.read("Attachable", answer["Attachable"]["Id"])["TempDownloadUri"]).path
    assert after.client.get(address).data == PDF


def test_an_upload_without_a_file_is_refused(client: FlaskClient, us: Books) -> None:
    headers = {"Authorization": f"Bearer {us.token}", "Accept": "application/json"}
    answer = client.post(f"/v3/company/{US}/upload", data=base64.b64encode(PDF), headers=headers)
    assert (answer.status_code, answer.json["Fault"]["Error"][0]["code"]) == (400, "6041")  # type: ignore[index]
