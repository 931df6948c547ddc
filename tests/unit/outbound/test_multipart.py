"""Bodies that are sent piece by piece: as long as they say, the same each time, and never whole in memory."""

from __future__ import annotations

import socket
import threading
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

import pytest
from urllib3.fields import RequestField
from urllib3.filepost import encode_multipart_formdata

from outbound.errors import Landed, TimedOut
from outbound.multipart import PIECE, Multipart, Part
from outbound.response import Response
from outbound.session import MEBIBYTE, Request, Session

LARGE = 64 * MEBIBYTE
CONTENTS = b"%PDF-1.7\r\n--x--\r\n\x00\xff" * 10_000
NAME = 'Rechnung „März“ "3".pdf'


def _parts(content: bytes | BinaryIO) -> list[Part]:
    metadata = Part(name="file_metadata_01", content=b"{}", content_type="application/json")
    return [metadata, Part(name="file_content_01", content=content, filename=NAME, content_type="application/pdf")]


@pytest.mark.parametrize("content", [CONTENTS, BytesIO(CONTENTS)], ids=["bytes", "an open file"])
def test_the_body_is_that_of_urllib3_piece_by_piece(content: bytes | BinaryIO) -> None:
    body = Multipart(_parts(content))
    boundary = body.content_type.partition("boundary=")[2]
    fields = [RequestField(part.name, CONTENTS if part.filename else b"{}", part.filename) for part in _parts(b"")]
    for field, part in zip(fields, _parts(b""), strict=True):
        field.make_multipart(content_type=part.content_type)
    assert b"".join(body) == encode_multipart_formdata(fields, boundary=boundary)[0]
    assert len(body) == len(b"".join(body))
    assert max(map(len, body)) <= PIECE or isinstance(content, bytes)


@contextmanager
def _serving(answer_bytes: int) -> Iterator[str]:
    """Serve one request: swallow its body, and answer with so many bytes, without holding either."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_answer, args=(listener, answer_bytes), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        thread.join(5)


def _answer(listener: socket.socket, answer_bytes: int) -> None:
    connection, _ = listener.accept()
    with connection, connection.makefile("rb") as stream:
        length = 0
        while (line := stream.readline()) != b"\r\n":
            if line.lower().startswith(b"content-length:"):
                length = int(line.partition(b":")[2])
        while length and (piece := stream.read(min(length, PIECE))):
            length -= len(piece)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % answer_bytes)
        for _ in range(answer_bytes // PIECE):
            connection.sendall(bytes(PIECE))


def _status(response: Response) -> int:
    return response.status


def test_a_large_file_goes_from_one_service_to_the_other_in_little_memory() -> None:
    with SpooledTemporaryFile(max_size=MEBIBYTE) as spooled:
        file = cast("BinaryIO", spooled)
        tracemalloc.start()
        try:
            with _serving(LARGE) as url, Session(url, service="Precoro", timeout=60, max_bytes=LARGE) as session:
                session.send(Request(method="GET", path="/file", into=file), _status)
            with _serving(0) as url, Session(url, service="QuickBooks", timeout=60) as session:
                session.send(Request(method="POST", path="/upload", body=Multipart(_parts(file))), _status)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert file.seek(0, 2) == LARGE
    assert peak < 4 * MEBIBYTE


class _SlowFile(BytesIO):
    """A file of 8 MB that takes its time once it is asked to."""

    seconds = 0.0

    def read(self, size: int | None = -1, /) -> bytes:
        time.sleep(self.seconds)
        return super().read(size)


def test_a_body_is_not_sent_beyond_the_deadline() -> None:
    file = _SlowFile(bytes(8 * MEBIBYTE))
    request = Request(method="POST", path="/upload", body=Multipart(_parts(file)), writes=True)
    file.seconds = 0.05
    with _serving(0) as url, Session(url, service="QuickBooks", timeout=0.3) as session, pytest.raises(TimedOut):
        session.send(request, _status)


def test_a_body_that_nobody_takes_is_a_request_without_an_answer_in_time() -> None:
    request = Request(method="POST", path="/upload", body=Multipart(_parts(BytesIO(bytes(8 * MEBIBYTE)))), writes=True)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with Session(url, service="QuickBooks", timeout=0.3) as session, pytest.raises(TimedOut) as caught:
            session.send(request, _status)
    assert caught.value.landed is Landed.MAYBE
