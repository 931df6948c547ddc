"""Writing everything that is encrypted anew with the newest key, so that older ones can be taken out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from sqlalchemy import Column, Table, Text, select, type_coerce, update

from store.base import Base, Encrypted, EncryptedJson, NoKeyError, Store

BATCH = 200


def reencrypt(store: Store, keys: Sequence[str]) -> int:
    """Write every value anew that is not encrypted with the first key; returns how many. May run beside everything else.

    A value that changes meanwhile is left alone: whoever wrote it used the newest key. Raises NoKeyError, naming no value.
    """
    newest, vault = Fernet(keys[0]), MultiFernet([Fernet(key) for key in keys])
    return sum(_column(store, table, column, newest, vault) for table, column in _encrypted())


def _encrypted() -> Iterator[tuple[Table, Column[str]]]:
    """Yield every encrypted column with its table."""
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, Encrypted | EncryptedJson):
                yield table, column


def _column(store: Store, table: Table, column: Column[str], newest: Fernet, vault: MultiFernet) -> int:
    """Go through one column in small transactions."""
    key, raw, changed, last = next(iter(table.primary_key.columns)), type_coerce(column, Text), 0, None
    while True:
        page = select(key, raw).where(column.isnot(None)).order_by(key).limit(BATCH)
        with store.write() as session:
            rows = session.execute(page if last is None else page.where(key > last)).all()
            for identity, token in rows:
                if _is_of(newest, token):
                    continue
                anew = (
                    update(table)
                    .where(key == identity, raw == token)
                    .values({column: type_coerce(_anew(vault, token), Text)})
                )
                changed += len(session.execute(anew.returning(key)).all())
        if len(rows) < BATCH:
            return changed
        last = rows[-1][0]


def _is_of(key: Fernet, token: str) -> bool:
    """Say whether a value was encrypted with this key."""
    try:
        key.decrypt(token.encode())
    except InvalidToken:
        return False
    return True


def _anew(vault: MultiFernet, token: str) -> str:
    """Encrypt a value with the newest key; the time it was first encrypted stays."""
    try:
        return vault.rotate(token.encode()).decode()
    except InvalidToken as error:
        raise NoKeyError from error
