"""Looking after the database from the command line."""

from __future__ import annotations

from cryptography.fernet import Fernet
from sqlalchemy import text

from tests.integration.cli.conftest import Tieout
from tests.stage import Stage

PAPER = {"name": "Copy paper", "quantity": 10, "price": "54.00", "account": "Office Supplies"}
OLDER = (
    "SELECT api_key FROM precoro_companies UNION SELECT access_token FROM qbo_companies UNION SELECT body FROM intents"
)


def test_after_a_rotation_the_old_key_can_be_taken_out(stage: Stage, tieout: Tieout) -> None:
    stage.approved(number="INV-201", lines=[PAPER])
    stage.settle()
    old, new = stage.runtime.settings.keys, Fernet.generate_key().decode()
    refused = tieout("connections", "list", TIEOUT_KEYS=new)
    assert (refused.exit_code, "old key back" in refused.stderr) == (2, True)
    assert tieout("database", "reencrypt", TIEOUT_KEYS=new).exit_code == 2
    done = tieout("database", "reencrypt", TIEOUT_KEYS=f"{new},{old}")
    assert done.exit_code == 0, done.output
    assert not done.stderr.startswith("Wrote 0 ")
    assert tieout("database", "reencrypt", TIEOUT_KEYS=f"{new},{old}").stderr.startswith("Wrote 0 ")
    assert tieout("connections", "list", TIEOUT_KEYS=new).exit_code == 0
    assert "synced" in tieout("documents", "show", "INV-201", TIEOUT_KEYS=new).stdout
    with stage.runtime.read() as (session, _):
        values = session.scalars(text(OLDER)).all()
    assert values
    assert all(Fernet(new).decrypt(value.encode()) for value in values)


def test_no_secret_stands_in_the_database_as_it_is(stage: Stage) -> None:
    raw = b"".join(path.read_bytes() for path in stage.runtime.settings.home.glob("tieout.db*"))
    with stage.runtime.read() as (session, _):
        secrets = session.scalars(text("SELECT email FROM precoro_companies")).all()
    assert secrets[0].encode() in raw
    assert b"precoro-sandbox-key-1" not in raw
