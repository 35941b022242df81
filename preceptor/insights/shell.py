"""The side bar: which sections it shows, and where we are."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Subquery
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from pairings.models import Enrolment, Program, ProgramStaff
from preceptor.accounts.access import LAST_SEEN, current_membership
from preceptor.accounts.models import Membership, User
from preceptor.accounts.signing_in.gate import is_let_in
from preceptor.http import form_megabytes
from preceptor.notifications.models import Delivery

SECTION_OF_APP = {
    "insights": "programs",
    "reviews": "sessions",
    "progress": "growth",
    "pairings": "programs",
    "organisation": "organisation",
    "sign_in": "organisation",
    "health": "organisation",
    "accounts": "account",
    "messages": "messages",
    "personal": "account",
}
SECTION_OF_ROUTE = {
    "reviews:log": "log",
    "reviews:retention": "organisation",
    "reviews:categories": "organisation",
    "reviews:add_category": "organisation",
    "reviews:edit_category": "organisation",
    "reviews:retire_category": "organisation",
    "pairings:new_programs": "organisation",
    "pairings:skills": "organisation",
    "personal:requests": "organisation",
    "personal:erasing": "organisation",
    "personal:erase": "organisation",
    "insights:history": "organisation",
    "insights:history_csv": "organisation",
    "insights:own_history": "account",
    "insights:today": "today",
    "insights:reports": "reports",
    **dict.fromkeys(
        (
            *("insights:insights", "insights:quarter", "insights:stays"),
            *("insights:quarters", "insights:quarter_report", "insights:make_report"),
            *("insights:quarter_of_all", "insights:make_of_all"),
            *("insights:report_schedule", "insights:schedule_of_all"),
            *("insights:scenarios", "insights:scenario", "insights:add_scenario"),
            *("insights:remove_scenario", "insights:delivery", "insights:weeks"),
            *("insights:upload_weeks", "insights:week_file", "insights:import_weeks"),
            *("insights:edit_week", "insights:remove_week"),
        ),
        "insights",
    ),
}


@dataclass(frozen=True, slots=True)
class Sections:
    """What somebody is in the organisation, and so what of the product serves them.

    `unread` is the number of messages in their inbox that they have not read.
    """

    takes_part: bool = False
    has_reports: bool = False
    is_staff: bool = False
    unread: int = 0

    @property
    def any(self) -> bool:
        """Sessions, growth and programs serve who takes part, reports or oversees."""
        return self.takes_part or self.has_reports or self.is_staff


def shell(request: HttpRequest) -> dict[str, Any]:
    """Template context of every page; asks the database only if a page shows it.

    A page of the account stands beside the organisation last looked at.
    """
    membership: Any = getattr(request, "membership", None)
    membership = membership or SimpleLazyObject(lambda: _last_seen(request))
    match = request.resolver_match
    app = (match.app_name or match.route.split("/")[0]) if match else ""
    return {
        "organisation": SimpleLazyObject(
            lambda: membership.organisation if membership else None
        ),
        "membership": membership,
        "sections": SimpleLazyObject(lambda: sections_of(request, membership)),
        "others": SimpleLazyObject(lambda: _others(membership)),
        "here": _section(match.view_name, app) if match else "",
        "registration_is_open": settings.REGISTRATION_IS_OPEN,
        "form_megabytes": form_megabytes(),
    }


def _section(route: str, app: str) -> str:
    return SECTION_OF_ROUTE.get(route) or SECTION_OF_APP.get(app, "")


def _last_seen(request: HttpRequest) -> Membership | None:
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return None
    found = current_membership(user, request.session.get(LAST_SEEN))
    return found if found and is_let_in(request.session, found) else None


def _others(member: Membership | None) -> list[Membership]:
    """Where else the person belongs."""
    return [one for one in member.user.places if one != member] if member else []


def sections_of(request: HttpRequest, member: Membership | None) -> Sections:
    """Asked of the database once a request."""
    found: Sections | None = getattr(request, "sections", None)
    if found is None:
        found = _sections_for(member) if member else Sections()
        setattr(request, "sections", found)  # noqa: B010 # unknown to HttpRequest
    return found


def _sections_for(member: Membership) -> Sections:
    """Who is in drafts alone does not know of it yet."""
    places = Enrolment.objects.exclude(program__state=Program.State.DRAFT)
    unread = Delivery.objects.unread().filter(recipient=OuterRef("pk"))
    number = unread.order_by().values("recipient").annotate(number=Count("pk"))
    mine = Membership.objects.filter(pk=member.pk).values_list(
        Exists(places.filter(membership=OuterRef("pk"))),
        Exists(places.filter(line_manager=OuterRef("pk"))),
        Exists(ProgramStaff.objects.filter(membership=OuterRef("pk"))),
        Subquery(number.values("number")),
    )
    takes_part, has_reports, is_staff, found = mine[0]
    return Sections(takes_part, has_reports, is_staff or member.is_manager, found or 0)
