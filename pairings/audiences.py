"""What a member is in programs, and so which kinds of reminders may come to them."""

from collections.abc import Collection

from django.db.models import Exists, OuterRef

from pairings.models import Enrolment, Program, ProgramStaff
from preceptor.accounts.models import Membership
from preceptor.notifications.kinds import Audience


def in_programs(member: Membership) -> Collection[Audience]:
    """In one query. Who is in drafts alone does not know of it yet."""
    places = Enrolment.objects.exclude(program__state=Program.State.DRAFT)
    here = places.filter(membership=OuterRef("pk"))
    reports = places.filter(line_manager=OuterRef("pk"))
    staff = ProgramStaff.objects.filter(membership=OuterRef("pk"))
    asked = {
        Audience.JUNIORS: here.filter(side=Enrolment.Side.JUNIOR),
        Audience.MENTORS: here.filter(side=Enrolment.Side.MENTOR),
        Audience.LINE_MANAGERS: reports,
        Audience.LEADS: staff.filter(role=ProgramStaff.Role.LEAD),
        Audience.OBSERVERS: staff.filter(role=ProgramStaff.Role.OBSERVER),
    }
    (found,) = Membership.objects.filter(pk=member.pk).values_list(
        *(Exists(rows) for rows in asked.values())
    )
    return [one for one, is_so in zip(asked, found, strict=True) if is_so]
