"""Redirect addresses: which ones an app may be sent back to."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_address
from urllib.parse import urlsplit


def is_taken(target: str, registered: Sequence[str]) -> bool:
    """Tell whether a consent may lead to an address: a registered one, letter by letter; any where none is registered."""
    if not registered:
        return target.startswith("http")
    return target in registered and _can_be_registered(target)


def _can_be_registered(target: str) -> bool:
    """Tell whether Intuit registers an address: https and a name, or localhost with development keys."""
    address = urlsplit(target)
    host = address.hostname or ""
    if address.query or _is_ip_address(host):
        return False
    return host == "localhost" or (address.scheme == "https" and bool(host))


def _is_ip_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
