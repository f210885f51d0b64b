"""Fetching from an address that somebody typed: one way, bounded in time and in size.

No proxy of the environment, no cookie and no credential of ours goes along. Each hop of a redirect
is an address of its own, which is looked at like the first.
"""

import http.client
import re
import socket
import ssl
import time
import zlib
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from threading import Timer
from urllib.parse import urljoin

from django.utils.translation import gettext as _

from common.http.outgoing import HTTPS, Address, Unreachable, read_address, resolve

_REDIRECTS = {301, 302, 303, 307, 308}
_PIECE = 65_536
_MEGABYTE = 1_000_000
# Of the addresses of one server, how many are tried.
_MOST_TRIES = 3
_GZIP = 16 + zlib.MAX_WBITS
# What a media type may look like; anything else in the header is not told again.
_KIND = re.compile(r"[a-z0-9.+-]{1,60}/[a-z0-9.+-]{1,60}")


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is taken, unpacked too; how long in seconds; how many redirects are followed."""

    most_bytes: int
    connect: int = 10
    whole: int = 45
    redirects: int = 3


@dataclass(frozen=True, slots=True)
class Wanted:
    """``kinds`` are the media types that are taken. ``token`` goes to the first server alone."""

    address: str
    kinds: tuple[str, ...]
    limits: Limits
    token: str = ""
    inside: Collection[str] = ()


class _Secured(http.client.HTTPConnection):
    """Speaks over a connection that is there and secured already; 443 goes without saying."""

    default_port = HTTPS


def fetch(wanted: Wanted) -> bytes:
    """What lies at the address; ``Unreachable`` with a sentence for everything that goes wrong."""
    until = time.monotonic() + wanted.limits.whole
    text, first = wanted.address, ""
    for _hop in range(wanted.limits.redirects + 1):
        address = read_address(text, inside=wanted.inside)
        if address.origin not in wanted.inside:
            # A server outside does not choose what is asked of one inside.
            wanted = replace(wanted, inside=())
        first = first or address.origin
        token = wanted.token if address.origin == first else ""
        with _answer(address, wanted, token=token, until=until) as answer:
            if answer.status not in _REDIRECTS:
                return _taken(answer, address, wanted)
            text = urljoin(text, _ascii(answer.getheader("Location", "")))
    raise Unreachable(
        _("%(host)s leads from one address to the next. Enter the last one.") % {"host": first},
        code="too_many_redirects",
    )


@contextmanager
def _answer(
    address: Address, wanted: Wanted, *, token: str, until: float
) -> Iterator[http.client.HTTPResponse]:
    """The answer as far as its headers; what is raised while it is read is put into words."""
    numbers = resolve(address, inside=wanted.inside)
    plain = _connected(address, numbers, wait=wanted.limits.connect, until=until)
    # A second hold on the connection, which works whatever the first one is doing.
    hold = plain.dup()
    watch = Timer(max(until - time.monotonic(), 0), _shut, args=(hold,))
    watch.daemon = True
    watch.start()
    try:
        with (
            _secured(plain, address) as secured,
            _asked(secured, address, wanted, token=token) as answer,
        ):
            yield answer
            _refuse_late(address, until)
    except Unreachable:
        # What was cut off because time was over looks like an answer that ended half-way.
        _refuse_late(address, until)
        raise
    except (OSError, http.client.HTTPException, zlib.error) as failure:
        _refuse_late(address, until)
        raise _in_words(failure, address) from None
    finally:
        watch.cancel()
        plain.close()
        hold.close()


def _connected(address: Address, numbers: list[str], *, wait: int, until: float) -> socket.socket:
    """Connected to one of ``numbers``, which were looked at: the name is not asked for again."""
    for number in numbers[:_MOST_TRIES]:
        left = until - time.monotonic()
        if left <= 0:
            break
        try:
            return socket.create_connection((number, address.port), timeout=min(wait, left))
        except OSError:
            continue
    raise Unreachable(
        _("%(host)s does not answer. Check the address, or try again later.")
        % {"host": address.host},
        code="no_answer",
    )


def _secured(plain: socket.socket, address: Address) -> ssl.SSLSocket:
    """With a certificate that stands for the name, whatever the number was."""
    return ssl.create_default_context().wrap_socket(plain, server_hostname=address.host)


def _asked(
    secured: ssl.SSLSocket, address: Address, wanted: Wanted, *, token: str
) -> http.client.HTTPResponse:
    connection = _Secured(address.host, address.port)
    connection.sock = secured
    headers = {
        "Accept": ", ".join(wanted.kinds),
        "Accept-Encoding": "gzip",
        "Connection": "close",
        "User-Agent": "Waymark",
    }
    if token:
        headers["Authorization"] = f"Bearer {token}"
    connection.request("GET", address.target, headers=headers)
    return connection.getresponse()


def _taken(answer: http.client.HTTPResponse, address: Address, wanted: Wanted) -> bytes:
    _refuse_status(answer.status, address)
    kind = _ascii(answer.getheader("Content-Type", "")).partition(";")[0].strip().lower()
    if kind not in wanted.kinds:
        raise Unreachable(
            _("%(host)s answered with something else (%(kind)s). Check the address.")
            % {"host": address.host, "kind": kind if _KIND.fullmatch(kind) else _("of no type")},
            code="other_content",
        )
    coding = _ascii(answer.getheader("Content-Encoding", "identity")).strip().lower()
    if coding not in {"identity", "gzip", "x-gzip"}:
        raise Unreachable(
            _("%(host)s packed its answer in a way that we do not unpack.")
            % {"host": address.host},
            code="other_coding",
        )
    most = wanted.limits.most_bytes
    if (answer.length or 0) > most:
        raise _too_large(most)
    pieces = _pieces(answer, address, most)
    return b"".join(pieces if coding == "identity" else _unpacked(pieces, address, most))


def _pieces(answer: http.client.HTTPResponse, address: Address, most: int) -> Iterator[bytes]:
    """As they come: waiting for a whole piece would leave the sender to say how long."""
    declared, came = answer.length, 0
    while piece := answer.read1(_PIECE):
        came += len(piece)
        if came > most:
            raise _too_large(most)
        yield piece
    if declared is not None and came < declared:
        raise _cut_short(address)


def _unpacked(pieces: Iterator[bytes], address: Address, most: int) -> Iterator[bytes]:
    """Unpacked a little at a time, so that a small answer cannot fill the memory."""
    unpacker, came = zlib.decompressobj(_GZIP), 0
    for packed in pieces:
        rest = packed
        while rest:
            piece = unpacker.decompress(rest, _PIECE)
            came += len(piece)
            if came > most:
                raise _too_large(most)
            yield piece
            rest = unpacker.unconsumed_tail
    if not unpacker.eof:
        raise _cut_short(address)


def _refuse_status(status: int, address: Address) -> None:
    if status != http.client.OK:
        sentence = _sentence_of(status) % {"host": address.host}
        raise Unreachable(sentence, code=f"status_{status}")


def _sentence_of(status: int) -> str:
    if status in {401, 403}:
        return _("%(host)s lets in only whom it knows. Enter a token that it gave you.")
    if status in {404, 410}:
        return _("%(host)s has nothing at this address. Check it.")
    if status == http.client.TOO_MANY_REQUESTS or status >= http.client.INTERNAL_SERVER_ERROR:
        return _("%(host)s cannot answer at the moment. Try again later.")
    return _("%(host)s did not give what was asked for. Check the address.")


def _refuse_late(address: Address, until: float) -> None:
    if time.monotonic() >= until:
        raise _too_slow(address) from None


def _in_words(failure: Exception, address: Address) -> Unreachable:
    host = {"host": address.host}
    if isinstance(failure, TimeoutError):
        return _too_slow(address)
    if isinstance(failure, ssl.SSLCertVerificationError):
        return Unreachable(
            _("%(host)s has no certificate that we trust, so nothing was fetched.") % host,
            code="not_trusted",
        )
    if isinstance(failure, http.client.IncompleteRead):
        return _cut_short(address)
    return Unreachable(
        _("The answer of %(host)s cannot be read. Check the address.") % host, code="not_readable"
    )


def _too_slow(address: Address) -> Unreachable:
    return Unreachable(
        _("%(host)s takes too long to answer. Try again later.") % {"host": address.host},
        code="too_slow",
    )


def _cut_short(address: Address) -> Unreachable:
    return Unreachable(
        _("%(host)s ended its answer half-way. Try again later.") % {"host": address.host},
        code="cut_short",
    )


def _too_large(most: int) -> Unreachable:
    return Unreachable(
        _("What lies at this address is larger than %(most)d MB.") % {"most": most // _MEGABYTE},
        code="too_large",
    )


def _shut(hold: socket.socket) -> None:
    """Time is over: whoever waits for the connection is woken."""
    try:
        hold.shutdown(socket.SHUT_RDWR)
    except OSError:
        return


def _ascii(header: str) -> str:
    return header.encode("ascii", "replace").decode()
