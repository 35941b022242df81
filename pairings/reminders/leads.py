"""Who hears of a pair in a program's stead: its leads, but none of the two."""

from collections.abc import Mapping

from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext as _

from pairings.models import PairingQuerySet, ProgramStaff
from pairings.models.staff import ProgramStaffQuerySet
from preceptor.accounts.models import Membership

LEAD, MANAGER = "program__staff__membership", "organisation__members"
MANAGERS = (Membership.Role.OWNER, Membership.Role.MANAGER)


def to_leads(found: PairingQuerySet) -> Mapping[str, PairingQuerySet]:
    """Pairs by the path to who hears of them: leads, else managers.

    Who is one of the pair was told as such, and is nobody to turn to about it.
    """
    led = found.filter(program__staff__role=ProgramStaff.Role.LEAD)
    others = leads_there().filter(program=OuterRef("program"))
    for one in ("mentor", "junior"):
        others = others.exclude(membership=OuterRef(f"{one}__membership"))
    managed = found.filter(~Exists(others), is_managed_by())
    return {LEAD: _besides_pair(led, LEAD), MANAGER: _besides_pair(managed, MANAGER)}


def leads_there() -> ProgramStaffQuerySet:
    return ProgramStaff.objects.leads().filter(membership__is_active=True).order_by()


def is_managed_by() -> Q:
    """Rows once for each manager of their organisation, at the end of `MANAGER`."""
    return Q(organisation__members__role__in=MANAGERS)


def _besides_pair(rows: PairingQuerySet, recipient: str) -> PairingQuerySet:
    named = rows.alias(reader=F(recipient))
    return named.exclude(reader=F("mentor__membership")).exclude(
        reader=F("junior__membership")
    )


def of_the_program() -> str:
    """Why they get something."""
    return _(
        "You get this because you lead the program, or manage it while nobody besides "
        "the pair leads it."
    )
