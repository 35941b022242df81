"""What reminders about pairs are about, and what they all say."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import Q
from django.db.models.expressions import Combinable
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pairings.models import Enrolment, Pairing, PairingQuerySet, Program
from preceptor.accounts.models import Membership
from preceptor.notifications.queries import Rows, reminder

NAME = {"name": gettext_lazy("the other of the pair")}
PAIR = {"junior": gettext_lazy("the junior"), "mentor": gettext_lazy("the mentor")}


def running() -> PairingQuerySet:
    """Pairs of programs that run, of which both are there."""
    return of_running().filter(both_here())


def of_running() -> PairingQuerySet:
    return Pairing.objects.filter(program__state=Program.State.RUNNING)


def both_here(pairing: str = "") -> Q:
    """Whether neither of the two at the end of a path was deactivated.

    The other half of such a pair can do nothing of what a message would ask of them.
    """
    path = f"{pairing}__" if pairing else ""
    gone = Enrolment.objects.gone().values("pk")
    return ~Q(**{f"{path}mentor__in": gone}) & ~Q(**{f"{path}junior__in": gone})


def rows(
    found: PairingQuerySet,
    kind: str,
    step: str,
    recipient: str,
    not_before: Any,
    *matter: str | Combinable,
) -> Rows:
    """`KIND:ID[:DATE]:STEP` of some pairs."""
    values = reminder(kind, step, *matter, recipient=recipient, not_before=not_before)
    named: Rows = found.values("organisation_id", "program_id", **values)
    return named


def pairings(ids: Collection[int]) -> Mapping[int, Pairing]:
    return with_people().in_bulk(list(ids))


def with_people() -> PairingQuerySet:
    return Pairing.objects.with_people().select_related("first_step_by__user")


def other_of(pairing: Pairing, member: Membership) -> Enrolment:
    is_junior = pairing.side_of(member) == Enrolment.Side.JUNIOR
    return pairing.mentor if is_junior else pairing.junior


def of_the_two() -> str:
    return _("You get this because you are one of the two.")
