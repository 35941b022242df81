"""That one's data is ready, and to owners that somebody wants to be erased."""

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db.models import BigIntegerField, F, OuterRef, Subquery, Value
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from preceptor.accounts.models import Membership
from preceptor.http import absolute_url
from preceptor.notifications.kinds import Audience, Kind, Message
from preceptor.notifications.letters import letter, on_day
from preceptor.notifications.models import Delivery, Timing
from preceptor.notifications.queries import LocalDay, Rows, reminder, zone_of
from preceptor.personal.models import Archive, Erasure

READY, ASKED = "data-ready", "erasure-asked"
NO_PROGRAM = Value(None, BigIntegerField())


def ready(now: datetime) -> Rows:
    """To who asked, until it is downloaded or runs out."""
    day = LocalDay(zone_of("member"), F("asked_at"))
    found: Rows = Archive.objects.ready(now).values(
        "organisation_id",
        program_id=NO_PROGRAM,
        **reminder(READY, "ready", day, recipient="member", not_before=F("asked_at")),
    )
    return found


def ready_subjects(ids: Collection[int]) -> Mapping[int, Archive]:
    return Archive.objects.in_bulk(ids)


def ready_message(delivery: Delivery, archive: Archive) -> Message:
    """That it is there and until when; no link that leads to the bytes."""
    until = on_day(archive.expires_at or timezone.now())
    return letter(
        headline=_("Your data is ready"),
        lines=[_("You can download it once, until %(day)s.") % {"day": until}],
        link=absolute_url(delivery.organisation.slug, "personal:mine"),
        button=_("To my data"),
        because=_("You get this because you asked for it."),
        words={"day": until},
    )


def asked(now: datetime) -> Rows:
    """To every owner, once a day on which somebody asked or was found to have left;
    `KIND:OWNER:DAY:STEP`.
    """
    waiting = Erasure.objects.waiting().filter(
        organisation=OuterRef("organisation"), asked_at__lte=now
    )
    last = waiting.exclude(member=OuterRef("pk")).order_by("-asked_at")
    owners = Membership.objects.owners().annotate(
        last=Subquery(last.values("asked_at")[:1])
    )
    day = LocalDay(F("user__time_zone"), F("last"))
    found: Rows = owners.filter(last__isnull=False).values(
        "organisation_id",
        program_id=NO_PROGRAM,
        **reminder(ASKED, "asked", day, recipient="pk", not_before=F("last")),
    )
    return found


def asked_subjects(ids: Collection[int]) -> Mapping[int, list[Erasure]]:
    """By owner, who waits, the longest first."""
    owners = Membership.objects.filter(pk__in=ids)
    places = dict(owners.values_list("pk", "organisation_id"))
    found: dict[int, list[Erasure]] = {}
    rows = Erasure.objects.waiting().filter(organisation__in=set(places.values()))
    for row in rows.select_related("member__user").order_by("asked_at", "pk"):
        found.setdefault(row.organisation_id, []).append(row)
    return {
        pk: [one for one in found.get(place, []) if one.member_id != pk]
        for pk, place in places.items()
    }


def asked_message(delivery: Delivery, erasures: list[Erasure]) -> Message:
    """Who, when one, and until when it may be done by hand."""
    first = on_day(erasures[0].due_at) if erasures else ""
    names = str(erasures[0].member) if len(erasures) == 1 else ""
    words = {"n": str(len(erasures)), "names": names, "day": first}
    return letter(
        headline=_headline(erasures) % words,
        lines=[_when(erasures) % words],
        link=absolute_url(delivery.organisation.slug, "personal:requests"),
        button=_("Look at it"),
        because=_("You get this because you are an owner."),
        words=words,
    )


def _headline(erasures: list[Erasure]) -> str:
    """What they asked for, or what the rule for those who left found."""
    n = len(erasures)
    if all(one.origin == Erasure.Origin.OWN for one in erasures):
        return ngettext(
            "%(names)s wants to be erased", "%(n)s people want to be erased", n
        )
    return ngettext("%(names)s is to be erased", "%(n)s people are to be erased", n)


def _when(erasures: list[Erasure]) -> str:
    if not erasures:
        return ""
    if erasures[0].waits_for_owner:
        return _(
            "It is not done by itself: a name may be a word of the language, too, and"
            " you see first how often it stands."
        )
    return _("You may do it now; by itself it is done on %(day)s.")


KINDS = (
    Kind(
        name=READY,
        label=gettext_lazy("Your data is ready"),
        about=gettext_lazy("When what you asked for under “My data” is gathered."),
        due=ready,
        subjects=ready_subjects,
        message=ready_message,
        thread="archive",
        audience=frozenset({Audience.MEMBERS}),
        default=Timing.AT_ONCE,
        urgency=60,
        placeholders={"day": gettext_lazy("the last day on which it can be had")},
        is_of_program=False,
        names_program=False,
    ),
    Kind(
        name=ASKED,
        label=gettext_lazy("Somebody wants to be erased"),
        about=gettext_lazy(
            "To owners, when a member asks for it, or left so long ago as the rule"
            " says."
        ),
        due=asked,
        subjects=asked_subjects,
        message=asked_message,
        thread="erasures",
        audience=frozenset({Audience.OWNERS}),
        default=Timing.AT_ONCE,
        urgency=55,
        placeholders={
            "n": gettext_lazy("how many"),
            "names": gettext_lazy("who, if one"),
            "day": gettext_lazy("the day on which the first is done by itself"),
        },
        is_of_program=False,
        names_program=False,
    ),
)
