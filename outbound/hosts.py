"""Where a name leads: to the Internet, or to machines that only we can reach."""

from __future__ import annotations

import socket
from ipaddress import ip_address


def is_public(host: str) -> bool:
    """Say whether a name leads to public addresses only, or to none, which the call itself reports."""
    try:
        addresses = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError:
        return True
    return all(ip_address(str(address[0])).is_global for *_, address in addresses)
