"""How a file is sent and answered."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from outbound.errors import Landed, RemoteError, ServerTrouble
from outbound.quota import UnlimitedBudget
from qbo_client.client import QboClient
from qbo_client.files import File
from tests.scripted_server import ScriptedServer, answer

Serve = Callable[..., ScriptedServer]
PDF = File(name="quote.pdf", content=b"%PDF-1.7", note="n" * 3000)


def _upload(server: ScriptedServer) -> object:
    client = QboClient(
        base_url=server.url,
        realm="1",
        token=lambda: "t",
        refresh=lambda stale: stale,
        quota=UnlimitedBudget(),
        timeout=5,
    )
    return client.upload(PDF, "Bill", "176", request_id="f1")


def test_metadata_and_content_are_two_parts(serve: Serve) -> None:
    server = serve(answer(200, {"AttachableResponse": [{"Attachable": {"Id": "7"}}]}))
    assert _upload(server) == {"Id": "7"}
    request = server.requests[0]
    assert request.target == "/v3/company/1/upload?requestid=f1&minorversion=75"
    metadata, content = request.body.split(b"\r\n--")[:2]
    assert b'name="file_metadata_01"' in metadata
    assert b'"AttachableRef":[{"EntityRef":{"type":"Bill","value":"176"},"IncludeOnSend":false}]' in metadata
    assert metadata.count(b"n" * 2000) == 1
    assert b"n" * 2001 not in metadata
    assert content.endswith(b"\r\n\r\n%PDF-1.7")


def test_the_same_file_is_the_same_bytes(serve: Serve) -> None:
    server = serve(answer(200, {"AttachableResponse": [{"Attachable": {"Id": "7"}}]}))
    _upload(server)
    _upload(server)
    assert server.requests[0].body == server.requests[1].body
    assert server.requests[0].headers["content-type"] == server.requests[1].headers["content-type"]


def test_a_fault_for_the_file_is_definite_and_silence_is_not(serve: Serve) -> None:
    fault = {"Fault": {"Error": [{"Message": "Too big", "code": "6030"}], "type": "ValidationFault"}}
    with pytest.raises(RemoteError, match="Too big") as caught:
        _upload(serve(answer(200, {"AttachableResponse": [fault]})))
    assert caught.value.landed is Landed.NO
    bodies: list[object] = [
        {"AttachableResponse": []},
        {"AttachableResponse": [{}]},
        {},
        {"AttachableResponse": {"a": 1}},
    ]
    for body in bodies:
        with pytest.raises(ServerTrouble) as silent:
            _upload(serve(answer(200, body)))
        assert silent.value.landed is Landed.MAYBE
