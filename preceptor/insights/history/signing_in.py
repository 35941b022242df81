"""That staff signed in (owners, managers, leads, observers), and passwords changed."""

from typing import Any

from django.db.models import Q

from pairings.models import ProgramStaff
from preceptor.accounts import acts
from preceptor.accounts.models import Membership, User


def note_sign_in(*, user: User, **_of_the_signal: Any) -> None:
    """Kept in each organisation that they run something of."""
    runs = ProgramStaff.objects.filter(membership__user=user).values("membership")
    own = Membership.objects.active().filter(user=user)
    staff = Q(role__in=[Membership.Role.OWNER, Membership.Role.MANAGER])
    for member in own.filter(staff | Q(pk__in=runs)):
        acts.note(actor=member, act=acts.Act.SIGN_IN)


def note_password(*, user: User, **_of_the_signal: Any) -> None:
    """Kept in each organisation that the account opens."""
    for member in Membership.objects.active().filter(user=user):
        acts.note(actor=member, act=acts.Act.PASSWORD, person_id=member.pk)
