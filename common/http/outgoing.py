"""Where we may call when somebody typed the address: public servers, and no machine of our own.

A name is resolved once. Whoever connects, connects to the address that was looked at here: a name
that leads elsewhere a moment later leads nobody there.
"""

import re
import socket
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import quote, urlsplit

from django.utils.translation import gettext as _

from common.errors import DomainError

HTTPS = 443
LONGEST = 500
_NAME = re.compile(
    r"(?=.{1,253}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])"
)
# What stands in a path or a query as it is; everything else is written as %XX.
_AS_IT_IS = "/:@!$&'()*+,;=~-._%?"
_GLOBAL_UNICAST = ip_network("2000::/3")
# Whatever ipaddress knows as not global is refused as well: these are what some versions of it let
# through, and addresses that carry another inside.
_NOT_PUBLIC = tuple(
    map(
        ip_network,
        (
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",  # carriers' own networks
            "127.0.0.0/8",
            "168.63.129.16/32",  # the host below virtual machines of Azure
            "169.254.0.0/16",  # link-local, and the metadata of clouds
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.88.99.0/24",  # relays of 6to4
            "192.168.0.0/16",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/3",  # multicast, reserved, broadcast
            "2001::/23",  # Teredo, ORCHID and other protocols
            "2001:db8::/32",
            "2002::/16",  # 6to4
            "2620:4f:8000::/48",
            "3fff::/20",
        ),
    )
)


class Unreachable(DomainError):
    """An address that is not called, or that gave no answer we take; the sentence says why."""

    status = 422

    def __init__(self, message: str, *, code: str) -> None:
        super().__init__(message, code=code)


@dataclass(frozen=True, slots=True)
class Address:
    """An address as it was typed, taken apart. ``target`` is the path with its query."""

    host: str
    port: int
    target: str

    @property
    def origin(self) -> str:
        return self.host if self.port == HTTPS else f"{self.host}:{self.port}"


def read_address(text: str, *, inside: Collection[str] = ()) -> Address:
    """Take ``text`` apart, or refuse it; nothing is looked up.

    ``inside`` are servers of one's own network that may be called, each a name, with its port
    where that is not 443.
    """
    if len(text) > LONGEST or not text.isprintable() or re.search(r"[\s\\]", text):
        raise _refused_address()
    try:
        parts = urlsplit(text)
        port = HTTPS if parts.port is None else parts.port
        host = (parts.hostname or "").encode("idna").decode().lower().removesuffix(".")
    except ValueError:
        raise _refused_address() from None
    if parts.scheme != "https":
        raise Unreachable(_("Enter an address that begins with https://."), code="not_https")
    if parts.username is not None or parts.password is not None:
        raise Unreachable(
            _("Enter the address without a name and a password in it."), code="has_credentials"
        )
    if not _NAME.fullmatch(host):
        raise Unreachable(
            _("Enter an address with the name of a public server, such as case.example.org."),
            code="not_a_name",
        )
    query = f"?{parts.query}" if parts.query else ""
    address = Address(host, port, quote((parts.path or "/") + query, safe=_AS_IT_IS))
    if port != HTTPS and address.origin not in inside:
        raise Unreachable(
            _("Enter an address without a port, or with port 443."), code="other_port"
        )
    return address


def resolve(address: Address, *, inside: Collection[str] = ()) -> list[str]:
    """The IP addresses of the server, each of which was looked at; refused if one is not public."""
    try:
        found = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        found = []
    numbers = list(dict.fromkeys(str(one[4][0]) for one in found))
    if not numbers:
        raise Unreachable(
            _("There is no server called %(host)s. Check the address.") % {"host": address.host},
            code="unknown_host",
        )
    if address.origin not in inside:
        refuse_private(numbers, host=address.host)
    return numbers


def refuse_private(numbers: Iterable[str], *, host: str) -> None:
    """One private address among several is enough: which one is taken would be chance."""
    if not all(map(is_public, numbers)):
        raise Unreachable(
            _(
                "%(host)s leads to a private network, which is not called from here. Enter the "
                "address of a public server."
            )
            % {"host": host},
            code="private_address",
        )


def is_public(number: str) -> bool:
    """Whether an IP address is global unicast, and carries no other address inside."""
    try:
        address = ip_address(number)
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and (address.scope_id or address not in _GLOBAL_UNICAST):
        return False
    return address.is_global and not _is_listed(address)


def _is_listed(address: IPv4Address | IPv6Address) -> bool:
    return any(address.version == network.version and address in network for network in _NOT_PUBLIC)


def _refused_address() -> Unreachable:
    return Unreachable(
        _("We cannot read this address. Check it and enter it again."),
        code="not_an_address",
    )
