"""Where somebody is signed in, and how that ends."""

from dataclasses import dataclass
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.http import HttpRequest

from preceptor.accounts.models import User
from preceptor.accounts.signing_in.devices import device


@dataclass(frozen=True, slots=True)
class SignedIn:
    pk: int
    device: str
    address: str
    since: datetime
    is_current: bool


def open_sessions(request: HttpRequest, user: User) -> list[SignedIn]:
    """The one that asks first, then the latest; those that ran out are forgotten."""
    here = request.session.session_key
    rows = [
        SignedIn(
            row.pk,
            device(row.user_agent),
            row.ip,
            row.created_at,
            row.session_key == here,
        )
        for row in UserSession.objects.purge_and_list(user)
    ]
    return sorted(rows, key=lambda one: (one.is_current, one.since), reverse=True)


def end_all(user: User, but: str | None = None) -> int:
    """Ends what is open in other browsers at once; says how many that were."""
    return _end(list(UserSession.objects.filter(user=user).exclude(session_key=but)))


def end_one(user: User, pk: int) -> int:
    return _end(list(UserSession.objects.filter(user=user, pk=pk)))


def _end(rows: list[UserSession]) -> int:
    """Each leaves the database and the cache, so that its next request is nobody's."""
    for row in rows:
        row.end()
    return len(rows)
