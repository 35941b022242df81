"""Requests to an address that somebody typed, and never to our own house.

The name is resolved once, every address of it is looked at, and the connection goes to
the very address that was, under the name for TLS and Host: an answer of the name server
that changes in between changes nothing. No redirect is followed, no proxy of the
environment is asked, and all of it has to be done within a fixed time.
"""

import socket
import ssl
import time
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from threading import Timer
from typing import NamedTuple
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

LONGEST = 2_000

_resolvers = ThreadPoolExecutor(4, thread_name_prefix="resolver")
_NAT64 = IPv6Network("64:ff9b::/96")
_UNICAST = IPv6Network("2000::/3")
# Of protocols, where some clouds answer with secrets, and 6to4 relays (RFC 6890, 7526):
# not every Python that this runs on knows the whole of them as not global.
_RESERVED = IPv4Network("192.0.0.0/24"), IPv4Network("192.88.99.0/24")


class NotAllowed(Exception):
    """An address that is not called; the message says why, and what would do."""


class Address(NamedTuple):
    """An address in parts; the path may hold a secret, and is shown to nobody."""

    host: str
    port: int
    path: str
    is_tls: bool = True
    may_be_local: bool = False
    """Whether it may lead to this machine: for development and tests."""


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes


def address_of(text: str, *, may_be_local: bool = False) -> Address:
    """An address as somebody typed it. Raises NotAllowed."""
    try:
        parts = urlsplit(text.strip())
        port = parts.port
        host = (parts.hostname or "").encode("idna").decode()
    except ValueError as error:
        raise NotAllowed(_not_an_address()) from error
    if not host or len(text) > LONGEST or not _is_plain(text.strip()):
        raise NotAllowed(_not_an_address())
    if parts.username is not None or parts.password is not None:
        raise NotAllowed(_("Take the name and password out of the address."))
    is_tls = parts.scheme == "https"
    if not is_tls and not (parts.scheme == "http" and may_be_local):
        raise NotAllowed(_("The address must begin with https://"))
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    found = Address(host, port or (443 if is_tls else 80), path, is_tls, may_be_local)
    _refuse_private(found, _numbers(host))
    return found


def _numbers(host: str) -> list[str]:
    """What a host says that is no name, however it is written: 127.1 is one, too."""
    with suppress(OSError):
        return [socket.inet_ntoa(socket.inet_aton(host))]
    with suppress(ValueError):
        return [str(ip_address(host))]
    return []


def _is_plain(text: str) -> bool:
    """Whether nothing in it could begin another line of the request."""
    return text.isascii() and text.isprintable() and " " not in text


def _not_an_address() -> str:
    return _("This is no web address. Copy the whole of it.")


def call(
    address: Address,
    *,
    method: str,
    headers: Mapping[str, str],
    body: bytes | None = None,
    at_most: int,
    seconds: float,
) -> Answer:
    """One request; of its answer `at_most` bytes.

    Raises NotAllowed, and OSError or HTTPException where none came in time.
    """
    deadline = time.monotonic() + seconds
    with _connected(address, deadline) as sock:
        connection = HTTPConnection(address.host, address.port)
        connection.sock = sock
        sent = {"Host": _host_header(address), "User-Agent": "Preceptor", **headers}
        connection.request(method, address.path, body=body, headers=sent)
        response = connection.getresponse()
        kept = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, kept, response.read(at_most))


@contextmanager
def _connected(address: Address, deadline: float) -> Iterator[socket.socket]:
    """A connection that ends at the deadline, whatever the other side does till then.

    A server that sends a byte now and then runs into no time limit on reading.
    """
    held = [_connect(address, deadline)]
    timer = Timer(_left(deadline), _cut, [held])
    timer.daemon = True
    timer.start()
    try:
        if address.is_tls:
            tls = _tls().wrap_socket(
                held[0], server_hostname=address.host, do_handshake_on_connect=False
            )
            held[0] = tls
            tls.do_handshake()
        yield held[0]
    finally:
        timer.cancel()
        held[0].close()


def _cut(held: list[socket.socket]) -> None:
    """The plain socket's shutdown, which leaves the state of TLS to who reads."""
    with suppress(OSError):
        socket.socket.shutdown(held[0], socket.SHUT_RDWR)


def _connect(address: Address, deadline: float) -> socket.socket:
    """To the first of the name's addresses that answers."""
    refused: OSError = TimeoutError("no time was left")
    for at in _allowed(address, deadline):
        try:
            return socket.create_connection((at, address.port), _left(deadline))
        except OSError as error:
            refused = error
    raise refused


def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError("no time was left")
    return left


def _host_header(address: Address) -> str:
    host = f"[{address.host}]" if ":" in address.host else address.host
    is_usual = address.port == (443 if address.is_tls else 80)
    return host if is_usual else f"{host}:{address.port}"


def _allowed(address: Address, deadline: float) -> list[str]:
    """Where the name leads. Raises NotAllowed where any of it is not the public net."""
    asked = _resolvers.submit(
        socket.getaddrinfo, address.host, address.port, type=socket.SOCK_STREAM
    )
    found = list(dict.fromkeys(str(row[4][0]) for row in asked.result(_left(deadline))))
    _refuse_private(address, found)
    return found


def _refuse_private(address: Address, found: Iterable[str]) -> None:
    """Raises NotAllowed where any of what an address leads to is not the public net."""
    for at in found:
        if not _may_be_called(at, address.is_tls, address.may_be_local):
            raise NotAllowed(
                _(
                    "%(host)s leads into a private network, which is not called. Take "
                    "an address that is reached from the internet."
                )
                % {"host": address.host}
            )


def _may_be_called(text: str, is_tls: bool, may_be_local: bool) -> bool:
    at = ip_address(text)
    if may_be_local and at.is_loopback:
        return True
    return is_tls and is_public(at)


def is_public(at: IPv4Address | IPv6Address) -> bool:
    """Whether an address is one of the public net, whatever it is wrapped into.

    IPv4 in IPv6 (RFC 4291), NAT64 (RFC 6052) and 6to4 (RFC 3056) lead to the address
    inside; Teredo (RFC 4380) is nowhere needed and so nowhere allowed.
    """
    if isinstance(at, IPv6Address):
        inside = _inside(at)
        if inside is not None:
            return is_public(inside)
        if at.teredo is not None or at not in _UNICAST:
            return False
    elif any(at in one for one in _RESERVED):
        return False
    return at.is_global and not (
        at.is_private
        or at.is_multicast
        or at.is_reserved
        or at.is_loopback
        or at.is_link_local
        or at.is_unspecified
    )


def _inside(at: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that one of IPv6 stands for."""
    if at in _NAT64 or int(at) >> 32 == 0:
        return IPv4Address(int(at) & 0xFFFFFFFF)
    return at.ipv4_mapped or at.sixtofour
