import json
import socket
import ssl
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pytest_django.fixtures import Settings

from preceptor import outward
from preceptor.notifications import webhooks
from preceptor.notifications.webhooks import (
    Declined,
    HostIsAway,
    address_of,
    post,
    seal,
    unseal,
)
from preceptor.outward import Address, NotAllowed, is_public
from tests.notifications.chatroom import DRIP, DROP, HANG, Chatroom, chatroom

HOOK = "https://hooks.slack.com/services/T0/B0/secret?a=1"


@pytest.fixture
def local(settings: Settings) -> None:
    settings.WEBHOOKS_MAY_BE_LOCAL = True


@pytest.fixture
def room(local: None) -> Iterator[Chatroom]:
    with chatroom() as room:
        yield room


def leads_to(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """What the name server says, one answer after the other; gives what was asked."""
    asked: list[str] = []
    left = list(answers)
    really = socket.getaddrinfo

    def getaddrinfo(host: str, port: int, *words: Any, **options: Any) -> list[Any]:
        if not host.endswith(".example"):
            return really(host, port, *words, **options)
        asked.append(host)
        found = left.pop(0)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (at, port)) for at in found]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return asked


def no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    def connect(*_: Any) -> socket.socket:
        pytest.fail("a connection was made")

    monkeypatch.setattr(socket, "create_connection", connect)


def test_seal_is_read_with_the_secret_alone(settings: Settings) -> None:
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "one" * 20, []
    sealed = seal(HOOK)
    assert b"secret" not in sealed
    assert unseal(memoryview(sealed)) == HOOK
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "two" * 20, ["one" * 20]
    assert unseal(sealed) == HOOK
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(NotAllowed, match="enter it once more"):
        unseal(sealed)


def test_address_of_reads_its_parts() -> None:
    path = "/services/T0/B0/secret?a=1"
    assert address_of(f" {HOOK}\n") == Address("hooks.slack.com", 443, path)
    assert address_of("https://chat.example:8443") == Address("chat.example", 8443, "/")
    assert address_of("https://CHAT.example/x#y").path == "/x"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no web address"),
        ("hooks", "no web address"),
        ("https://", "no web address"),
        ("https://chat.example:99999/", "no web address"),
        ("https://[::1/", "no web address"),
        ("https://chat.example/a b", "no web address"),
        ("https://chat.example/a\r\nHost: other", "no web address"),
        ("https://chat.example/" + "a" * 2_000, "no web address"),
        ("http://chat.example/", "must begin with https"),
        ("ftp://chat.example/", "must begin with https"),
        ("file:///etc/passwd", "no web address"),
        ("https://user:word@chat.example/", "name and password"),
        ("https://user@chat.example/", "name and password"),
    ],
)
def test_address_of_refuses(text: str, why: str) -> None:
    with pytest.raises(NotAllowed, match=why):
        address_of(text)


@pytest.mark.parametrize(
    "at",
    [
        "0.0.0.0",  # noqa: S104 # refused, not bound to
        "10.0.0.1",
        "100.64.0.1",
        "127.0.0.1",
        "127.8.8.8",
        "169.254.169.254",
        "192.0.0.192",
        "192.88.99.1",
        "172.16.0.1",
        "192.168.1.1",
        "192.0.2.1",
        "198.18.0.1",
        "224.0.1.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::7f00:1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::a00:1",
        "64:ff9b:1::1",
        "2002:7f00:1::1",
        "2002:c0a8:101::1",
        "2001:0:5ef5:79fd::1",
        "2001:db8::1",
        "fc00::1",
        "fd12::1",
        "fe80::1",
        "fe80::1%2",
        "fec0::1",
        "ff02::1",
    ],
)
def test_is_public_refuses(at: str) -> None:
    assert not is_public(ip_address(at))


@pytest.mark.parametrize(
    "at",
    [
        "1.1.1.1",
        "2606:4700::1111",
        "::ffff:1.1.1.1",
        "64:ff9b::101:101",
        "2002:101:101::",
    ],
)
def test_is_public_allows(at: str) -> None:
    assert is_public(ip_address(at))


@pytest.mark.parametrize(
    "text",
    [
        "https://127.0.0.1/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://[::1]/",
        "https://[::ffff:7f00:1]/",
        "https://localhost/",
        "https://169.254.169.254/latest/meta-data/",
    ],
)
def test_post_never_reaches_this_machine(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_connection(monkeypatch)
    with pytest.raises(NotAllowed, match="private network"):
        post(address_of(text), {})


def test_post_refuses_a_name_of_which_one_address_is_private(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    leads_to(monkeypatch, ["1.1.1.1", "10.0.0.1"])
    no_connection(monkeypatch)
    with pytest.raises(NotAllowed, match=r"chat\.example leads into a private"):
        post(address_of("https://chat.example/"), {})


def test_post_goes_to_the_address_that_was_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A name that leads home when it is asked again is not asked again."""
    asked = leads_to(monkeypatch, ["1.1.1.1"], ["127.0.0.1"])
    called: list[Any] = []

    def connect(at: Any, timeout: float) -> socket.socket:
        called.append(at)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(HostIsAway, match=r"chat\.example: ConnectionRefusedError"):
        post(address_of("https://chat.example/"), {})
    assert (asked, called) == (["chat.example"], [("1.1.1.1", 443)])


def test_post_tries_the_next_address(
    room: Chatroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    leads_to(monkeypatch, ["127.0.0.2", "127.0.0.1"])
    post(address_of(f"http://chat.example:{room.port}/x"), {"text": "Hi"})
    assert room.posts == [{"text": "Hi"}]
    assert room.heads[0]["host"] == f"chat.example:{room.port}"


def test_post_sends_json(room: Chatroom) -> None:
    post(address_of(room.address("/hooks/x?y=1")), {"text": "Inês"})
    assert room.posts == [{"text": "Inês"}]
    assert room.paths == ["/hooks/x?y=1"]
    assert room.heads[0]["content-type"] == "application/json"


def test_post_asks_no_proxy(room: Chatroom, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    post(address_of(room.address()), {})
    assert len(room.posts) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_post_follows_no_redirect(room: Chatroom, status: int) -> None:
    room.reply, room.location = status, room.address("/elsewhere")
    with pytest.raises(Declined, match=f"127.0.0.1 answered {status}"):
        post(address_of(room.address()), {})
    assert room.paths == ["/hooks/secret"]


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, Declined),
        (403, Declined),
        (404, Declined),
        (410, Declined),
        (429, HostIsAway),
        (500, HostIsAway),
        (503, HostIsAway),
    ],
)
def test_post_tells_an_address_at_fault_from_a_host_at_fault(
    room: Chatroom, status: int, error: type[Exception]
) -> None:
    room.reply = status
    with pytest.raises(error) as told:
        post(address_of(room.address()), {})
    assert "no_service" in str(told.value)
    assert len(str(told.value)) < 1_100
    assert "secret" not in str(told.value)


@pytest.mark.parametrize("reply", [HANG, DRIP, DROP])
def test_post_ends_in_time(
    room: Chatroom, reply: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhooks, "TOTAL_SECONDS", 0.5)
    room.reply = reply
    began = time.monotonic()
    with pytest.raises(HostIsAway) as told:
        post(address_of(room.address()), {})
    assert time.monotonic() - began < 5
    assert "secret" not in str(told.value)


def test_post_ends_in_time_where_the_name_server_does_not_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(webhooks, "TOTAL_SECONDS", 0.2)

    def hang(*_words: Any, **_options: Any) -> list[Any]:
        time.sleep(1)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    with pytest.raises(HostIsAway, match="TimeoutError"):
        post(address_of("https://chat.example/"), {})


def test_post_ends_in_time_in_the_handshake(
    local: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A port that takes the connection and then says nothing of TLS."""
    monkeypatch.setattr(webhooks, "TOTAL_SECONDS", 0.5)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        port = silent.getsockname()[1]
        with pytest.raises(HostIsAway):
            post(address_of(f"https://127.0.0.1:{port}/"), {})


@pytest.fixture
def certified(tmp_path: Path) -> tuple[ssl.SSLContext, Path]:
    """A server's TLS for `chat.example`, and the certificate to trust."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "chat.example")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName("chat.example")]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    public, private = tmp_path / "public.pem", tmp_path / "private.pem"
    public.write_bytes(certificate.public_bytes(pem))
    private.write_bytes(
        key.private_bytes(
            pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(public, private)
    return context, public


def test_post_asks_for_the_name_at_the_address(
    local: None,
    certified: tuple[ssl.SSLContext, Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tls, public = certified
    leads_to(monkeypatch, ["127.0.0.1"], ["127.0.0.1"])
    monkeypatch.setattr(
        outward, "_tls", lambda: ssl.create_default_context(cafile=str(public))
    )
    with chatroom(tls) as room:
        post(address_of(f"https://chat.example:{room.port}/x"), {"text": "Hi"})
        assert room.posts == [{"text": "Hi"}]
        assert room.names == ["chat.example"]
        assert room.heads[0]["host"] == f"chat.example:{room.port}"
        with pytest.raises(HostIsAway, match="SSLCertVerificationError"):
            post(address_of(f"https://other.example:{room.port}/x"), {})
        assert len(room.paths) == 1


def test_post_refuses_a_certificate_that_nobody_vouches_for(
    local: None,
    certified: tuple[ssl.SSLContext, Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    leads_to(monkeypatch, ["127.0.0.1"])
    with chatroom(certified[0]) as room:
        with pytest.raises(HostIsAway, match="SSLCertVerificationError"):
            post(address_of(f"https://chat.example:{room.port}/x"), json.loads("{}"))
        assert room.paths == []


def test_local_addresses_alone_go_without_tls(
    local: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    leads_to(monkeypatch, ["1.1.1.1"])
    no_connection(monkeypatch)
    with pytest.raises(NotAllowed):
        post(address_of("http://chat.example/"), {})
