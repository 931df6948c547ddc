"""The doctor: checks from the settings to both companies of each connection, each with a remedy where it fails."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from cryptography.fernet import Fernet
from redis.exceptions import RedisError, ResponseError
from sqlalchemy.exc import SQLAlchemyError

import settings as settings_module
from mappers.editions import WITHOUT_BILLS, too_small
from mappers.remedies import Act, Remedy
from mappers.text import plural
from outbound.errors import NoBudget, RemoteError, Throttled, TokenEndpointTrouble
from qbo_client.company import read_preferences
from settings import HERE, Settings, WrongSettingsError
from store import alerts, duties, migrations, records
from store.base import NoKeyError, OpenKeysError, read_keys
from store.companies import CONNECTED, DISCONNECTED, PAUSED, Connection
from workers import clients, lookup, tokens
from workers.ops.heartbeat import living_workers
from workers.runtime import Runtime

OLDEST_REDIS = (6, 2)
CORRECTED_REDIS = ((6, 2, 20), (7, 2, 11), (7, 4, 6), (8, 0, 4), (8, 2, 2))
FEW = 10
"""How many failed records are named."""
SOON = timedelta(days=7)


@dataclass(frozen=True)
class Check:
    """What came of one check; there is a remedy only when something is wrong."""

    name: str
    sentence: str
    remedy: Remedy | None = None

    @property
    def ok(self) -> bool:
        """Say whether nothing has to be done."""
        return self.remedy is None


def keys(settings: Settings) -> Check:
    """Check that there are keys and all of them can be used."""
    try:
        fernet_keys = read_keys(settings.keys, settings.home)
        for key in fernet_keys:
            Fernet(key)
    except OpenKeysError as error:
        return Check("keys", error.sentence, Remedy(error.remedy))
    except OSError:
        remedy = "bin/up makes the first key. If there was one, put it back: without it stored tokens cannot be read."
        sentence = f"There is no key, neither in TIEOUT_KEYS nor in {settings.home / 'keys'}."
        return Check("keys", sentence, Remedy(remedy))
    except ValueError:
        remedy = "Give keys of 32 bytes in URL-safe base64, newest first."
        return Check("keys", "A key is not a Fernet key.", Remedy(remedy))
    if not fernet_keys:
        remedy = "Put the key back that the stored tokens were written with."
        return Check("keys", "The list of keys is empty.", Remedy(remedy))
    return Check("keys", f"{len(fernet_keys)} in use")


def run_checks() -> Iterator[Check]:
    """Run every check, from the settings of this process on, as far as the checks before allow."""
    try:
        settings = settings_module.load()
    except WrongSettingsError as error:
        yield Check("settings", str(error), Remedy("Correct them in the environment."))
        return
    yield Check("settings", "can be used")
    keys_check = keys(settings)
    yield keys_check
    if not keys_check.ok:
        return
    try:
        runtime = Runtime(settings)
    except (ValueError, SQLAlchemyError) as error:
        sentence = f"DATABASE_URL or REDIS_URL cannot be read ({error})."
        yield Check("settings", sentence, Remedy("Correct it in the environment."))
        return
    try:
        yield from check_installation(runtime)
    finally:
        runtime.close()


def check_installation(runtime: Runtime) -> Iterator[Check]:
    """Check all that a connection needs, in the order in which things depend on each other."""
    yield _app(runtime.settings)
    yield _sign_in(runtime)
    yield from _rescue_files(runtime.settings)
    database = _database(runtime)
    yield database
    yield from _redis(runtime)
    if not database.ok:
        return
    yield _workers(runtime)
    yield _clock(runtime)
    yield from _duties(runtime)
    yield _failed(runtime)
    yield from _channels(runtime)
    yield from _connections(runtime)


def _app(settings: Settings) -> Check:
    """Check whether the app at Intuit is set: without it no token is refreshed and no event of QuickBooks taken."""
    wanted = {
        "TIEOUT_QBO_CLIENT_ID": settings.qbo_client_id,
        "TIEOUT_QBO_CLIENT_SECRET": settings.qbo_client_secret,
        "TIEOUT_QBO_VERIFIER_TOKENS": settings.qbo_verifier_tokens,
    }
    missing = [name for name, value in wanted.items() if not value]
    if missing:
        remedy = Remedy("Take them from the app at developer.intuit.com.")
        return Check("app", f"Not set: {', '.join(missing)}.", remedy)
    return Check("app", f"set, {settings.qbo_environment}")


def _sign_in(runtime: Runtime) -> Check:
    """Check whether Intuit's sign-in answers, and still lives where Tieout looks for it."""
    try:
        published, used = clients.discovered_endpoints(runtime), clients.endpoints(runtime.settings)
    except TokenEndpointTrouble as error:
        return Check("sign-in", error.sentence, Remedy(error.remedy))
    if published != used:
        moved = [address for address in vars(published).values() if address not in vars(used).values()]
        remedy = Remedy("Upgrade Tieout, or report it.")
        return Check("sign-in", f"Intuit has moved it to {', '.join(moved)}.", remedy)
    return Check("sign-in", "answers, where Tieout looks for it")


def _rescue_files(settings: Settings) -> Iterator[Check]:
    """Name the rescue files that were set aside: perhaps they hold the only valid tokens of a company."""
    for path in tokens.unreadable_rescue_files(settings.home):
        remedy = (
            f"Put the key back that it was written with, and rename it to {path.with_suffix('.token').name}. "
            "If there is no such key, delete the file, and connect again what is disconnected."
        )
        sentence = f"{path} cannot be read with the present keys."
        yield Check("rescued tokens", sentence, Remedy(remedy, (Act("list_connections"),)))


def _database(runtime: Runtime) -> Check:
    """Check whether the database answers and has today's tables."""
    try:
        current = migrations.is_current(runtime.store)
    except SQLAlchemyError as error:
        remedy = Remedy("Start it, or correct DATABASE_URL.")
        return Check("database", f"It does not answer ({type(error).__name__}).", remedy)
    if not current:
        remedy = Remedy("Bring it up to date.", (Act("upgrade_database"),))
        return Check("database", "It is empty, or of another version.", remedy)
    return Check("database", f"{runtime.store.engine.dialect.name}, up to date")


def _failed(runtime: Runtime) -> Check:
    """Name the records that failed: people have to look at them."""
    with runtime.read() as (session, _):
        names = [record.name for record in records.failed(session, FEW + 1)]
    if not names:
        return Check("failed records", "none")
    more = ", ..." if len(names) > FEW else ""
    acts = (Act("list_failed_jobs"), Act("show_document", {"document": names[0]}))
    remedy = Remedy("Look at the traceback of its job, and requeue it once the cause is gone.", acts)
    return Check("failed records", f"Failed: {', '.join(names[:FEW])}{more}.", remedy)


def _redis(runtime: Runtime) -> Iterator[Check]:
    """Check Redis."""
    try:
        yield _redis_itself(runtime)
    except RedisError as error:
        remedy = Remedy("Start it, or correct REDIS_URL. Events are kept meanwhile, and nothing is lost.")
        yield Check("redis", f"It does not answer ({type(error).__name__}).", remedy)


def _redis_itself(runtime: Runtime) -> Check:
    """Check whether Redis is new enough, keeps what it is told, and never throws jobs away."""
    info = runtime.redis.info("server")
    version = str(info["redis_version"])
    numbers = tuple(int(part) for part in version.split("."))
    if numbers < OLDEST_REDIS:
        remedy = Remedy("Install Redis 7 or Valkey 7.2, or newer.")
        return Check("redis", f"Version {version} is too old.", remedy)
    try:
        wrong = _redis_configuration(runtime)
    except ResponseError:  # a managed Redis may keep its configuration to itself
        return Check("redis", f"version {version}; it does not show appendonly and maxmemory-policy")
    if wrong:
        remedy = Remedy("Set: appendonly yes, maxmemory-policy noeviction.")
        return Check("redis", f"Version {version} with {' and '.join(wrong)}.", remedy)
    waiting = len(runtime.queue)
    open_to_all = "" if _is_locked(runtime.settings.redis) else "; it asks for no password"
    faults = (
        ""
        if info.get("server_name") == "valkey" or not _has_known_faults(numbers)
        else "; it has known faults, upgrade it"
    )
    return Check("redis", f"version {version}, appendonly yes, noeviction, {waiting} jobs waiting{open_to_all}{faults}")


def _has_known_faults(version: tuple[int, ...]) -> bool:
    """Say whether a Redis lacks the last corrections of its series that matter (CVE-2025-49844 and those before)."""
    corrected = next((first for first in CORRECTED_REDIS if first[:2] == version[:2]), None)
    return version < corrected if corrected else version < CORRECTED_REDIS[-1]


def _is_locked(url: str) -> bool:
    """Say whether Redis is behind a socket or a password."""
    parts = urlsplit(url)
    return parts.scheme == "unix" or bool(parts.password)


def _redis_configuration(runtime: Runtime) -> list[str]:
    """Return the settings of Redis that may lose jobs."""
    required = {"appendonly": "yes", "maxmemory-policy": "noeviction"}
    actual = {name: runtime.redis.config_get(name).get(name) for name in required}
    return [f"{name} {actual[name]}" for name in required if actual[name] != required[name]]


def _workers(runtime: Runtime) -> Check:
    """Check whether anybody takes jobs from the queue."""
    number = living_workers(runtime)
    if not number:
        return Check("workers", "None runs.", Remedy("Start them.", (Act("start_workers"),)))
    return Check("workers", f"{number} running")


def _clock(runtime: Runtime) -> Check:
    """Check whether a clock ticks."""
    alarm = timedelta(seconds=runtime.settings.clock_alarm)
    with runtime.read() as (session, moment):
        ticked = duties.last_tick(session)
    start = Remedy("Start one.", (Act("start_clock"),))
    if ticked is None:
        return Check("clock", "None has ever ticked.", start)
    ago = (moment - ticked).total_seconds()
    if moment - ticked > alarm:
        return Check("clock", f"The last tick was {ago:.0f} s ago.", start)
    return Check("clock", f"ticked {ago:.0f} s ago")


def _duties(runtime: Runtime) -> Iterator[Check]:
    """Check whether the clock could do all that it has to do."""
    with runtime.read() as (session, _):
        troubled = duties.troubled(session)
    words = "Everything else goes on, and this is tried again. Report it with what the clock's log says about it."
    for duty in troubled:
        yield Check(f"duty {duty.name}", f"It met what it cannot deal with ({duty.trouble}).", Remedy(words))


def _channels(runtime: Runtime) -> Iterator[Check]:
    """Name the channels that take no alerts."""
    with runtime.read() as (session, _):
        failing = alerts.failing_channels(session)
    for channel in failing:
        remedy = Remedy("Correct it, then try it.", (Act("test_channel", {"channel": channel.name}),))
        sentence = (
            f"{channel.title} has taken no message since {channel.failing_since:%Y-%m-%d %H:%M} UTC: {channel.failure}"
        )
        yield Check(f"alerts {channel.name}", sentence, remedy)


def _connections(runtime: Runtime) -> Iterator[Check]:
    """Check every connection."""
    try:
        with runtime.read() as (session, moment):
            connections = lookup.connections(session)
    except NoKeyError as error:
        yield Check("connections", "The stored secrets cannot be read.", Remedy(str(error)))
        return
    if not connections:
        remedy = Remedy("Connect two companies.", (Act("connect_companies"),))
        yield Check("connections", "There is none.", remedy)
    for connection in connections:
        yield from _connection(runtime, connection, moment)


def _connection(runtime: Runtime, connection: Connection, moment: datetime) -> Iterator[Check]:
    """Check one connection: its state, its permission, both companies, and whether Precoro's events arrive."""
    yield _state(runtime, connection, moment)
    yield _permission(connection, moment)
    yield _plan(connection)
    yield _live(connection)
    yield _precoro(runtime, connection)
    if connection.state != DISCONNECTED:
        yield _quickbooks(runtime, connection)
        yield from _books(connection)
    yield _events(runtime, connection, moment)
    yield _webhook_address(connection, moment)
    runtime.keep_calls()


def _state(runtime: Runtime, connection: Connection, moment: datetime) -> Check:
    """Check whether the connection works, waits, or was stopped."""
    name, slug = f"{connection.slug}: state", connection.slug
    if connection.state == DISCONNECTED:
        with runtime.read() as (session, _):
            why = lookup.why_disconnected(session, slug)
        return Check(name, why, Remedy("Connect it again.", (Act("reconnect", {"connection": slug}),)))
    if connection.state == PAUSED:
        return Check(name, "paused by a person")
    if connection.backoff_until and connection.backoff_until > moment:
        until = connection.backoff_until.strftime("%Y-%m-%d %H:%M:%S UTC")
        resume = Act("resume_connection", {"connection": slug})
        remedy = Remedy("It goes on by itself; to try at once, resume it.", (resume,))
        return Check(name, f"It waits until {until}: {connection.backoff_reason}", remedy)
    return Check(name, CONNECTED)


def _permission(connection: Connection, moment: datetime) -> Check:
    """Check how long QuickBooks' permission lasts: it renews itself with every refresh, until a hard end."""
    name, company = f"{connection.slug}: permission", connection.qbo
    ends = [moment for moment in (company.refresh_until, company.hard_until) if moment]
    if not ends:
        return Check(name, "QuickBooks gave no end")
    end = min(ends)
    acts = (Act("reconnect", {"connection": connection.slug}),)
    if end <= moment:
        return Check(name, f"It ended on {end:%Y-%m-%d}.", Remedy("Connect it again.", acts))
    if end <= moment + SOON:
        return Check(name, f"It ends on {end:%Y-%m-%d}.", Remedy("Connect it again before that.", acts))
    return Check(name, f"good until {end:%Y-%m-%d}")


def _plan(connection: Connection) -> Check:
    """Check whether the edition of QuickBooks has what Tieout needs, as it was when it was last looked at."""
    name, company = f"{connection.slug}: plan", connection.qbo
    edition = too_small(company.plan)
    if edition:
        lacks = "no bills, purchase orders, classes or locations" if edition in WITHOUT_BILLS else "no purchase orders"
        sentence = (
            f"{company.name} now has QuickBooks Online {edition}, which has {lacks}; documents that need them are held."
        )
        return Check(name, sentence, Remedy("Go back to Plus or Advanced in QuickBooks."))
    return Check(name, f"{company.plan or 'not named'}, {company.home_currency}")


def _live(connection: Connection) -> Check:
    """Check whether documents are sent by themselves."""
    name = f"{connection.slug}: live"
    if connection.live_at is None:
        check = Act("check_connection", {"connection": connection.slug})
        remedy = Remedy("See what is missing and what waits.", (check,))
        return Check(name, "It is not live, so nothing is sent by itself.", remedy)
    return Check(name, f"since {connection.live_at:%Y-%m-%d %H:%M} UTC")


def _precoro(runtime: Runtime, connection: Connection) -> Check:
    """Make one cheap call to Precoro."""
    name = f"{connection.slug}: Precoro"
    try:
        legal_entities = list(clients.precoro(runtime, connection.precoro, urgent=True).legal_entities())
    except (NoBudget, Throttled) as error:
        return Check(name, f"not asked: {error.sentence}")
    except RemoteError as error:
        return Check(name, error.sentence, Remedy(error.remedy))
    count = plural(len(legal_entities), "legal entity", "legal entities")
    return Check(name, f"answers, {count}, {connection.precoro.email}")


def _quickbooks(runtime: Runtime, connection: Connection) -> Check:
    """Make one cheap call to QuickBooks."""
    name = f"{connection.slug}: QuickBooks"
    try:
        info = clients.quickbooks(runtime, connection.qbo, urgent=True).company_info()
    except (NoBudget, Throttled) as error:
        return Check(name, f"not asked: {error.sentence}")
    except RemoteError as error:
        return Check(name, error.sentence, Remedy(error.remedy))
    return Check(name, f"answers, {info.get('CompanyName')}, company {connection.qbo.realm}")


def _books(connection: Connection) -> Iterator[Check]:
    """Check whether the settings that QuickBooks last showed could be read."""
    doubt = read_preferences(connection.qbo.preferences).doubt
    if doubt:
        remedy = Remedy("Choose the closing date again in QuickBooks (Account and settings, Advanced, Accounting).")
        yield Check(f"{connection.slug}: books", doubt, remedy)


def _events(runtime: Runtime, connection: Connection, moment: datetime) -> Check:
    """Check whether Precoro can reach the receiver and has done so."""
    name, settings = f"{connection.slug}: events", runtime.settings
    last_event_at, address = connection.precoro.last_event_at, settings.receiver_url
    if last_event_at is not None:
        return Check(name, f"Precoro was last heard {_ago(moment - last_event_at)} ago, at {address}")
    if urlsplit(address).hostname in HERE and not settings.precoro_url:
        remedy = Remedy("Set TIEOUT_PUBLIC_URL to the receiver's public address.")
        return Check(name, f"Precoro cannot reach {address}.", remedy)
    remedy = Remedy(
        "Until then the catch-up finds what changed. Paste the webhook address of this connection in Precoro "
        "(Configuration, Integrations, Webhooks).",
        (Act("show_connection", {"connection": connection.slug}),),
    )
    return Check(name, f"Precoro was never heard at {address}.", remedy)


def _webhook_address(connection: Connection, moment: datetime) -> Check:
    """Say how old the secret in the webhook address is, and whether an old one is still valid."""
    name, company = f"{connection.slug}: webhook address", connection.precoro
    age = (
        f"made {_ago(moment - company.webhook_made_at)} ago"
        if company.webhook_made_at
        else "made before its age was kept"
    )
    if company.old_webhook_digest is None:
        return Check(name, age)
    act = Act("retire_webhook", {"connection": connection.slug})
    remedy = Remedy("Paste the new one in Precoro, see an event arrive, then retire the old one.", (act,))
    return Check(name, f"It was {age}, and the one before it is still valid.", remedy)


def _ago(passed: timedelta) -> str:
    """Return a span of time as people say it."""
    seconds = passed.total_seconds()
    for unit, length in (("days", 86400), ("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.0f} seconds"
