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


def test_what_is_not_held_has_no_rows(client: FlaskClient) -> None:
    company = next(iter(wire.loads(client.get("/_control/state").data)["companies"]))
    assert wire.loads(client.get(f"/_control/state/{company}/typewriters").data) == []
    assert wire.loads(client.get("/_control/state/7/invoices").data) == []
