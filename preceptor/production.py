"""What production needs before it starts: secrets, addresses and a strong key."""

from typing import Final

from django.core.exceptions import ImproperlyConfigured
from environs import Env

REQUIRED_IN_PRODUCTION: Final = {
    "PRECEPTOR_SECRET_KEY": "a long random string that signs sessions and links",
    "PRECEPTOR_ALLOWED_HOSTS": "the host names it answers to, separated by commas",
    "PRECEPTOR_BASE_URL": "its public address, beginning with https://",
    "PRECEPTOR_EMAIL_URL": "the mail server, as submission://user:password@host:587",
    "PRECEPTOR_EMAIL_FROM": "the address that its mail comes from",
    "DATABASE_URL": "PostgreSQL, as postgres://user:password@host:5432/name",
    "REDIS_URL": "Redis or Valkey, as redis://host:6379",
}
DEVELOPMENT_KEY: Final = "for development alone" + "." * 40


def _is_weak(key: str) -> bool:
    """As Django measures it: 50 letters, 5 of them different, not one that is known."""
    is_known = key == DEVELOPMENT_KEY or key.startswith("django-insecure-")
    return is_known or len(key) < 50 or len(set(key)) < 5


def refuse_incomplete(env: Env) -> None:
    """Raises ImproperlyConfigured, which names all that is missing."""
    missing = [name for name in REQUIRED_IN_PRODUCTION if not env.str(name, "")]
    if missing:
        lines = [f"  {name}: {REQUIRED_IN_PRODUCTION[name]}" for name in missing]
        raise ImproperlyConfigured(
            "Production needs these environment variables:\n" + "\n".join(lines)
        )
    if not env.str("PRECEPTOR_BASE_URL").startswith("https://"):
        raise ImproperlyConfigured("PRECEPTOR_BASE_URL must begin with https://")
    if _is_weak(env.str("PRECEPTOR_SECRET_KEY")):
        raise ImproperlyConfigured(
            "PRECEPTOR_SECRET_KEY can be guessed: make one of 50 random letters or more"
            " with python3 -c 'import secrets; print(secrets.token_urlsafe(50))'"
        )
