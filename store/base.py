"""The database: how it is opened, its transactions, its clock, and columns for UTC times, money and secrets."""

from __future__ import annotations

import sqlite3
import stat
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeAlias
from weakref import WeakKeyDictionary

import simplejson
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from sqlalchemy import (
    BindParameter,
    ColumnElement,
    DateTime,
    Numeric,
    String,
    Table,
    Text,
    create_engine,
    event,
    literal,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Dialect, Engine, ExceptionContext
from sqlalchemy.exc import DataError, DBAPIError, OperationalError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase, QueryableAttribute, Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import SQLColumnExpression
from sqlalchemy.sql.functions import GenericFunction
from sqlalchemy.types import TypeDecorator, TypeEngine

from mappers.remedies import Remedy

VAULTS: WeakKeyDictionary[Dialect, MultiFernet] = WeakKeyDictionary()
POSTGRES_NOW = text("SELECT clock_timestamp()")

BUSY_SECONDS = 5.0


Moment: TypeAlias = datetime | BindParameter[datetime]
"""A moment in a condition: a time, or a parameter of a statement that is built once."""


class Base(DeclarativeBase):
    """The root of all tables."""


class OpenKeysError(Exception):
    """Others can read the file of the keys, and with it every stored secret."""

    def __init__(self, path: Path) -> None:
        self.sentence = f"Others can read the keys in {path}."
        self.remedy = f"Keep them to yourself: chmod 600 {path}"
        super().__init__(f"{self.sentence} {self.remedy}")


class NoKeyError(Exception):
    """A secret was stored with a key that the settings no longer name."""

    def __init__(self) -> None:
        super().__init__(
            "A stored secret cannot be read with the present keys. "
            "Put the old key back, after the new one, into TIEOUT_KEYS or the file `keys` in the home folder."
        )


class UtcTime(TypeDecorator[datetime]):
    """A moment in UTC, aware in Python; SQLite has no zones, so it is kept there without one."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Keep the zone where the database can."""
        return dialect.type_descriptor(DateTime(timezone=dialect.name != "sqlite"))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn any aware time into UTC; ValueError for one without a zone, which could be any moment."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone.")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Say that the time is UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


class Money(TypeDecorator[Decimal]):
    """An exact amount; SQLite has no exact numbers, so it is kept there as text."""

    impl = Numeric
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose text or an exact number."""
        return dialect.type_descriptor(String(40) if dialect.name == "sqlite" else Numeric())

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        """Write the digits as they are."""
        return str(value) if value is not None and dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:  # noqa: ARG002 - the interface
        """Read a Decimal."""
        return None if value is None else Decimal(value)


class MoneySum(GenericFunction[Decimal]):
    """The exact sum of amounts, None where there are none: SQLite itself would add their texts up as floats."""

    name = "money_sum"
    type = Money()
    inherit_cache = True


@compiles(MoneySum, "postgresql")
def _sum(element: MoneySum, compiler: SQLCompiler, **options: Any) -> str:
    """Add up in Postgres, whose numbers are exact."""
    return f"sum({compiler.process(element.clauses, **options)})"


class _ExactSum:
    """Adds up amounts for SQLite."""

    def __init__(self) -> None:
        self._sum: Decimal | None = None

    def step(self, amount: str | None) -> None:
        """Add an amount."""
        if amount is not None:
            self._sum = (self._sum or Decimal(0)) + Decimal(amount)

    def finalize(self) -> str | None:
        """Return the sum."""
        return None if self._sum is None else str(self._sum)


class JsonText(GenericFunction[str]):
    """A value of the JSON in a column as text, such as `JsonText(Entry.data, "sku")`; None where it is not there."""

    name = "json_text"
    type = Text()
    inherit_cache = True


@compiles(JsonText)
def _json_text(element: JsonText, compiler: SQLCompiler, **options: Any) -> str:
    """Look into JSON in SQLite."""
    column, name = (compiler.process(clause, **options) for clause in element.clauses)
    return f"CAST(json_extract({column}, '$.' || {name}) AS TEXT)"


@compiles(JsonText, "postgresql")
def _json_text_of_postgres(element: JsonText, compiler: SQLCompiler, **options: Any) -> str:
    """Look into JSON in Postgres."""
    column, name = (compiler.process(clause, **options) for clause in element.clauses)
    return f"(({column})::json ->> {name})"


def word(text: str) -> ColumnElement[str]:
    """Return a word of ours as it is written into a statement, so that rows can be grouped by what decides about it."""
    return literal(text, literal_execute=True)


def json_flag(column: QueryableAttribute[Any], name: str) -> ColumnElement[bool]:
    """Say that a switch in JSON is on: the databases write it as 1 and as true."""
    return JsonText(column, name).in_(("1", "true"))


class Encrypted(TypeDecorator[str]):
    """Text that stands encrypted in the database (MultiFernet: the first key writes, all of them read)."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Encrypt with the newest key."""
        return None if value is None else _vault(dialect).encrypt(value.encode()).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """Decrypt with whichever key fits; raises NoKeyError."""
        if value is None:
            return None
        try:
            return _vault(dialect).decrypt(value.encode()).decode()
        except InvalidToken as error:
            raise NoKeyError from error


def _vault(dialect: Dialect) -> MultiFernet:
    """Return the keys of a database. Raises NoKeyError where there are none."""
    vault = VAULTS.get(dialect)
    if vault is None:
        raise NoKeyError
    return vault


class ExactJson(TypeDecorator[Any]):
    """JSON whose numbers come back as Decimal, never as float."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002 - the interface
        """Write JSON."""
        return None if value is None else simplejson.dumps(value, use_decimal=True)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:  # noqa: ARG002 - the interface
        """Read JSON."""
        return None if value is None else simplejson.loads(value, use_decimal=True)


class EncryptedJson(TypeDecorator[Any]):
    """JSON as `ExactJson`, encrypted as `Encrypted`: for bodies, which may name people."""

    impl = Encrypted
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002 - the interface
        """Write JSON, to be encrypted below."""
        return None if value is None else simplejson.dumps(value, use_decimal=True)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:  # noqa: ARG002 - the interface
        """Read decrypted JSON."""
        return None if value is None else simplejson.loads(value, use_decimal=True)


class RemedyJson(TypeDecorator[Remedy]):
    """A remedy: its words, and its acts with their arguments."""

    impl = ExactJson
    cache_ok = True

    def process_bind_param(self, value: Remedy | None, dialect: Dialect) -> Any:  # noqa: ARG002 - the interface
        """Write plain JSON values."""
        return None if value is None else value.to_json()

    def process_result_value(self, value: Any, dialect: Dialect) -> Remedy | None:  # noqa: ARG002 - the interface
        """Read a remedy."""
        return None if value is None else Remedy.from_json(value)


class Store:
    """The open database. Never carry one across a fork: open it in the process that uses it.

    Without keys no secret can be read or written.
    """

    def __init__(self, url: str, keys: Sequence[str]) -> None:
        self.engine = _engine(url)
        self._writer = threading.Lock()
        self._writing = self.engine.execution_options(writes=True)
        if keys:
            VAULTS[self.engine.dialect] = MultiFernet([Fernet(key) for key in keys])

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Open a transaction that may write; it commits at the end, or rolls back when anything is raised."""
        with self._turn(), Session(self._writing, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """Open a writing transaction as `write` does, without the ORM: for what runs for every event."""
        with self._turn(), self._writing.begin() as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open a transaction that only reads."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Let the threads of this process write to SQLite one after the other, in the order in which they came.

        SQLite itself polls with growing pauses, so some would wait for a second while others overtake. A thread that has
        waited too long goes on all the same, and gets SQLite's error that the database is locked.
        """
        if self.engine.dialect.name != "sqlite":
            yield
            return
        acquired = self._writer.acquire(timeout=BUSY_SECONDS)
        try:
            yield
        finally:
            if acquired:
                self._writer.release()

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def now(session: Session | Connection) -> datetime:
    """Return the database's time, UTC: the one clock that all processes share (docs/explanation/safety.md, One job at a time).

    SQLite is part of each process on its one machine, so its clock is that machine's (docs/explanation/safety.md, SQLite).
    """
    bind = session if isinstance(session, Connection) else session.get_bind()
    if bind.dialect.name == "sqlite":
        return datetime.now(UTC)
    moment: datetime = session.scalar(POSTGRES_NOW)
    return moment.astimezone(UTC)


def insert(bind: Session | Connection, table: type[Base] | Table) -> sqlite.Insert | postgresql.Insert:
    """Begin an insert that can say what happens when a row is there already: both databases can, each in its own way."""
    bound = bind if isinstance(bind, Connection) else bind.get_bind()
    return sqlite.insert(table) if bound.dialect.name == "sqlite" else postgresql.insert(table)


def holds(session: Session, column: SQLColumnExpression[Any], text: str) -> ColumnElement[bool]:
    """Say that a column holds a text, whatever the case; SQLite's LIKE ignores it by itself, in a quarter of the time."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    return column.contains(text, autoescape=True) if is_sqlite else column.icontains(text, autoescape=True)


def is_unavailable(error: BaseException | None) -> bool:
    """Say whether the database was down or too busy: the statement itself may be sound."""
    if not isinstance(error, OperationalError):
        return False
    # SQLite raises it for a missing table or column, too, which is our own mistake.
    return getattr(error.orig, "sqlite_errorcode", None) != sqlite3.SQLITE_ERROR


def read_keys(keys: str, home: Path) -> list[str]:
    """Return the Fernet keys from the setting, or from the file `keys` in the home folder, newest first.

    Raises FileNotFoundError when there are none, since bin/up makes the first one, and OpenKeysError.
    """
    text = keys or _private_text(home / "keys")
    return [key.strip() for key in text.replace("\n", ",").split(",") if key.strip()]


def described(error: BaseException) -> str:
    """Return what an error says, without the statement or the values that the database was asked about."""
    if isinstance(error, DataError):  # its first line quotes a value
        return type(error).__name__
    text = str(error.orig if isinstance(error, DBAPIError) else error)
    return f"{type(error).__name__}: {text.strip().partition(chr(10))[0]}"


def _private_text(path: Path) -> str:
    """Return the text of a file that only its owner can read. Raises OpenKeysError."""
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise OpenKeysError(path)
    return path.read_text()


def _engine(url: str) -> Engine:
    """Open SQLite with its safe settings (docs/explanation/safety.md, SQLite), or Postgres with checked connections."""
    if not url.startswith("sqlite"):
        engine = create_engine(
            url,
            pool_pre_ping=True,
            pool_size=10,
            pool_timeout=10,
            connect_args={"connect_timeout": 5},
            hide_parameters=True,
        )
        event.listen(engine, "handle_error", _hide_values)
        return engine
    engine = create_engine(
        url, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False}, hide_parameters=True
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _hide_values(context: ExceptionContext) -> None:
    """Keep the first line of what Postgres says: those below quote the row, and every log would hold it."""
    for error in (context.original_exception, context.sqlalchemy_exception):
        if error is not None and error.args:
            error.args = (str(error.args[0]).partition("\n")[0], *error.args[1:])


def _prepare_sqlite(connection: Any, _record: object) -> None:
    """Make commits durable, let readers work beside one writer, and leave it to us to begin transactions."""
    connection.isolation_level = None
    busy = f"busy_timeout = {BUSY_SECONDS * 1000:.0f}"
    connection.create_aggregate(MoneySum.name, 1, _ExactSum)
    for pragma in ("journal_mode = WAL", "synchronous = FULL", busy, "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    """Lock the database at once where a transaction may write: SQLite waits for a lock only at the beginning."""
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
