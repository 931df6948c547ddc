"""What the writes of set-up send, whatever Precoro thinks of external ids and extra fields; and where files are fetched."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from outbound.errors import Landed, NotAllowed, NotVisible, Refused, ServerTrouble, Throttled, TooLarge
from outbound.quota import UnlimitedBudget
from outbound.session import Call
from precoro_client import files
from precoro_client.client import PrecoroClient
from tests.scripted_server import ReceivedRequest, ScriptedServer, answer

Serve = Callable[..., ScriptedServer]
MADE = answer(201, {"id": 9100, "idn": "91", "externalId": "qbo:1:vendor:56"})
EXTRA = "This form should not contain extra fields."


def _client(server: ScriptedServer, calls: list[Call] | None = None, **more: Any) -> PrecoroClient:
    recorded = [] if calls is None else calls
    return PrecoroClient(
        base_url=server.url,
        email="ann@widgets.example",
        key="k3y",
        quota=UnlimitedBudget(),
        on_call=recorded.append,
        timeout=5,
        **more,
    )


def _refusal(**fields: str) -> bytes:
    return answer(400, {"errors": {"errors": fields}})


def _sent(request: ReceivedRequest) -> tuple[str, str, dict[str, str]]:
    return request.method, request.target, dict(parse_qsl(request.body.decode(), keep_blank_values=True))


def test_a_supplier_is_made_with_its_external_id_in_one_call(serve: Serve) -> None:
    server = serve(MADE)
    _client(server).create_supplier("Acme", ["USD"], {"city": "Austin"}, external_id="qbo:1:vendor:56")
    form = {"name": "Acme", "currencies[]": "USD", "city": "Austin", "externalId": "qbo:1:vendor:56"}
    assert [_sent(request) for request in server.requests] == [("POST", "/suppliers", form)]


@pytest.mark.parametrize("words", [{"externalId": EXTRA}, {"": EXTRA}])
def test_an_external_id_that_a_form_does_not_take_is_written_afterwards(serve: Serve, words: dict[str, str]) -> None:
    server = serve(_refusal(**words), answer(201, {"id": 9100, "externalId": None}), answer(200, {"id": 9100}))
    _client(server).create_supplier("Acme", ["USD"], external_id="56")
    assert [_sent(request)[:2] for request in server.requests] == [
        ("POST", "/suppliers"),
        ("POST", "/suppliers"),
        ("PATCH", "/suppliers/9100"),
    ]
    assert "externalId" not in _sent(server.requests[1])[2]
    assert _sent(server.requests[2])[2] == {"externalId": "56"}


def test_an_external_id_that_is_ignored_is_written_afterwards_under_the_number_of_a_payment(serve: Serve) -> None:
    server = serve(answer(201, {"id": 7001, "idn": "91"}), answer(200, {"id": 7001, "externalId": "BP-77"}))
    _client(server).pay(956598, Decimal("540.00"), date(2026, 11, 2), external_id="BP-77")
    first, second = (_sent(request) for request in server.requests)
    assert first[2] == {
        "invoice[id]": "956598",
        "sumPaid": "540.00",
        "logicType": "0",
        "payDate": "2026-11-02T00:00:00Z",
        "externalId": "BP-77",
    }
    assert second[1] == "/payments/91"


def test_a_record_that_could_not_be_tagged_may_be_there(serve: Serve) -> None:
    server = serve(answer(201, {"id": 9100}), answer(429, {}))
    with pytest.raises(Throttled) as caught:
        _client(server).create_supplier("Acme", ["USD"], external_id="56")
    assert caught.value.landed is Landed.MAYBE


def test_another_refusal_of_a_new_record_is_told_and_not_tried_again(serve: Serve) -> None:
    server = serve(_refusal(name="This value should not be blank."))
    with pytest.raises(Refused, match="blank"):
        _client(server).create_supplier("", ["USD"], external_id="56")
    assert len(server.requests) == 1


def test_a_supplier_is_replaced_whole_and_without_what_precoro_does_not_take(serve: Serve) -> None:
    server = serve(_refusal(taxPayer=EXTRA), answer(200, {"id": 9001}))
    supplier = {"id": 9001, "name": "Acme", "currencies": ["USD"], "city": "Austin", "taxPayer": True}
    _client(server).change_supplier(supplier, {"phone": "+1 555 0100"})
    assert _sent(server.requests[1]) == (
        "PUT",
        "/suppliers/9001",
        {"name": "Acme", "currencies[]": "USD", "city": "Austin", "phone": "+1 555 0100"},
    )


def test_a_change_that_precoro_does_not_take_is_refused(serve: Serve) -> None:
    server = serve(_refusal(phone=EXTRA))
    with pytest.raises(Refused):
        _client(server).change_supplier({"id": 9001, "name": "Acme", "currency": "USD"}, {"phone": "1"})
    assert len(server.requests) == 1


def test_custom_fields_of_a_supplier_go_as_json(serve: Serve) -> None:
    server = serve(answer(200, {"id": 9001}))
    _client(server).set_supplier_fields(9001, [{"supplierCustomField": {"id": 5}, "value": "x"}])
    assert server.requests[0].target == "/suppliers/9001/customfields"
    assert server.requests[0].body == b'{"dataSupplierCustomFields":[{"supplierCustomField":{"id":5},"value":"x"}]}'


def test_options_are_written_below_their_field_and_parent(serve: Serve) -> None:
    server = serve(answer(201, {"id": 991, "externalId": "42"}))
    client = _client(server)
    client.create_option("item", 17030, "Travel", code="6100", parent_id=880, external_id="42")
    client.replace_option("document", 2100, 991, "East", enable=False)
    client.patch_option("document", 2100, 991, external_id="")
    client.limit_option("item", 991, [2, 3])
    made, replaced, patched, limited = (_sent(request) for request in server.requests)
    parts = {"name": "Travel", "code": "6100", "enable": "1", "parent[id]": "880", "externalId": "42"}
    assert made == ("POST", "/itemcustomfields/17030/options", parts)
    assert replaced == (
        "PUT",
        "/documentcustomfields/2100/options/991",
        {"name": "East", "code": "", "enable": "0"},
    )
    assert patched == ("PATCH", "/documentcustomfields/2100/options/991", {"externalId": ""})
    assert limited[:2] == ("PATCH", "/itemcustomfields/options/depend_add")
    assert parse_qsl(server.requests[3].body.decode()) == [
        ("item_custom_field_option_id", "991"),
        ("depend_type", "1"),
        ("entity_ids[]", "2"),
        ("entity_ids[]", "3"),
    ]


def test_a_tax_says_its_rate_twice(serve: Serve) -> None:
    server = serve(answer(201, {"id": 5}))
    _client(server).create_tax("VAT 8", Decimal("8.0"))
    assert _sent(server.requests[0])[2] == {"name": "VAT 8", "value": "8.0", "percent": "8.0", "isWithholdingTax": "0"}


def test_external_ids_are_looked_for_in_few_calls(serve: Serve) -> None:
    server = serve(
        answer(200, {"data": [{"id": 1, "externalId": "7"}]}), answer(200, {"data": [{"id": 2, "externalId": "60"}]})
    )
    rows = list(_client(server).find("suppliers", [str(number) for number in range(70)]))
    assert [row["id"] for row in rows] == [1, 2]
    ids_by_call = [[value for name, value in parse_qsl(urlsplit(request.target).query) if name == "external_id[]"]
             for request in server.requests]  # fmt: skip
    assert [len(ids) for ids in ids_by_call] == [50, 20]


def _downloaded(server: ScriptedServer, **settings: Any) -> bytes:
    """Return the content of a file as a client with these settings gets it."""
    into = BytesIO()
    _client(server, **settings).download(601, into)
    return into.getvalue()


def test_a_file_comes_as_bytes_or_from_an_address_of_precoro(serve: Serve) -> None:
    server = serve(answer(200, b"%PDF-1.7", headers={"Content-Type": "application/pdf"}))
    assert _downloaded(server) == b"%PDF-1.7"
    other = serve()
    described = {"id": 601, "file": f"{other.url}/attachments/601/file?t=1"}
    other.script = [answer(200, described), answer(200, b"%PDF-1.7")]
    assert _downloaded(other) == b"%PDF-1.7"
    assert [request.target for request in other.requests] == ["/attachments/601", "/attachments/601/file?t=1"]
    assert [request.headers.get("x-auth-token") for request in other.requests] == ["k3y", "k3y"]


@pytest.mark.parametrize("address", ["http://files.example/1.pdf", "ftp://files.example/1.pdf", "file:///etc/passwd"])
def test_a_file_elsewhere_is_fetched_over_tls_only(serve: Serve, address: str) -> None:
    described = answer(200, {"file": address}, headers={"Content-Type": "application/json"})
    with pytest.raises(NotAllowed, match="https"):
        _downloaded(serve(described))


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "169.254.169.254", "10.0.0.7", "localhost", "100.64.0.1"])
def test_no_file_is_fetched_from_inside_our_network(serve: Serve, host: str) -> None:
    described = answer(200, {"file": f"https://{host}/latest/meta-data"}, headers={"Content-Type": "application/json"})
    with pytest.raises(NotAllowed, match="public addresses"):
        _downloaded(serve(described), file_hosts=[host.strip("[]")])


@pytest.mark.parametrize(
    "host", ["evil.example", "precoro.com.evil.example", "notprecoro.com", "files.precoro.com@evil.example", ""]
)
def test_no_file_is_fetched_from_a_stranger(serve: Serve, host: str) -> None:
    described = answer(200, {"file": f"https://{host}/1.pdf"}, headers={"Content-Type": "application/json"})
    with pytest.raises(NotAllowed, match=r"from precoro\.com, precoro\.us only"):
        _downloaded(serve(described))


@pytest.mark.parametrize(
    "server",
    [
        "evil.example\\@files.precoro.com",
        "evil.example\\.files.precoro.com",
        "somebody:secret@files.precoro.com",
        "файл.precoro.com",
        "files.precoro.com:99999",
        "[files.precoro.com",
        "files..precoro.com",
    ],
)
def test_no_file_is_fetched_from_an_address_that_may_be_read_in_two_ways(serve: Serve, server: str) -> None:
    described = answer(200, {"file": f"https://{server}/1.pdf"}, headers={"Content-Type": "application/json"})
    with pytest.raises(NotAllowed, match="address"):
        _downloaded(serve(described))


def test_hosts_below_an_allowed_one_are_allowed() -> None:
    assert files.is_below("files.eu.precoro.com", files.FILE_HOSTS)
    assert files.is_below("precoro.us", files.FILE_HOSTS)


def test_a_file_elsewhere_is_fetched_without_saying_who_we_are(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    server, calls = serve(answer(200, b"%PDF-1.7")), list[Call]()
    monkeypatch.setattr(files, "SCHEME", "http")
    monkeypatch.setattr(files, "is_public", lambda _: True)
    url, into = f"{server.url}/a/1.pdf?sig=s%2F1", BytesIO()
    files.fetch(url, into, hosts=["127.0.0.1"], service="Precoro", timeout=5, on_call=calls.append)
    assert into.getvalue() == b"%PDF-1.7"
    assert server.requests[0].target == "/a/1.pdf?sig=s%2F1"
    assert not {"x-auth-token", "email", "authorization"} & set(server.requests[0].headers)
    assert "sig" not in repr(calls)


def test_files_that_cannot_be_had_are_errors(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NotVisible):
        _downloaded(serve(answer(404, {"message": "Not Found"})))
    with pytest.raises(ServerTrouble):
        _downloaded(serve(answer(502, b"<html/>")))
    with pytest.raises(ServerTrouble):
        _downloaded(serve(answer(200, b"<html>Sign in</html>", headers={"Content-Type": "text/html"})))
    with pytest.raises(ServerTrouble):
        _downloaded(serve(answer(200, {"id": 601, "name": "no address.pdf"})))
    monkeypatch.setattr("precoro_client.client.MOST_BYTES", 10)
    with pytest.raises(TooLarge):
        _downloaded(serve(answer(200, b"x" * 11)))


def test_a_file_is_sent_as_one_part_with_its_comment(serve: Serve) -> None:
    server = serve(answer(201, {"id": 601}))
    _client(server).attach(481223, 2, 'Quote "3".pdf', b"%PDF", "from Ann")
    request = server.requests[0]
    assert request.target == "/attachments/481223/2"
    assert request.headers["content-type"].startswith("multipart/form-data; boundary=")
    assert b'name="file"; filename="Quote %223%22.pdf"' in request.body
    assert b"\r\n\r\n%PDF\r\n" in request.body
    assert b"from Ann" in request.body
