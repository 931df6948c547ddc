"""Where a name leads: to the Internet, or to machines that only we can reach."""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

_NAT64 = IPv6Network("64:ff9b::/96")


def is_public(host: str) -> bool:
    """Say whether a name leads to public addresses only, or to none, which the call itself reports."""
    try:
        addresses = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError:
        return True
    except UnicodeError:  # it is no name, such as one with an empty part
        return False
    return all(_is_public(str(address[0])) for *_, address in addresses)


def _is_public(address: str) -> bool:
    """Say whether an address is one machine on the Internet; one that carries an IPv4 address counts as that one."""
    ip = ip_address(address)
    inner = _carried(ip) if isinstance(ip, IPv6Address) else None
    return _is_public(str(inner)) if inner else ip.is_global and not ip.is_multicast


def _carried(ip: IPv6Address) -> IPv4Address | None:
    """Return the IPv4 address that a gateway would make of an IPv6 one."""
    in_nat64 = IPv4Address(int(ip) & 0xFFFFFFFF) if ip in _NAT64 else None
    return ip.ipv4_mapped or ip.sixtofour or in_nat64
