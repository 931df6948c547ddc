"""The receiver works with a role that reads no secret: deploy/receiver.sql."""

from __future__ import annotations

from pathlib import Path

import pytest
from redis import Redis
from sqlalchemy import make_url, text
from sqlalchemy.exc import ProgrammingError

from store.base import Store
from tests.integration.webhooks.conftest import PING, close, open_house
from tests.postgres import Postgres
from tests.rows import REALM, SECRET
from tests.signing import cloud_event, signed
from tests.stage import VERIFIER, environment, load_settings
from webhooks.app import create_app

GRANTS = Path(__file__).parents[3] / "deploy" / "receiver.sql"
ROLE = "tieout_receiver"


def test_the_receiver_needs_no_more_than_its_role_may_do(
    tmp_path: Path, redis: Redis, redis_url: str, postgres: Postgres
) -> None:
    owned = postgres.new_database()
    house = open_house(tmp_path, redis, redis_url, DATABASE_URL=owned)
    with house.store.engine.begin() as owner:
        owner.execute(text(f"CREATE ROLE {ROLE} LOGIN"))
        owner.execute(text(GRANTS.read_text()))
    of_role = make_url(owned).set(username=ROLE).render_as_string(hide_password=False)
    variables = environment(tmp_path, redis_url, DATABASE_URL=of_role, TIEOUT_KEYS="")
    app = create_app(load_settings(variables))
    client, body = app.test_client(), [cloud_event(REALM)]
    assert client.post(f"/webhooks/precoro/{SECRET}", json=PING).status_code == 200
    supplier = {"id": 7, "type": 7, "action": 1}
    assert client.post(f"/webhooks/precoro/{SECRET}", json=supplier).status_code == 200
    raw = house.app.json.dumps(body).encode()
    headers = {"intuit-signature": signed(raw, VERIFIER)}
    assert client.post("/webhooks/quickbooks", data=raw, headers=headers).status_code == 200
    assert "does not answer" not in str(client.get("/readyz").get_json())
    assert (len(house.records()), house.jobs(), house.changes_due()) == (2, 2, [REALM])
    _expect_no_secret(of_role)
    app.extensions["tieout"].close()
    close(house)


def _expect_no_secret(url: str) -> None:
    """Expect that the role reads no token, no key and no body."""
    store = Store(url, ())
    for secret in ("access_token FROM qbo_companies", "api_key FROM precoro_companies", "body FROM intents"):
        with store.engine.connect() as connection, pytest.raises(ProgrammingError, match="permission denied"):
            connection.execute(text(f"SELECT {secret}"))
    store.close()
