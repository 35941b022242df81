"""A small SAML identity provider: real XML signed by xmlsec, over real HTTP."""

import zlib
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import quoteattr

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from lxml import etree
from onelogin.saml2.utils import OneLogin_Saml2_Utils

SAML, SAMLP = (
    f"urn:oasis:names:tc:SAML:2.0:{part}" for part in ("assertion", "protocol")
)
CLASSES = "urn:oasis:names:tc:SAML:2.0:ac:classes"
Edit = Callable[[str], str]


def same(xml: str) -> str:
    return xml


@dataclass(frozen=True)
class Keys:
    private: str
    certificate: str

    @classmethod
    def made(cls) -> "Keys":
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "idp.example")])
        now = datetime.now(UTC)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=30))
            .sign(key, hashes.SHA256())
        )
        pem = serialization.Encoding.PEM
        private = key.private_bytes(
            pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return cls(private.decode(), certificate.public_bytes(pem).decode())

    def sign(self, xml: str) -> str:
        signed = OneLogin_Saml2_Utils.add_sign(xml, self.private, self.certificate)
        return bytes(signed).decode()


@dataclass(frozen=True)
class Asked:
    """What an authentication request says."""

    pk: str
    audience: str
    consumer: str

    @classmethod
    def read(cls, there: str) -> "Asked":
        (packed,) = parse_qs(urlsplit(there).query)["SAMLRequest"]
        root = etree.fromstring(zlib.decompress(b64decode(packed), -15))
        issuer = root.findtext(f"{{{SAML}}}Issuer") or ""
        return cls(
            root.attrib["ID"], issuer, root.attrib["AssertionConsumerServiceURL"]
        )


@dataclass
class Federation:
    address: str
    keys: Keys
    people: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def entity(self) -> str:
        return f"{self.address}/metadata"

    def metadata(self) -> str:
        body = "".join(self.keys.certificate.strip().splitlines()[1:-1])
        return (
            '<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata"'
            f' entityID="{self.entity}"><md:IDPSSODescriptor'
            f' protocolSupportEnumeration="{SAMLP}"><md:KeyDescriptor use="signing">'
            '<ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data>'
            f"<ds:X509Certificate>{body}</ds:X509Certificate></ds:X509Data>"
            "</ds:KeyInfo></md:KeyDescriptor><md:SingleSignOnService"
            ' Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"'
            f' Location="{self.address}/sso"/></md:IDPSSODescriptor>'
            "</md:EntityDescriptor>"
        )

    def assertion(self, asked: Asked, subject: str, **more: Any) -> str:
        now = datetime.now(UTC)
        then = f"{now + timedelta(minutes=5):%Y-%m-%dT%H:%M:%SZ}"
        past = f"{now - timedelta(minutes=1):%Y-%m-%dT%H:%M:%SZ}"
        mail = {"email": f"{subject}@example.com"}
        attributes: Mapping[str, str] = more.get("attributes", mail)
        said = "".join(
            f"<saml:Attribute Name={quoteattr(name)}><saml:AttributeValue>{value}"
            "</saml:AttributeValue></saml:Attribute>"
            for name, value in attributes.items()
        )
        return (
            f'<saml:Assertion xmlns:saml="{SAML}" ID="a{asked.pk[-12:]}"'
            f' Version="2.0" IssueInstant="{past}">'
            f"<saml:Issuer>{more.get('issuer', self.entity)}</saml:Issuer>"
            f"<saml:Subject><saml:NameID>{subject}</saml:NameID>"
            "<saml:SubjectConfirmation"
            ' Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">'
            f'<saml:SubjectConfirmationData NotOnOrAfter="{then}"'
            f' Recipient="{asked.consumer}" InResponseTo="{asked.pk}"/>'
            "</saml:SubjectConfirmation></saml:Subject>"
            f'<saml:Conditions NotBefore="{past}" NotOnOrAfter="{then}">'
            f"<saml:AudienceRestriction><saml:Audience>{asked.audience}"
            "</saml:Audience></saml:AudienceRestriction></saml:Conditions>"
            f'<saml:AuthnStatement AuthnInstant="{past}"><saml:AuthnContext>'
            f"<saml:AuthnContextClassRef>{more.get('context', f'{CLASSES}:Password')}"
            "</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>"
            f"<saml:AttributeStatement>{said}</saml:AttributeStatement>"
            "</saml:Assertion>"
        )

    def response(self, asked: Asked, assertion: str) -> str:
        now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
        return (
            f'<samlp:Response xmlns:samlp="{SAMLP}" xmlns:saml="{SAML}"'
            f' ID="r{asked.pk[-12:]}" Version="2.0" IssueInstant="{now}"'
            f' Destination="{asked.consumer}" InResponseTo="{asked.pk}">'
            f"<saml:Issuer>{self.entity}</saml:Issuer><samlp:Status>"
            '<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/>'
            f"</samlp:Status>{assertion}</samlp:Response>"
        )

    def answer(
        self,
        asked: Asked,
        subject: str,
        *,
        unsigned: Edit = same,
        signed: Edit = same,
        whole: Edit = same,
        keys: Keys | None = None,
        **more: Any,
    ) -> str:
        """A signed assertion in a response, as it is posted; the edits come before the
        signature, after it, and to the response around it."""
        assertion = unsigned(self.assertion(asked, subject, **more))
        assertion = signed((keys or self.keys).sign(assertion))
        return b64encode(whole(self.response(asked, assertion)).encode()).decode()


@contextmanager
def federation() -> Iterator[Federation]:
    """Its metadata, and a page on which one chooses who one is."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # the library's name
            if self.path == "/metadata":
                self._send(idp.metadata(), "application/samlmetadata+xml")
                return
            asked, forms = Asked.read(self.path), ""
            for name in idp.people:
                packed = idp.answer(asked, name, attributes=idp.people[name])
                forms += (
                    f'<form method="post" action="{asked.consumer}"><input'
                    f' type="hidden" name="SAMLResponse" value="{packed}">'
                    f"<button>{name}</button></form>"
                )
            self._send(f"<!doctype html><title>IdP</title>{forms}", "text/html")

        def _send(self, text: str, kind: str) -> None:
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        idp = Federation(f"http://127.0.0.1:{server.server_port}", Keys.made())
        Thread(target=server.serve_forever, daemon=True).start()
        yield idp
        server.shutdown()
