"""Where a request really comes from.

`X-Forwarded-For` is only believed as far as a proxy named in TRUSTED_PROXIES wrote it: read from the right, the first
address that is not such a proxy is the client (R38). Any other forwarding header is ignored. From anybody else the
header is forged, or of a proxy that nobody named. Then no address is known: otherwise that proxy's own would count for
all who come through it, and could open EduNet to them.
"""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


def networks(texts: Iterable[str]) -> tuple[Network, ...]:
    return tuple(_network(text.strip()) for text in texts if text.strip())


def _network(text: str) -> Network:
    """The range in `text`. IPv4 written as IPv6 is read as IPv4, as an address is (`address_of`)."""
    network = ip_network(text, strict=False)
    mapped = getattr(network.network_address, "ipv4_mapped", None)
    return ip_network(f"{mapped}/{network.prefixlen - 96}") if mapped and network.prefixlen >= 96 else network


def address_of(text: str) -> Address | None:
    """The address in `text`, or None. An IPv4 address written as IPv6 is read as IPv4."""
    try:
        address = ip_address(text.strip())
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def is_within(address: Address | None, ranges: Iterable[Network]) -> bool:
    return address is not None and any(address in network for network in ranges)


def client_address(request: HttpRequest) -> Address | None:
    """The address of the person's computer, or None where it cannot be told (a proxy that names no client, or that
    TRUSTED_PROXIES does not name)."""
    trusted = networks(settings.TRUSTED_PROXIES)
    address = address_of(request.META.get("REMOTE_ADDR", ""))
    if "HTTP_X_FORWARDED_FOR" in request.META and not is_within(address, trusted):
        return None
    hops = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    while is_within(address, trusted) and hops:
        address = address_of(hops.pop())
    return None if is_within(address, trusted) else address


def client_address_told(request: HttpRequest) -> str | None:
    """The same as text, for the person."""
    address = client_address(request)
    return str(address) if address else None


def axes_client_address(request: HttpRequest) -> str | None:
    """The address under which tries are counted. Of IPv6 it is the first of its 2^64, which one line has together."""
    address = client_address(request)
    if isinstance(address, IPv6Address):
        address = IPv6Address(int(address) >> 64 << 64)
    return str(address) if address else None
