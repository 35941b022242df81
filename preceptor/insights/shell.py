"""The side bar: which sections it shows, and where we are."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from pairings.models import Enrolment, ProgramStaff
from preceptor.accounts.models import Membership

SECTION_OF_APP = {
    "insights": "today",
    "reviews": "sessions",
    "progress": "growth",
    "pairings": "programs",
    "organisation": "organisation",
    "accounts": "account",
}


@dataclass(frozen=True, slots=True)
class Sections:
    """Which parts of the product serve a member."""

    sessions: bool
    growth: bool
    programs: bool


def shell(request: HttpRequest) -> dict[str, Any]:
    """Template context of every page; asks the database only if a page shows it."""
    membership: Membership | None = getattr(request, "membership", None)
    match = request.resolver_match
    return {
        "organisation": getattr(request, "organisation", None),
        "membership": membership,
        "sections": SimpleLazyObject(lambda: sections_for(membership)),
        "here": SECTION_OF_APP.get(match.app_name, "") if match else "",
    }


def sections_for(member: Membership | None) -> Sections:
    """Sessions and growth to who takes part or reports; programs to who sees one."""
    if member is None:
        return Sections(sessions=False, growth=False, programs=False)
    mine = Membership.objects.filter(pk=member.pk).values_list(
        Exists(Enrolment.objects.filter(membership=OuterRef("pk"))),
        Exists(Enrolment.objects.filter(line_manager=OuterRef("pk"))),
        Exists(ProgramStaff.objects.filter(membership=OuterRef("pk"))),
        F("role"),
    )
    takes_part, has_reports, is_staff, _role = mine[0]
    oversees = has_reports or is_staff or member.is_manager
    return Sections(
        sessions=takes_part or oversees,
        growth=takes_part or oversees,
        programs=takes_part or oversees,
    )
