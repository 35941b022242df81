"""Whether a domain says in the domain name system whose it is."""

import dns.exception
import dns.resolver
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_domain_name
from django.utils.translation import gettext as _

SECONDS = 5.0


class NoAnswer(Exception):
    """The name servers did not answer; the message says so."""


def domain_name(text: str) -> str:
    """As it is kept: ASCII, in lower case, without a dot at the end.

    Raises ValidationError.
    """
    name = text.strip().lower().removeprefix("@").rstrip(".")
    try:
        name = name.encode("idna").decode()
    except UnicodeError as error:
        raise ValidationError(_not_a_domain()) from error
    if "." not in name:
        raise ValidationError(_not_a_domain())
    try:
        validate_domain_name(name)
    except ValidationError as error:
        raise ValidationError(_not_a_domain()) from error
    return name


def _not_a_domain() -> str:
    return _("This is no domain. Enter what stands behind the @, such as example.com")


def says(name: str, record: str) -> bool:
    """Whether one of the domain's TXT records is this one. Raises NoAnswer."""
    try:
        answer = _resolver().resolve(f"{name}.", "TXT", lifetime=SECONDS)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return False
    except dns.exception.DNSException as error:
        raise NoAnswer(
            _("The name servers of %(name)s did not answer. Try again in a minute.")
            % {"name": name}
        ) from error
    texts = [b"".join(row.strings).decode(errors="replace") for row in answer]
    return record in [text.strip() for text in texts]


def _resolver() -> dns.resolver.Resolver:
    resolver = dns.resolver.Resolver(configure=not settings.NAME_SERVERS)
    if settings.NAME_SERVERS:
        resolver.nameservers = list(settings.NAME_SERVERS)
        resolver.port = settings.NAME_SERVER_PORT
    return resolver
