"""What the control API shows of everything that a stand-in holds, and of one collection."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from standins import wire


@pytest.fixture(params=["precoro", "quickbooks"])
def client(request: pytest.FixtureRequest) -> FlaskClient:
    """Return each stand-in."""
    made: FlaskClient = request.getfixturevalue(f"{request.param}_client")
    return made


def test_a_collection_is_shown_as_in_the_whole(client: FlaskClient) -> None:
    companies = wire.loads(client.get("/_control/state").data)["companies"]
    shown = {
        (company, name): rows
        for company, held in companies.items()
        for name, rows in held.items()
        if isinstance(rows, list)
    }
    assert len(shown) > 10
    assert all(
        wire.loads(client.get(f"/_control/state/{company}/{name}").data) == rows
        for (company, name), rows in shown.items()
    )


def test_what_there_cannot_be_is_refused(client: FlaskClient) -> None:
    company = next(iter(wire.loads(client.get("/_control/state").data)["companies"]))
    for path in (f"{company}/typewriters", "7/invoices", "7/bill"):
        answer = client.get(f"/_control/state/{path}")
        assert (answer.status_code, "There is no" in answer.text) == (400, True)
