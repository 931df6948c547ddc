"""Every setting: its name, type, default and meaning; all wrong ones are reported at once.

A field `port_base` is read from the environment variable `TIEOUT_PORT_BASE`; the few names that other programs share
(`DATABASE_URL`, `REDIS_URL`) stand as they are. `docs/reference/settings.md` lists them all, and a test keeps it complete.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar, cast
from urllib.parse import quote, urlsplit

from environs import Env, EnvValidationError
from marshmallow import validate
from marshmallow.validate import Validator

T = TypeVar("T")

SHARED_NAMES = {"database_url": "DATABASE_URL", "redis_url": "REDIS_URL"}
OUTSIDE = {"TIEOUT_VENV"}  # read by bin/up, before there is Python to load this
HERE = ("127.0.0.1", "localhost", "::1")
POSITIVE = validate.Range(min=0, min_inclusive=False)
DATABASE = validate.Regexp(r"$|(sqlite|postgresql(\+psycopg)?)://", error="Must begin with sqlite:// or postgresql://.")
REDIS = validate.Regexp(r"$|(rediss?|unix)://", error="Must begin with redis://, rediss:// or unix://.")
TOKEN = validate.Regexp(r"$|[!-~]{16,}$", error="Must be at least 16 characters without spaces.")


class WrongSettingsError(Exception):
    """Some settings cannot be used; the message names each with its reason."""

    def __init__(self, reasons: Mapping[str, list[str]]) -> None:
        self.reasons = reasons
        lines = [f"{name}: {' '.join(texts)}" for name, texts in sorted(reasons.items())]
        super().__init__("Wrong settings. " + " ".join(lines) + " All settings: docs/reference/settings.md")


def setting(default: T, meaning: str, *, check: Validator | None = None, scaled: bool = False) -> T:
    """Declare a setting. `scaled` waiting times are divided by `speed` when they are loaded."""
    return field(default=default, metadata={"meaning": meaning, "check": check, "scaled": scaled})


def quota(default: int, meaning: str) -> int:
    """Declare how many calls a window allows."""
    return setting(default, meaning, check=POSITIVE)


def wait(default: float, meaning: str) -> float:
    """Declare a waiting time or a quota window in seconds, which `speed` shortens."""
    return setting(default, meaning, check=POSITIVE, scaled=True)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything that can be set from outside, checked."""

    home: Path = setting(Path("var"), "folder that holds all state: database, keys, logs, Redis files")
    database_url: str = setting("", "SQLAlchemy URL; empty: SQLite in the home folder", check=DATABASE)
    redis_url: str = setting("", "Redis or Valkey; empty: bin/up starts its own", check=REDIS)
    keys: str = setting("", "Fernet keys, newest first, separated by commas; empty: the file `keys` in the home folder")
    port_base: int = setting(
        8700,
        "receiver +0, console +1, Precoro stand-in +2, QuickBooks stand-in +3, metrics +4, RQ dashboard +6",
        check=validate.Range(1024, 65500),
    )
    bind: str = setting("127.0.0.1", "address the receiver listens on")
    trusted_proxy: str = setting(
        "", "address of the proxy whose X-Forwarded-For tells where a request comes from; empty: nobody's is believed"
    )
    public_url: str = setting("", "address at which Precoro and Intuit reach the receiver; empty: its own port")
    console_bind: str = setting(
        "127.0.0.1", "address the console listens on; any but this machine's own needs CONSOLE_URL"
    )
    console_url: str = setting(
        "", "address at which people reach the console, https unless it is this machine's own; empty: its own port"
    )
    dashboard_url: str = setting(
        "", "address of the RQ dashboard, a host name of its own with https; empty: its own port on this machine"
    )
    oidc_issuer: str = setting(
        "",
        "address of the company's identity provider (OpenID Connect), with https; empty: people sign in with password and code",
    )
    oidc_client_id: str = setting("", "client id of the console at the identity provider")
    oidc_client_secret: str = setting("", "client secret of the console at the identity provider")
    console_keys: str = setting(
        "",
        "keys that sign the cookies of the console, newest first, separated by commas; empty: a file in the home folder",
    )
    metrics_token: str = setting(
        "",
        "token that Prometheus sends to read the metrics, at least 16 characters; empty: every process of this machine may read them",
        check=TOKEN,
    )
    log_level: str = setting(
        "INFO", "DEBUG, INFO, WARNING or ERROR", check=validate.OneOf(["DEBUG", "INFO", "WARNING", "ERROR"])
    )
    queue: str = setting("tieout", "name of the RQ queue", check=validate.Regexp(r"^[a-z0-9_-]+$"))
    worker_count: int = setting(2, "worker processes of one `python -m workers`", check=POSITIVE)
    max_body: int = setting(
        1_048_576, "largest notification of QuickBooks in bytes; above it the answer is 413", check=POSITIVE
    )

    precoro_url: str = setting(
        "", "other address of the Precoro API, such as a stand-in's; empty: the host of the company"
    )
    precoro_file_hosts: str = setting(
        "precoro.com,precoro.us",
        "hosts, with all below them, from which files of documents are fetched when Precoro answers with an address, separated by commas",
    )
    qbo_environment: str = setting(
        "production", "production or sandbox", check=validate.OneOf(["production", "sandbox"])
    )
    qbo_url: str = setting("", "other address of the QuickBooks API and sign-in, such as a stand-in's")
    qbo_client_id: str = setting("", "client id of the app at developer.intuit.com")
    qbo_client_secret: str = setting("", "client secret of the app")
    qbo_verifier_tokens: str = setting(
        "", "webhook verifier tokens of the app, separated by commas: several during a change"
    )
    qbo_redirect_url: str = setting(
        "",
        "redirect address registered for the app; empty: the console's `/connect/callback`, and the CLI's own on 127.0.0.1",
    )

    speed: float = setting(
        1.0, "how many times faster than real all windows and waiting times run: for stories and tests", check=POSITIVE
    )
    precoro_minute: int = quota(60, "calls a minute for one Precoro key")
    precoro_hour: int = quota(1500, "calls an hour for one Precoro key")
    precoro_day: int = quota(3000, "calls a day for one Precoro key")
    precoro_same_minute: int = quota(1, "times the identical Precoro request may be made in a minute")
    precoro_same_hour: int = quota(30, "times the identical Precoro request may be made in an hour")
    qbo_second: int = quota(10, "calls a second for one QuickBooks company")
    qbo_minute: int = quota(450, "calls a minute for one QuickBooks company; Intuit's limit is 500")
    qbo_batches: int = quota(40, "batch calls a minute for one QuickBooks company")
    qbo_month: int = quota(
        500_000, "calls a month that take data out of QuickBooks, all companies together: Intuit's free tier"
    )
    second: float = wait(1, "length of the quota window called a second")
    minute: float = wait(60, "length of the quota window called a minute")
    hour: float = wait(3600, "length of the quota window called an hour")
    day: float = wait(86400, "length of the quota window called a day")

    reread_after: float = wait(61, "seconds before the same Precoro document is read again")
    echo_window: float = wait(120, "seconds after our own write-back in which an event may be only its echo")
    queued_for: float = wait(120, "seconds after which a record that was queued but not started is queued again")
    settle_after: float = wait(
        150, "seconds after the last send from which an unanswered write is looked for in QuickBooks"
    )
    resend_after: float = wait(5, "seconds before an unanswered write is sent again with the same request id")
    backoff_min: float = wait(30, "first back-off of a connection after an outage; it doubles up to `backoff_max`")
    backoff_max: float = wait(900, "longest back-off of a connection after an outage")
    retry_waits: str = setting(
        "30,120,600,3600,21600,86400", "seconds between the attempts of one record, shortened by `speed`"
    )
    catch_up: float = wait(900, "seconds between two catch-ups with Precoro")
    changes_every: float = wait(60, "seconds at least between two reads of QuickBooks' changes, when events came")
    changes_idle: float = wait(3600, "seconds at most between two reads of QuickBooks' changes, when none came")
    changes_max_age: float = setting(
        3900,
        "seconds after which nothing new is created from what is known of QuickBooks, until its changes are read: more than CHANGES_IDLE",
        check=POSITIVE,
    )
    report_hour: int = setting(
        2,
        "hour of the day, in UTC, in which the daily tie-out report is made; -1: none is",
        check=validate.Range(-1, 23),
    )
    alerts_every: float = wait(120, "seconds between two looks at what people outside the console are told of")
    alert_hosts: str = setting(
        "",
        "hosts on addresses that are not public to which alerts may be sent, such as the company's own mail server, separated by commas",
    )
    ping_url: str = setting(
        "",
        "address that the clock calls as long as it runs, such as one of healthchecks.io: whoever listens there notices its end",
    )
    ping_every: float = setting(300, "seconds between two calls of PING_URL", check=POSITIVE)
    clock_tick: float = setting(1.0, "seconds between two ticks of the clock", check=POSITIVE)
    clock_alarm: float = setting(120, "seconds without a tick after which /readyz is red", check=POSITIVE)

    lease: float = setting(300, "seconds a worker may hold a record", check=POSITIVE)
    job_timeout: int = setting(240, "seconds after which RQ stops a job; shorter than the lease", check=POSITIVE)
    qbo_timeout: float = setting(125, "seconds to wait for QuickBooks, which cuts off at 120", check=POSITIVE)
    precoro_timeout: float = setting(30, "seconds to wait for Precoro", check=POSITIVE)
    refresh_lease: float = setting(60, "seconds one process may take to refresh a company's tokens", check=POSITIVE)
    claims_each: int = setting(4, "records of one connection that are worked on at the same time", check=POSITIVE)

    @property
    def database(self) -> str:
        """Return the SQLAlchemy URL in use."""
        return self.database_url or f"sqlite:///{self.home.absolute() / 'tieout.db'}"

    @property
    def redis(self) -> str:
        """Return the Redis URL in use."""
        return self.redis_url or f"unix://{quote(str(self.redis_socket))}"

    @property
    def redis_socket(self) -> Path:
        """Return the socket of our own Redis: only who may enter the home reaches it."""
        return self.home.absolute() / "redis" / "redis.sock"

    @property
    def receiver_url(self) -> str:
        """Return the address at which the services reach the receiver."""
        return self.public_url.rstrip("/") or f"http://127.0.0.1:{self.port('receiver')}"

    @property
    def console_address(self) -> str:
        """Return the address at which people reach the console."""
        return self.console_url.rstrip("/") or f"http://127.0.0.1:{self.port('console')}"

    @property
    def dashboard_address(self) -> str:
        """Return the address at which people reach the RQ dashboard."""
        return self.dashboard_url.rstrip("/") or f"http://127.0.0.1:{self.port('dashboard')}"

    @property
    def uses_standins(self) -> bool:
        """Say whether QuickBooks is a stand-in, so that no real company is behind it."""
        return bool(self.qbo_url)

    @property
    def file_hosts(self) -> tuple[str, ...]:
        """Return the hosts from which files of documents are fetched."""
        return tuple(host.strip().lower() for host in self.precoro_file_hosts.split(",") if host.strip())

    @property
    def inner_alert_hosts(self) -> tuple[str, ...]:
        """Return the hosts on addresses that are not public to which alerts may be sent."""
        return tuple(host.strip().lower() for host in self.alert_hosts.split(",") if host.strip())

    @property
    def retries(self) -> tuple[float, ...]:
        """Return the waits between the attempts of one record in seconds, as fast as `speed` says."""
        return tuple(float(text) / self.speed for text in self.retry_waits.split(","))

    def port(self, name: str) -> int:
        """Return the port of one of our processes."""
        return (
            self.port_base
            + {"receiver": 0, "console": 1, "precoro": 2, "quickbooks": 3, "metrics": 4, "dashboard": 6}[name]
        )


def variable(item: Field[Any]) -> str:
    """Return the name of the environment variable of a setting."""
    return SHARED_NAMES.get(item.name, f"TIEOUT_{item.name.upper()}")


def load() -> Settings:
    """Read the settings from the environment.

    Raises WrongSettingsError with every wrong one at once, and for a TIEOUT_ name that is no setting.
    """
    env = Env(eager=False)
    values = {item.name: _read(env, item) for item in fields(Settings)}
    reasons: dict[str, list[str]] = {}
    try:
        env.seal()
    except EnvValidationError as error:
        reasons.update(cast("Mapping[str, list[str]]", error.error_messages))
    reasons.update(_unknown_names())
    reasons = reasons or _contradictions(values)
    if reasons:
        raise WrongSettingsError(reasons)
    scaled = {item.name: values[item.name] / values["speed"] for item in fields(Settings) if item.metadata["scaled"]}
    return Settings(**{**values, **scaled})


def _read(env: Env, item: Field[Any]) -> Any:
    """Parse one variable by its declared type."""
    parsers: dict[Any, Any] = {"int": env.int, "float": env.float, "str": env.str, "Path": env.path}
    return parsers[item.type](variable(item), item.default, validate=item.metadata["check"])


def _unknown_names() -> dict[str, list[str]]:
    """Name what begins with TIEOUT_ but is no setting: most likely a misspelling."""
    names = {variable(item) for item in fields(Settings)} | OUTSIDE
    return {name: ["No such setting."] for name in os.environ if name.startswith("TIEOUT_") and name not in names}


def _contradictions(values: Mapping[str, Any]) -> dict[str, list[str]]:
    """Name settings that are right alone and wrong together."""
    reasons = {}
    if not values["qbo_timeout"] < values["job_timeout"] < values["lease"]:
        reasons["TIEOUT_LEASE"] = ["Must be longer than TIEOUT_JOB_TIMEOUT, and that longer than TIEOUT_QBO_TIMEOUT."]
    if not re.fullmatch(r"\s*\d+(\.\d+)?\s*(,\s*\d+(\.\d+)?\s*)*", values["retry_waits"]):
        reasons["TIEOUT_RETRY_WAITS"] = ["Must be numbers of seconds separated by commas."]
    for name in ("console_url", "dashboard_url", "oidc_issuer", "ping_url"):
        if values[name] and not _is_safe(values[name]):
            reasons[f"TIEOUT_{name.upper()}"] = ["Must begin with https://: passwords and figures go there."]
    if values["console_bind"] not in HERE and not values["console_url"]:
        reasons["TIEOUT_CONSOLE_BIND"] = [
            "Others can reach it there, so TIEOUT_CONSOLE_URL must name its https address."
        ]
    return reasons


def _is_safe(address: str) -> bool:
    """Say whether nobody on the way can read what is sent to an address."""
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in HERE)
