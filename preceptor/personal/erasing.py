"""Takes a person out of the database, step by step; each may run again.

A worker that dies is followed by another, which goes on at the step it had reached.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from allauth.account.models import EmailAddress
from django.contrib.sessions.backends.cached_db import SessionStore
from django.contrib.sessions.models import Session
from django.db import models, transaction
from django.db.models import Case, Value, When
from django.utils import timezone

from preceptor.accounts.held import (
    ERASED,
    FORMER_MEMBER,
    NOBODYS_DOMAIN,
    Held,
    cleanings,
    everything,
    strikings,
)
from preceptor.accounts.models import Membership, User
from preceptor.accounts.spelling import Spelled
from preceptor.personal.kept import keep
from preceptor.personal.models import Erasure
from preceptor.personal.striking import (
    pass_guards,
    places,
    strike,
    strike_history,
)

AT_ONCE = 500
"""Rows that one transaction changes."""


@dataclass(frozen=True)
class Step:
    """One piece of the work; `about` says in words of the product what it goes over."""

    about: str
    run: Callable[[], None]


def take_up(erasure_id: int) -> None:
    """Erases whom a worker was given, from the step that was reached.

    What stops it is kept in words of the product, for the page, and raised.
    """
    erasure = Erasure.objects.standing().get(pk=erasure_id)
    member = Membership.objects.select_related("user", "organisation").get(
        pk=erasure.member_id
    )
    steps = list(_steps(member, erasure.also))
    rows = Erasure.objects.filter(pk=erasure_id)
    rows.update(all_steps=len(steps) + 1)
    for number in range(erasure.done_steps, len(steps)):
        _run(steps[number], rows)
        if not _tell(erasure_id, number, timezone.now()):
            return
    _run(Step("account", partial(_unname, erasure_id, timezone.now())), rows)


def _run(step: Step, rows: "models.QuerySet[Erasure]") -> None:
    try:
        step.run()
    except Exception as error:
        rows.update(failure=f"{step.about}: {type(error).__name__}"[:200])
        raise


def _steps(member: Membership, also: list[str]) -> Iterator[Step]:
    """What is in the table goes twice: a request may have been under way before.

    The history comes last, since what is struck elsewhere may be told of in it.
    """
    spelled = spelled_of(member, also)
    here = member.organisation_id
    for _again in range(2):
        for clean in cleanings():
            yield Step(clean.__module__, partial(clean, member, spelled))
        for held in everything():
            if held.goes and not held.is_of_account and held.model is not Erasure:
                yield Step(held.key, partial(erase, held, member))
    for place in places():
        yield Step(place.table, partial(strike, place, here, spelled))
    for of_files in strikings():
        yield Step(of_files.__module__, partial(of_files, here, spelled))
    yield Step("history", partial(strike_history, here, spelled))


def spelled_of(member: Membership, also: Sequence[str]) -> Spelled:
    """Who is struck: names of several words, addresses, and what somebody chose."""
    names = [name for name in names_of(member) if " " in name or "@" in name]
    return Spelled(tuple(names), tuple(also))


def names_of(member: Membership) -> tuple[str, ...]:
    """What somebody is called, and their addresses, as others may have written them."""
    rows = EmailAddress.objects.filter(user=member.user_id)
    addresses = {member.user.email, *rows.values_list("email", flat=True)}
    called = {" ".join(said.split()) for said in (member.user.full_name, member.called)}
    return (*sorted(called - {""}), *sorted(addresses))


def words_of(member: Membership) -> list[str]:
    """Single words by which somebody may be meant: their name's, and an address's."""
    words = dict.fromkeys(" ".join(names_of(member)).split())
    names = [word for word in words if "@" not in word and len(word) > 2]
    return [*names, *dict.fromkeys(w.split("@")[0] for w in words if "@" in w)]


def parts_of(member: Membership) -> dict[str, bool]:
    """Those words, each with whether it reads like a name, and nobody else's here."""
    others = Membership.objects.filter(organisation=member.organisation_id)
    others = others.exclude(pk=member.pk)
    return {
        word: len(word) > 3
        and ("." in word or not word[0].islower())
        and not others.matching(word).exists()
        for word in words_of(member)
    }


def _tell(erasure_id: int, number: int, now: datetime) -> bool:
    """Whether this worker is still the one that goes on."""
    rows = Erasure.objects.standing().filter(pk=erasure_id, done_steps=number)
    said = {"done_steps": number + 1, "stepped_at": now, "failure": ""}
    return bool(rows.update(**said))


def erase(held: Held, member: Membership) -> None:
    """Does what the table says of one thing, some rows a transaction."""
    rows = held.rows.filter(held.of(member))
    left = rows.filter(held.stands)
    values = {} if held.row_goes else _values(held)
    while True:
        with transaction.atomic():
            pass_guards()
            found = list(left.order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
            if not found:
                return
            chosen = held.rows.filter(pk__in=found)
            if held.row_goes:
                chosen.delete()
            else:
                chosen.update(**values)


def _values(held: Held) -> dict[str, object]:
    return {
        name: _only_over(name) if value == ERASED else value
        for name, value in held.goes.items()
    }


def _only_over(name: str) -> Case:
    """The word for what is gone, where something stood."""
    return Case(When(**{name: ""}, then=Value("")), default=Value(ERASED))


@transaction.atomic
def _unname(erasure_id: int, now: datetime) -> None:
    """The last step: nobody stands behind the membership any more.

    The account goes too, unless it is somebody's in another organisation.
    """
    rows = Erasure.objects.standing().select_for_update().filter(pk=erasure_id)
    if (erasure := rows.first()) is None:
        return
    member = Membership.objects.select_related("organisation").get(pk=erasure.member_id)
    account = User.objects.select_for_update().get(pk=member.user_id)
    words = words_of(member)
    struck = [words.index(word) for word in erasure.also if word in words]
    nobody = User.objects.create_user(
        f"former-{member.pk}@{NOBODYS_DOMAIN}",
        full_name=FORMER_MEMBER,
        time_zone=member.organisation.time_zone,
        is_active=False,
    )
    Membership.objects.filter(pk=member.pk).update(user=nobody, called="")
    if not Membership.objects.filter(user=account).exists():
        end_sessions(account)
        account.delete()
    rows.update(
        finished_at=now,
        stepped_at=now,
        done_steps=models.F("all_steps"),
        struck=struck,
        also=[],
        failure="",
    )
    # In the transaction: what could not be written down is not done yet.
    keep(Erasure.objects.select_related("member").get(pk=erasure_id))


def end_sessions(account: User) -> None:
    """Everywhere: whose a session is stands inside it alone.

    Also sign-ins that wait for a code or a second step, and what names an address.
    """
    addresses = EmailAddress.objects.filter(user=account).values_list(
        "email", flat=True
    )
    known = Spelled((account.email, *addresses))
    for session in Session.objects.order_by("pk").iterator(chunk_size=AT_ONCE):
        data = session.get_decoded()
        said = json.dumps(data, ensure_ascii=False, default=str)
        if _names_account(data, str(account.pk)) or known.is_in(said):
            SessionStore(session.session_key).delete()


def _names_account(data: object, pk: str) -> bool:
    """Somewhere under a key that speaks of a user."""
    if isinstance(data, dict):
        return any(
            ("user" in key and str(value) == pk) or _names_account(value, pk)
            for key, value in data.items()
        )
    return isinstance(data, list) and any(_names_account(one, pk) for one in data)
