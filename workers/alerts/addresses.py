"""The addresses of apprise that messages may go to: of which services, with which parameters, at which servers.

An administrator types them, so they are judged (docs/decisions/0021-alerts-by-apprise.md). A service of apprise is loaded when
it is first used.
"""

from __future__ import annotations

import importlib
import logging
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from mappers.text import plural
from outbound.hosts import is_public
from settings import Settings
from workers.errors import AddressRefusedError

TIMEOUT = 10.0
"""Seconds to connect, and to wait for each answer."""
LONGEST_ADDRESS = 2000
HEADER = "+"
"""What the name of a parameter begins with that is a header of a webhook."""
SECURE_MODES: Final = {"ssl", "starttls"}
_HOST = re.compile(r"[A-Za-z0-9.-]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Service:
    """A service of apprise.

    Args:
        title: what people call it
        plugin: the module and class of apprise that serve it
        parameters: what may stand behind the `?` of its address; nothing that reads a file or leaves a check out
        server: how to get the host that is called from the plugin; None when that is always the service's own
    """

    title: str
    plugin: str
    parameters: frozenset[str] = frozenset()
    server: Callable[[Any], str] | None = None


def _host(plugin: Any) -> str:
    return str(plugin.host)


def _mail_server(plugin: Any) -> str:
    return str(plugin.smtp_host)


def _parameters(names: str) -> frozenset[str]:
    return frozenset(names.split())


MAIL = Service("mail", "email:NotifyEmail", _parameters("to from name smtp user pass mode cc bcc reply"), _mail_server)
WEBHOOK = Service("webhook", "custom_json:NotifyJSON", _parameters("method"), _host)
TEAMS = Service("Microsoft Teams", "workflows:NotifyWorkflows", server=_host)
MATTERMOST = Service("Mattermost", "mattermost:NotifyMattermost", _parameters("to channel"), _host)
ROCKET_CHAT = Service("Rocket.Chat", "rocketchat:NotifyRocketChat", _parameters("to mode"), _host)
GOTIFY = Service("Gotify", "gotify:NotifyGotify", _parameters("priority"), _host)
SERVICES: Mapping[str, Service] = {
    "mailtos": MAIL,
    "mailto": MAIL,
    "jsons": WEBHOOK,
    "json": WEBHOOK,
    "slack": Service("Slack", "slack:NotifySlack", _parameters("to")),
    "workflows": TEAMS,
    "discord": Service("Discord", "discord:NotifyDiscord"),
    "gchat": Service("Google Chat", "google_chat:NotifyGoogleChat"),
    "tgram": Service("Telegram", "telegram:NotifyTelegram", _parameters("to topic")),
    "webex": Service("Webex", "webexteams:NotifyWebexTeams"),
    "mmosts": MATTERMOST,
    "mmost": MATTERMOST,
    "rockets": ROCKET_CHAT,
    "rocket": ROCKET_CHAT,
    "gotifys": GOTIFY,
    "gotify": GOTIFY,
    "pover": Service("Pushover", "pushover:NotifyPushover", _parameters("to priority sound")),
    "pagerduty": Service("PagerDuty", "pagerduty:NotifyPagerDuty", _parameters("region component severity")),
}
"""The services by the beginning of their addresses."""


def title_of(address: str, settings: Settings) -> str:
    """Return what may be shown of an address: the service and the server. Raises AddressRefusedError."""
    server, title = server_of(address, opened(address, settings)), _service_of(address).title
    return f"{title} at {server}"[:200] if server else title


def server_of(address: str, plugin: Any) -> str:
    """Return the server that an address names, "" when the service has its own."""
    service = _service_of(address)
    return service.server(plugin) if service.server else ""


def opened(address: str, settings: Settings) -> Any:
    """Return the plugin of an address that messages may go to. Raises AddressRefusedError."""
    service = _service_of(address)
    plugin_class = _loaded(service)
    values = plugin_class.parse_url(address)
    if not values:
        raise AddressRefusedError("That is no address of this service.")
    refused = {name for name in values["qsd"] if not _is_allowed(name, service)}
    if refused:
        refused_names = ", ".join(sorted(refused))
        raise AddressRefusedError(
            f"{plural(len(refused), 'parameter')} of the address cannot be used: {refused_names}."
        )
    try:
        plugin: Any = plugin_class(**{**values, "format": "text", "asset": _asset()})
    except TypeError as error:  # apprise's own error of an address that lacks something is one
        raise AddressRefusedError("Something is missing in the address, or cannot be used.") from error
    plugin.socket_connect_timeout = plugin.socket_read_timeout = TIMEOUT
    _check_server(service, plugin, settings)
    return plugin


def _service_of(address: str) -> Service:
    """Return the service of an address. Raises AddressRefusedError."""
    scheme = address.partition("://")[0].lower()
    if len(address) > LONGEST_ADDRESS or not address.isprintable() or scheme not in SERVICES:
        raise AddressRefusedError(f"No alerts are sent there; an address begins with one of: {', '.join(SERVICES)}.")
    return SERVICES[scheme]


def _is_allowed(name: str, service: Service) -> bool:
    return name in service.parameters or (service is WEBHOOK and name.startswith(HEADER))


def _check_server(service: Service, plugin: Any, settings: Settings) -> None:
    """Refuse a server inside the house that the settings do not name, and any other without TLS. Raises AddressRefusedError."""
    if service.server is None:
        return
    host = service.server(plugin).lower()
    if host in settings.inner_alert_hosts:
        return
    if not _HOST.fullmatch(host):
        raise AddressRefusedError("The server in the address has to be a name.")
    if not is_public(host):
        raise AddressRefusedError(
            f"{host} is not on the Internet. Whoever runs Tieout can allow it: TIEOUT_ALERT_HOSTS."
        )
    is_secure = plugin.secure_mode in SECURE_MODES if service is MAIL else plugin.secure
    if not is_secure:
        raise AddressRefusedError("Messages go there with TLS only, as with mailtos:// and jsons://.")


def _loaded(service: Service) -> Any:
    """Return the class of a service. Apprise writes addresses into its log, so none of that reaches ours."""
    log = logging.getLogger("apprise")
    log.propagate, log.level = False, logging.DEBUG
    os.environ["NETRC"] = os.devnull  # or requests would add credentials of this user to what it sends
    module, _, name = service.plugin.partition(":")
    return getattr(importlib.import_module(f"apprise.plugins.{module}"), name)


def _asset() -> Any:
    """Return how apprise behaves: it follows no redirect, keeps nothing, and makes no keys."""
    asset = importlib.import_module("apprise.asset")
    return asset.AppriseAsset(
        app_id="Tieout",
        http_redirects=False,
        storage_mode="memory",
        pgp_autogen=False,
        pem_autogen=False,
        async_mode=False,
    )
