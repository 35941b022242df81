"""The ways in: how often somebody may say who they are, and from where.

Nobody is locked out by a stranger who knows their address. Tries are counted by account
and network, so that those of one network leave all others alone. A browser that an
account has come in from before has a count of its own, beside strangers in the same
network; the OWASP Foundation calls its cookie a device cookie. Where many networks try
one account, each of them that is strange to it has one try at a time.

A company may come in through one address. So what is counted for a network alone is
what proved nothing: whoever shows who they are gets back what they took.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from allauth.account.internal.stagekit import LOGIN_SESSION_KEY
from allauth.account.utils import url_str_to_user_pk
from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import get_random_string

from preceptor.accounts.models import User
from preceptor.doors import (
    Door,
    Knock,
    Refused,
    answer,
    forget,
    give_back,
    hashed,
    is_full,
    network_of,
    take,
)

SALT = "known"
COOKIE = f"{settings.HOST_ONLY}{SALT}"
COOKIE_DAYS = 400
KNOWN_AT_MOST = 5
"""Accounts that one browser is known to."""


@dataclass(frozen=True, slots=True)
class Entrance:
    """`own` is for one account from one network or known browser, `slow` in its place
    while the `crowd` of all networks is at the account, `network` for all accounts."""

    own: Door
    slow: Door
    crowd: Door
    network: Door

    @classmethod
    def called(
        cls, name: str, own: tuple[int, int], crowd: tuple[int, int], network: int
    ) -> "Entrance":
        """Of `own` and `crowd` limit and seconds; `network` in the seconds of `own`."""
        seconds = own[1]
        return cls(
            own=Door(name, *own, fails_closed=True),
            slow=Door(f"{name}-slow", 1, seconds, fails_closed=True),
            crowd=Door(f"{name}-crowd", *crowd, fails_closed=True),
            network=Door(f"{name}-network", network, seconds, fails_closed=True),
        )


SIGN_IN = Entrance.called("sign-in", own=(5, 300), crowd=(100, 3600), network=500)
CODE = Entrance.called("code", own=(3, 600), crowd=(10, 3600), network=500)
RESET = Entrance.called("reset", own=(3, 600), crowd=(10, 3600), network=200)
SIGN_UP = Entrance.called("sign-up", own=(3, 600), crowd=(10, 3600), network=200)
PROOF = Door("proof", 1_000, 300, fails_closed=True)
"""Codes, keys and passkeys of one network that proved nothing. What they are counted
for is much slower: a code takes three tries, and the others are beyond guessing."""
PROOF_OF_KNOWN = Door("proof-of-known", 60, 300, fails_closed=True)
"""The same of one browser that any account has come in from before."""
SECOND_STEP = Door("second-step", 5, 300, fails_closed=True)
"""Wrong codes for one account: from one known browser, or from all that are strange to
it together, since six digits do not stand many guessers. Who is asked for one has shown
the password."""
THROUGH = Door("through", 10_000, 300, fails_closed=True)
"""To a provider and back, from one network, as far as nobody came in by it."""
INVITATION = Door("invitation", 30, 600, fails_closed=True)
"""Tries at what one link asks for."""

WITH_ADDRESS: Mapping[str, Entrance] = {
    "account_request_login_code": CODE,
    "account_reset_password": RESET,
    "account_signup": SIGN_UP,
    "account_email": CODE,
}
"""Routes of the sign-in library that send a mail to an address that was typed."""
WITH_PROOF = frozenset(
    {
        "account_confirm_login_code",
        "account_email_verification_sent",
        "account_reset_password_from_key",
        "mfa_authenticate",
        "mfa_login_webauthn",
        "mfa_reauthenticate",
    }
)
OF_SECOND_STEP = frozenset({"mfa_authenticate", "mfa_reauthenticate"})


@dataclass(frozen=True, slots=True)
class Try:
    own: Knock
    others: tuple[Knock, ...] = ()


def knock(request: HttpRequest, entrance: Entrance, account: str) -> Try:
    """Counts a try at an account, by its address; raises `Refused`."""
    account = account.strip().lower()
    if browser := _browser(request, account):
        own = Knock(entrance.own, f"{account} {browser}")
        take([own])
        return Try(own)
    network = network_of(request)
    crowd, all_of = Knock(entrance.crowd, account), Knock(entrance.network, network)
    is_crowded = is_full(crowd)
    own = Knock(entrance.slow if is_crowded else entrance.own, f"{account} {network}")
    others = (all_of,) if is_crowded else (all_of, crowd)
    take([own, *others])
    return Try(own, others)


def let_in(tried: Try) -> None:
    """They were who they said: what they tried before is forgotten."""
    forget(tried.own)
    if tried.others:
        give_back(*tried.others)


class EntranceMiddleware:
    """Counts at the ways in that are the sign-in library's."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        route = request.resolver_match.url_name if request.resolver_match else None
        if request.method != "POST" or route is None:
            return None
        try:
            if route in WITH_PROOF:
                knocks = _proofs(request, route)
                take(knocks)
                request.proofs = knocks  # type: ignore[attr-defined] # read by `proved`
            elif (entrance := WITH_ADDRESS.get(route)) and _sends(request):
                knock(request, entrance, request.POST.get("email", ""))
        except Refused as refused:
            return answer(request, refused)
        return None


def _sends(request: HttpRequest) -> bool:
    """The page of one's addresses sends something for two of its buttons."""
    quiet = {"action_primary", "action_remove"}
    return quiet.isdisjoint(request.POST)


def _proofs(request: HttpRequest, route: str) -> list[Knock]:
    """A passkey is no code: it can't be guessed."""
    known = list(_known(request).values())
    knocks = [
        Knock(PROOF_OF_KNOWN, known[-1]) if known else Knock(PROOF, network_of(request))
    ]
    if route in OF_SECOND_STEP and "code" in request.POST:
        half_way = request.session.get(LOGIN_SESSION_KEY, {}).get("user_pk")
        user = url_str_to_user_pk(half_way) if half_way else request.user.pk or 0
        rows = User.objects.filter(pk=user).values_list("email", flat=True)
        browser = _browser(request, rows.first() or "")
        knocks.append(Knock(SECOND_STEP, f"{user} {browser}".strip()))
    return knocks


def proved(
    *, request: HttpRequest, user: User, method: str, **_of_the_signal: Any
) -> None:
    """Somebody showed who they are: what that took of others' is given back."""
    if knocks := getattr(request, "proofs", ()):
        give_back(*knocks)
    if method == "code" and not _browser(request, user.email):
        network = network_of(request)
        give_back(Knock(CODE.crowd, user.email), Knock(CODE.network, network))
    if method == "socialaccount":
        way = Knock(THROUGH, network_of(request))
        give_back(way, way)


def remember(request: HttpRequest, response: HttpResponse, account: str) -> None:
    """The browser is known to the account from now on."""
    known = {**_known(request), hashed(account.lower()): get_random_string(16)}
    latest = dict(list(known.items())[-KNOWN_AT_MOST:])
    response.set_cookie(
        COOKIE,
        signing.dumps(latest, salt=SALT, compress=True),
        max_age=COOKIE_DAYS * 86_400,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _browser(request: HttpRequest, account: str) -> str:
    return _known(request).get(hashed(account), "")


def _known(request: HttpRequest) -> dict[str, str]:
    """By account, hashed: what the account knows the browser by."""
    try:
        found = signing.loads(
            request.COOKIES.get(COOKIE, ""),
            salt=SALT,
            max_age=COOKIE_DAYS * 86_400,
        )
    except (signing.BadSignature, json.JSONDecodeError):
        return {}
    return found if isinstance(found, dict) else {}
