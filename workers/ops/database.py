"""Looking after the database: tables brought up to date, secrets written anew with the newest key."""

from __future__ import annotations

from store import migrations, rotation
from store.base import read_keys
from workers import tokens
from workers.runtime import Runtime


def upgrade(runtime: Runtime) -> None:
    """Bring the tables up to date; several processes may do so at once."""
    migrations.upgrade(runtime.store)


def reencrypt(runtime: Runtime) -> int:
    """Write everything that is encrypted anew with the newest key; returns how many values. Raises NoKeyError."""
    keys = read_keys(runtime.settings.keys, runtime.settings.home)
    return rotation.reencrypt(runtime.store, keys) + tokens.reencrypt_rescue_files(runtime)
