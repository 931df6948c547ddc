"""Answers that no service should give: the right words in wrong shapes, cut bodies, pages, and plain noise, for property tests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import simplejson
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from requests.structures import CaseInsensitiveDict

from outbound.response import Response

STATUSES = (200, 200, 200, 201, 204, 302, 400, 401, 403, 404, 405, 409, 413, 429, 500, 502, 503, 599)
NOISE = st.none() | st.booleans() | st.integers() | st.text(max_size=12) | st.sampled_from(
    ["6240", "10000", "3200", "²", "-1", "9" * 5000, "1E999999999", "NaN", "2026-11-20T04:00:00-08:00", "0001-01-01T00:00:00+23:59", "Deleted"]
)  # fmt: skip
PAGES = (b"", b" ", b"<html>502</html>", b"\xff\xfe", b"null", b"[]", b"{", b"[" * 100_000, b'{"a":' * 50_000)
XML = '<IntuitResponse><Fault type="{0}"><Error code="{0}" element="{0}"><Message>{0}</Message><Detail>{0}</Detail></Error></Fault></IntuitResponse>'


def bodies(words: Sequence[str]) -> SearchStrategy[Any]:
    """Return JSON of any shape in which these names occur, at any depth; most of it objects."""
    names = st.sampled_from(list(words))
    nested = st.recursive(
        NOISE,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=4),
        max_leaves=12,
    )
    objects = st.dictionaries(names, nested, min_size=1, max_size=4)
    return objects | objects | objects | nested


def contents(words: Sequence[str]) -> SearchStrategy[bytes]:
    """Return the bytes of such JSON, whole or cut, or of a page, of XML, or of nothing that has a meaning."""
    whole = bodies(words).map(lambda body: simplejson.dumps(body).encode())
    cut = st.tuples(whole, st.integers(0, 40)).map(lambda pair: pair[0][: pair[1]])
    xml = NOISE.map(lambda word: XML.format(word).encode("utf-8", "replace"))
    other = cut | xml | st.sampled_from(PAGES) | st.binary(max_size=40)
    return st.integers(0, 3).flatmap(lambda dice: whole if dice else other)


def answers(service: str, words: Sequence[str]) -> SearchStrategy[Response]:
    """Return answers with any of these bodies, statuses and headers."""
    odd = st.text(max_size=10) | st.sampled_from(
        ["60", "²", "9" * 400, "-5", "Fri, 31 Dec 9999 23:59:59 -2359", "Mon, 99 Nov 2026", "2026-11-23 18:00:00 UTC", "9999-12-31T23:59:59-23:00"]
    )  # fmt: skip
    headers = st.dictionaries(
        st.sampled_from(
            ["Retry-After", "Date", "Content-Type", "RateLimit-Type", "RateLimit-Retry-After", "intuit_tid"]
        ),
        odd,
        max_size=4,
    )
    return st.builds(
        Response,
        service=st.just(service),
        status=st.sampled_from(STATUSES),
        headers=headers.map(CaseInsensitiveDict),
        content=contents(words),
        request_id=st.just("r1"),
    )
