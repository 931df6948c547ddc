"""The metrics of the whole installation, read anew for each scrape; no label names a company, supplier or person."""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Final, get_args

from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from outbound.errors import QuotaUnreachable
from store.companies import ConnectionState
from workers.alerts import views as alerts
from workers.ops.overview import Overview, Pulse, overview
from workers.ops.quotas import quotas
from workers.runtime import Runtime

STATES: Final[tuple[ConnectionState, ...]] = get_args(ConnectionState)


class InstallationCollector(Collector):
    """Reads how the installation does, one scrape after the other."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._lock = threading.Lock()

    def collect(self) -> Iterable[Metric]:
        """Return every metric. Raises SQLAlchemyError; what only Redis knows is left out while it does not answer."""
        with self._lock:
            present = overview(self._runtime)
            return [
                *_processes(present),
                *_work(present.connections),
                *_services(present.connections),
                *self._alerts(),
                *self._quotas(),
            ]

    def _alerts(self) -> Iterator[Metric]:
        """Yield what a person is needed for: failed and held records are counted where people are told of them."""
        causes = GaugeMetricFamily("tieout_alerts", "Causes for which a person is needed.", labels=["kind"])
        records = GaugeMetricFamily("tieout_alert_records", "Records that these causes are about.", labels=["kind"])
        for kind, count in alerts.counts(self._runtime).items():
            causes.add_metric([kind], count.causes)
            records.add_metric([kind], count.records)
        yield from (causes, records)
        channels = alerts.channels(self._runtime)
        failing = sum(channel.failing_since is not None for channel in channels)
        yield _gauge("alert_channels_failing", "Channels that take no messages.", failing)
        waiting = sum(channel.waiting for channel in channels)
        yield _gauge("alert_messages_waiting", "Messages that channels have not taken yet.", waiting)

    def _quotas(self) -> Iterator[Metric]:
        """Yield how much of each window is used, by the company that has used the most."""
        used: dict[tuple[str, str], float] = defaultdict(float)
        with suppress(QuotaUnreachable):
            for window in quotas(self._runtime):
                key = window.service.lower(), f"{window.seconds * self._runtime.settings.speed:.0f}"
                used[key] = max(used[key], window.used / window.limit)
        family = GaugeMetricFamily(
            "tieout_quota_used_ratio",
            "Calls of a window that are used, as a part of its limit, by the company that has used the most.",
            labels=["service", "window_seconds"],
        )
        for key, ratio in sorted(used.items()):
            family.add_metric(key, ratio)
        yield family


def _processes(present: Overview) -> Iterator[Metric]:
    """Yield who works, and what RQ holds."""
    yield _gauge("workers", "Worker processes that lived a moment ago.", len(present.workers))
    yield from _moment("clock_last_tick", "When a clock last ticked.", present.ticked_at)
    yield _gauge("duties_in_trouble", "Duties of the clock that ended unexpectedly.", len(present.troubles))
    jobs = {"queued": present.queued, "failed": present.failed_jobs}
    yield _by("jobs", "Jobs that RQ holds.", "state", {state: n for state, n in jobs.items() if n is not None})


def _work(pulses: Iterable[Pulse]) -> Iterator[Metric]:
    """Yield what waits in all connections together."""
    pulses = list(pulses)
    states = Counter(pulse.state for pulse in pulses)
    yield _by("connections", "Connections by their state.", "state", {state: states[state] for state in STATES})
    yield _gauge("records_due", "Records to be looked at or written back.", sum(pulse.due for pulse in pulses))
    oldest = min((pulse.oldest_due for pulse in pulses if pulse.oldest_due), default=None)
    yield from _moment("oldest_due", "Since when the oldest of them is due.", oldest)
    yield _gauge("tasks_under_way", "Long actions that are under way.", sum(pulse.tasks for pulse in pulses))


def _services(pulses: Iterable[Pulse]) -> Iterator[Metric]:
    """Yield when each service was last heard."""
    pulses = list(pulses)
    events = {
        "precoro": [pulse.precoro_event for pulse in pulses],
        "quickbooks": [pulse.quickbooks_event for pulse in pulses],
    }
    newest = {service: max(filter(None, moments), default=None) for service, moments in events.items()}
    yield _by(
        "last_event_timestamp_seconds",
        "When the last event of a service came.",
        "service",
        {service: moment.timestamp() for service, moment in newest.items() if moment},
    )
    read = [pulse.quickbooks_read for pulse in pulses if pulse.state == "connected" and pulse.quickbooks_read]
    meaning = "When the changes of QuickBooks were last read, of the connected company for which that was longest ago."
    yield from _moment("changes_last_read", meaning, min(read, default=None))


def _gauge(name: str, meaning: str, value: float) -> Metric:
    return GaugeMetricFamily(f"tieout_{name}", meaning, value)


def _by(name: str, meaning: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(f"tieout_{name}", meaning, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family


def _moment(name: str, meaning: str, moment: datetime | None) -> Iterator[Metric]:
    """Yield a moment, unless there is none yet."""
    if moment is not None:
        yield _gauge(f"{name}_timestamp_seconds", meaning, moment.timestamp())
