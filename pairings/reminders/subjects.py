"""What reminders about pairs are about, and what they all say."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db.models.expressions import Combinable
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pairings.models import Enrolment, Pairing, PairingQuerySet, Program
from preceptor.accounts.models import Membership
from preceptor.notifications.queries import Rows, reminder

NAME = {"name": gettext_lazy("the other of the pair")}
PAIR = {"junior": gettext_lazy("the junior"), "mentor": gettext_lazy("the mentor")}


def running() -> PairingQuerySet:
    return Pairing.objects.filter(program__state=Program.State.RUNNING)


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


def of_the_program() -> str:
    return _("You get this because you lead the program.")
