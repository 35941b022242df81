"""Posts to an address that somebody typed: sealed at rest, and never to our own house.

The name is resolved once, every address of it is looked at, and the connection goes to
the very address that was, under the name for TLS and Host: an answer of the name server
that changes in between changes nothing. No redirect is followed, no proxy of the
environment is asked, and all of it has to be done within a fixed time.
"""

import json
import socket
import ssl
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import lru_cache
from http.client import HTTPConnection, HTTPException
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from threading import Timer
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.translation import gettext as _

TOTAL_SECONDS = 10.0
ANSWER_BYTES = 1_000
LONGEST = 2_000

_resolvers = ThreadPoolExecutor(4, thread_name_prefix="resolver")
_NAT64 = IPv6Network("64:ff9b::/96")
_UNICAST = IPv6Network("2000::/3")
# Of protocols, where some clouds answer with secrets, and 6to4 relays (RFC 6890, 7526):
# not every Python that this runs on knows the whole of them as not global.
_RESERVED = IPv4Network("192.0.0.0/24"), IPv4Network("192.88.99.0/24")


class NotAllowed(Exception):
    """An address that is not posted to; the message says why, and what would do."""


class HostIsAway(Exception):
    """The server did not answer in time, or said that it can't at present."""


class Declined(Exception):
    """The server answered that it does not take this message at this address."""


class Address(NamedTuple):
    """An address in parts; the path holds the secret, and is shown to nobody."""

    host: str
    port: int
    path: str
    is_tls: bool = True


def address_of(text: str) -> Address:
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
    if not is_tls and not (parts.scheme == "http" and settings.WEBHOOKS_MAY_BE_LOCAL):
        raise NotAllowed(_("The address must begin with https://"))
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Address(host, port or (443 if is_tls else 80), path, is_tls)


def _is_plain(text: str) -> bool:
    """Whether nothing in it could begin another line of the request."""
    return text.isascii() and text.isprintable() and " " not in text


def _not_an_address() -> str:
    return _("This is no web address. Copy the whole of it from the chat.")


def seal(address: str) -> bytes:
    """As it is kept: whoever reads the database alone can't post with it."""
    return _sealer().encrypt(address.strip().encode())


def unseal(sealed: bytes | memoryview) -> str:
    """Raises NotAllowed where the key that sealed it is no more."""
    try:
        return _sealer().decrypt(bytes(sealed)).decode()
    except InvalidToken as error:
        raise NotAllowed(
            _("The address can’t be read any more; enter it once more.")
        ) from error


def _sealer() -> MultiFernet:
    return _sealer_of((settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))


@lru_cache(maxsize=4)
def _sealer_of(secrets: tuple[str, ...]) -> MultiFernet:
    """Seals with the first secret and opens what any of them sealed."""
    return MultiFernet([Fernet(_key_of(secret)) for secret in secrets])


def _key_of(secret: str) -> bytes:
    info = b"preceptor.notifications.webhooks"
    kdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=info)
    return urlsafe_b64encode(kdf.derive(secret.encode()))


def post(address: Address, payload: Mapping[str, Any]) -> None:
    """Posts JSON; raises NotAllowed, HostIsAway or Declined where it isn't accepted."""
    deadline = time.monotonic() + TOTAL_SECONDS
    try:
        status, said = _answer(address, payload, deadline)
    except (OSError, HTTPException) as error:
        # Never the error's own words: they may hold the address.
        raise HostIsAway(f"{address.host}: {type(error).__name__}") from error
    words = f"{address.host} answered {status}: {said}"
    if status == 429 or status >= 500:
        raise HostIsAway(words)
    if not 200 <= status < 300:
        raise Declined(words)


def _answer(
    address: Address, payload: Mapping[str, Any], deadline: float
) -> tuple[int, str]:
    """Status and the first words of the answer."""
    with _connected(address, deadline) as sock:
        connection = HTTPConnection(address.host, address.port)
        connection.sock = sock
        headers = {
            "Host": _host_header(address),
            "Content-Type": "application/json",
            "User-Agent": "Preceptor",
        }
        body = json.dumps(payload, ensure_ascii=False).encode()
        connection.request("POST", address.path, body=body, headers=headers)
        response = connection.getresponse()
        said = response.read(ANSWER_BYTES)
    return response.status, " ".join(said.decode(errors="replace").split())


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
    for at in found:
        if not _may_be_called(at, address.is_tls):
            raise NotAllowed(
                _("%(host)s leads into a private network, which is not posted to.")
                % {"host": address.host}
            )
    return found


def _may_be_called(text: str, is_tls: bool) -> bool:
    at = ip_address(text)
    if settings.WEBHOOKS_MAY_BE_LOCAL and at.is_loopback:
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
