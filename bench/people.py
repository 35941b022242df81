"""Who is at work, and what each of them does: the mix of the load.

Two of each pair have the session that they share open, in a tab that polls every two
seconds as long as the work lasts. Beside it everybody does something every ten seconds
on average. Of a hundred things, half of the pairs, who read a change alone, do:
20 × open the change, 20 × mark a file viewed, 15 × answer for the verdict, 15 × write a
finding (its form, the words as they are typed, the finding), and lock once. The other
half, who take a revealed change apart: 20 × open the board, 30 × open a finding on it,
20 × reply. All of them: 12 × Today, 6 × their sessions, 6 × the year, 4 × the pairing,
2 × log a session.
"""

import secrets
from collections.abc import Iterator
from itertools import chain
from urllib.parse import urlencode

from django.conf import settings
from django.test import Client
from django.utils import timezone

from bench.crowd import Person, Request
from preceptor.accounts.models import Membership
from preceptor.http import url
from progress.models import GrowthPlan
from reviews.models import ReviewSession

FINDING = {
    "key": "{key}",
    "category": "edge_case",
    "severity": "major",
    "file_side": "new",
    "title": "The last page is never asked for",
    "text": "With **0** rows the loop ends before its first turn.",
}


def people_at_work(number: int) -> Iterator[Person]:
    """So many, two of each pair, in turn pairs that read and pairs that take apart."""
    pairs = -(-number // 4)
    states = (ReviewSession.State.READING, ReviewSession.State.REVEALED)
    both = [_sessions(state, pairs) for state in states]
    for session in chain.from_iterable(zip(*both, strict=True)):
        for member in (session.junior, session.mentor):
            yield _person(member, session)


def _sessions(state: ReviewSession.State, number: int) -> list[ReviewSession]:
    """One of each pair, of a program that runs."""
    rows = ReviewSession.objects.filter(state=state, pairing__program__state="running")
    related = ("junior__user", "mentor__user", "organisation")
    found = rows.select_related(*related).order_by("pairing", "-pk").distinct("pairing")
    return list(found[:number])


def _person(member: Membership, session: ReviewSession) -> Person:
    client, token = Client(), secrets.token_hex(16)
    client.force_login(member.user)
    own = client.cookies[settings.SESSION_COOKIE_NAME].value
    forgery = f"{settings.CSRF_COOKIE_NAME}={token}"
    changes = url(session.organisation.slug, "reviews:changes", session.pk)
    board = f"{changes}?page=board&finding=0&show=all&state=revealed&version="
    is_reading = session.state == ReviewSession.State.READING
    return Person(
        cookie=f"{settings.SESSION_COOKIE_NAME}={own}; {forgery}",
        token=token,
        poll=f"{changes}?page=read&revision=1&version=" if is_reading else board,
        poll_after=board,
        version=str(session.version),
        requests=[
            *_usual(session),
            *(_reading(member, session) if is_reading else _apart(session)),
        ],
    )


def _usual(session: ReviewSession) -> list[Request]:
    slug, pairing = session.organisation.slug, session.pairing_id
    years = GrowthPlan.objects.filter(junior__pairings_as_junior=pairing)
    logged = {
        "pairing": str(pairing),
        "held_on": timezone.localdate().isoformat(),
        "change": "Rate cache",
    }
    return [
        Request("Today", url(slug, "insights:today"), 12),
        Request("sessions", url(slug, "reviews:sessions"), 6),
        Request("plan", url(slug, "progress:plan", years.get().pk), 6),
        Request("pairing", url(slug, "insights:pairing", pairing), 4),
        Request("log", url(slug, "reviews:log"), 2, logged),
    ]


def _reading(member: Membership, session: ReviewSession) -> list[Request]:
    slug, pk = session.organisation.slug, session.pk
    viewed = url(slug, "reviews:mark_viewed", pk, 1)
    always = [
        Request("read", url(slug, "reviews:read", pk), 20),
        Request("viewed", viewed, 20, {"viewed": "on", "revision": "1"}, is_htmx=True),
    ]
    if session.passes.get(reviewer=member).is_locked:
        return always
    verdict = {"verdict": "fix", "confidence": "25"}
    answers = url(slug, "reviews:draft", pk)
    return [
        *always,
        Request("answer", answers, 15, verdict, is_htmx=True, is_early=True),
        _writing(slug, pk),
        Request("lock", url(slug, "reviews:lock", pk), 0, verdict, is_lock=True),
    ]


def _writing(slug: str, session: int) -> Request:
    """The form below the lines, what is kept of it as it is typed, and the finding."""
    new = url(slug, "reviews:add_finding", session)
    keep = url(slug, "reviews:keep_words", session)
    words = Request("words", keep, data={**FINDING, "tab": "{key}"}, is_htmx=True)
    form = f"{new}?{urlencode({'revision': 1})}"
    finding = Request("finding", new, data=FINDING, is_htmx=True)
    then = [words, words, finding]
    return Request("form", form, 15, is_htmx=True, is_early=True, then=then)


def _apart(session: ReviewSession) -> list[Request]:
    slug, pk = session.organisation.slug, session.pk
    board = url(slug, "reviews:board", pk)
    findings = list(session.findings.order_by("pk").values_list("pk", flat=True)[:1])
    reply = {"key": "{key}", "text": "I looked at the caller alone, and trusted it."}
    return [
        Request("board", board, 20),
        *(Request("card", f"{board}?finding={one}", 30) for one in findings),
        *(
            Request(
                "reply",
                url(slug, "reviews:add_comment", pk, one),
                20,
                reply,
                is_htmx=True,
            )
            for one in findings
        ),
    ]
