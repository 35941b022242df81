"""How often somebody may knock at a door, and the answer to who knocks too often.

Counted in Valkey by the generic cell rate algorithm (ITU-T I.371, 1993): of each key it
keeps one moment, at which what was taken so far is used up.
"""

import ipaddress
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, wraps
from math import ceil
from typing import Any, TypeVar, cast

import redis
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from preceptor.valkey import BRIEFLY

logger = logging.getLogger(__name__)

AWAY_SECONDS = 30
"""When to try a closed door again whose counts are out of reach."""
_TAKE = """
local clock = redis.call('TIME')
local now, wait, due = clock[1] * 1000000 + clock[2], 0, {}
for i, key in ipairs(KEYS) do
  local gap, span = tonumber(ARGV[2 * i]), tonumber(ARGV[2 * i + 1])
  due[i] = math.max(tonumber(redis.call('GET', key) or 0), now) + gap
  wait = math.max(wait, due[i] - span - now)
end
if wait > 0 or ARGV[1] == '0' then return wait end
for i, key in ipairs(KEYS) do
  local left = math.ceil((due[i] - now) / 1000)
  redis.call('SET', key, string.format('%.0f', due[i]), 'PX', left)
end
return 0
"""
_GIVE_BACK = """
for i, key in ipairs(KEYS) do
  local due = redis.call('GET', key)
  if due then
    redis.call('SET', key, string.format('%.0f', due - ARGV[i]), 'KEEPTTL')
  end
end
"""

Whose = Callable[[HttpRequest], str]
View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Door:
    """`limit` at once, and from then on as many in each `seconds`.

    Where the counts are out of reach it is open, or closed for the ways in.
    """

    name: str
    limit: int
    seconds: int
    fails_closed: bool = False


@dataclass(frozen=True, slots=True)
class Knock:
    """At a door, by whom. Names of people and secrets leave no trace in the key."""

    door: Door
    whose: str

    @property
    def key(self) -> str:
        return f"door:{self.door.name}:{hashed(self.whose)}"

    @property
    def span(self) -> int:
        """In microseconds."""
        return self.door.seconds * 1_000_000

    @property
    def gap(self) -> int:
        return self.span // self.door.limit


class Refused(Exception):
    """Not now. `wait` is in seconds; `is_away` says that nothing can be counted."""

    def __init__(self, wait: int, *, is_away: bool = False) -> None:
        super().__init__(wait)
        self.wait, self.is_away = wait, is_away

    def __str__(self) -> str:
        when = _moment(self.wait)
        if self.is_away:
            text = _("The way in is closed for a moment. Try again %(when)s.")
        else:
            text = _(
                "That was too often in a short time. Try again %(when)s; nothing"
                " was changed."
            )
        return text % {"when": when}


def pass_or_refuse(door: Door, *whose: str) -> None:
    """Counts one; raises `Refused` where that is too many."""
    take(Knock(door, one) for one in whose)


def take(knocks: Iterable[Knock]) -> None:
    """Counts each of them, or none and raises `Refused`."""
    if wait := _seconds(tuple(knocks), is_counted=True):
        raise Refused(wait)


def is_full(knock: Knock) -> bool:
    """Whether one more would be refused; nothing is counted."""
    return bool(_seconds((knock,), is_counted=False))


def give_back(*knocks: Knock) -> None:
    """As if those had not been."""
    try:
        _valkey().eval(
            _GIVE_BACK,
            len(knocks),
            *(one.key for one in knocks),
            *(str(one.gap) for one in knocks),
        )
    except (redis.RedisError, OSError) as error:
        logger.warning("Nothing is given back: %s", type(error).__name__)


def forget(*knocks: Knock) -> None:
    """As if none had ever been."""
    try:
        _valkey().delete(*(one.key for one in knocks))
    except (redis.RedisError, OSError) as error:
        logger.warning("Nothing is forgotten: %s", type(error).__name__)


def _seconds(knocks: Sequence[Knock], *, is_counted: bool) -> int:
    """How long to wait until all of them may pass; 0 where they may now."""
    rates = [str(number) for one in knocks for number in (one.gap, one.span)]
    keys = [one.key for one in knocks]
    try:
        wait = _valkey().eval(_TAKE, len(keys), *keys, str(int(is_counted)), *rates)
    except (redis.RedisError, OSError) as error:
        logger.warning("The doors are not counted: %s", type(error).__name__)
        if any(one.door.fails_closed for one in knocks):
            raise Refused(AWAY_SECONDS, is_away=True) from error
        return 0
    return ceil(int(cast("int", wait)) / 1_000_000)


def hashed(text: str) -> str:
    return salted_hmac("preceptor.doors", text).hexdigest()[:32]


@cache
def _valkey() -> redis.Redis:
    return redis.Redis.from_url(settings.DOORS_URL, **BRIEFLY)


def address_of(request: HttpRequest) -> str:
    """Of whom the request is from, as far as one's own proxies say it.

    Each of `PRECEPTOR_PROXIES` adds at the right who spoke to it. What stands further
    left came with the request: anybody can write it.
    """
    chain = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    chain = [one.strip() for one in chain if one.strip()]
    chain.append(request.META.get("REMOTE_ADDR", ""))
    at = -1 - settings.PRECEPTOR_PROXIES
    address: str = chain[at] if -at <= len(chain) else chain[-1]
    return address


def network_of(request: HttpRequest) -> str:
    """Who counts as one: an IPv4 address, or the /64 that an IPv6 customer gets."""
    text = address_of(request)
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return text
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, 64), strict=False))


def member_of(request: HttpRequest) -> str:
    """Of a page of an organisation: who is signed in."""
    return str(request.user.pk)


def token_in(request: HttpRequest) -> str:
    """Of a link that opens for whoever has it: the link."""
    match = request.resolver_match
    return str(match.kwargs["token"]) if match else ""


def limited(
    door: Door, *, by: Whose = member_of, methods: tuple[str, ...] = ("POST",)
) -> Callable[[View], View]:
    """Of a view: counts its requests, and answers 429 in its place beyond."""

    def decorator(view: View) -> View:
        @wraps(view)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if request.method in methods:
                try:
                    pass_or_refuse(door, by(request))
                except Refused as refused:
                    return answer(request, refused)
            return view(request, *args, **kwargs)

        inner.door = door  # type: ignore[attr-defined] # read by tests
        return cast("View", inner)

    return decorator


def unguessed(door: Door) -> Callable[[View], View]:
    """Of a view that a token opens: counts what one network finds nothing behind.

    Calendar services ask for thousands of people from one network, so what is found
    is not counted there, and is found however many guess beside it.
    """

    def decorator(view: View) -> View:
        @wraps(view)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            try:
                response = view(request, *args, **kwargs)
            except Http404:
                _count_guess(door, request)
                raise
            if response.status_code == 404:
                _count_guess(door, request)
            return response

        inner.door = door  # type: ignore[attr-defined] # read by tests
        return cast("View", inner)

    return decorator


def _count_guess(door: Door, request: HttpRequest) -> None:
    """Raises `Refused`, which the middleware answers, in place of "not found"."""
    pass_or_refuse(door, network_of(request))


def answer(request: HttpRequest, refused: Refused) -> HttpResponse:
    """The page, from which a fragment takes the sentence; when to come back in both."""
    status = 503 if refused.is_away else 429
    said = {"reason": str(refused), "is_away": refused.is_away}
    response = render(request, "429.html", said, status=status)
    response.headers["Retry-After"] = str(refused.wait)
    return response


def _moment(seconds: int) -> str:
    if seconds <= 90:
        return ngettext("in %(n)d second", "in %(n)d seconds", seconds) % {"n": seconds}
    n = ceil(seconds / 60)
    return ngettext("in %(n)d minute", "in %(n)d minutes", n) % {"n": n}


UPLOAD = Door("upload", 60, 600)
EXPORT = Door("export", 60, 600)
INVITING = Door("inviting", 60, 3600)
CALENDAR = Door("calendar", 60, 600)
SHARED = Door("shared", 120, 600)
UNSUBSCRIBING = Door("unsubscribing", 30, 600)
TOKENS = Door("tokens", 60, 600)
"""Of guesses at the token of any link, from one network."""
