"""What the pages list: rows a member may see, filtered, counted and put in order."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import (
    Count,
    Exists,
    F,
    Func,
    OuterRef,
    Q,
    TextField,
    prefetch_related_objects,
)
from django.http import QueryDict

from pairings.models import (
    Enrolment,
    EnrolmentQuerySet,
    EnrolmentSkill,
    MentorRecord,
    Pairing,
    Program,
    ProgramStaff,
)
from pairings.models.pairings import PairingQuerySet
from pairings.roster.skills import join_skills
from pairings.seats import peak
from pairings.zones import shared_hours
from preceptor.accounts.models import Membership, shown_name
from preceptor.accounts.people import bring_members

PER_PAGE = 50
SUGGESTIONS = 200

OF_PAIRING = (
    *("organisation", "kind", "state", "phase", "starts_on", "ends_on"),
    *("mentor__membership", "junior__membership", "junior__team"),
)
"""What the list of pairs shows of each."""

OF_WAITING = (
    *("organisation", "program", "team", "membership__called"),
    *("membership__user__full_name", "membership__user__email"),
)
"""What the lists of juniors without a mentor show of each."""

Filters = Mapping[str, str]


def filters_in(query: QueryDict) -> Filters:
    """What an address or a form asks for, without nulls, which no text may hold."""
    return {name: str(text).replace("\0", "") for name, text in query.dict().items()}


def page_of(rows: Any, filters: Filters, per_page: int = PER_PAGE) -> Page[Any]:
    """The page that `filters` asks for; the nearest one if there is no such page."""
    return Paginator(rows, per_page).get_page(filters.get("page"))


@dataclass(frozen=True, slots=True)
class ProgramRow:
    program: Program
    leads: Sequence[str]
    juniors: int
    mentors: int
    pairs: int


def program_rows(member: Membership, programs: Iterable[Program]) -> list[ProgramRow]:
    """Each program with what the member sees in it."""
    shown = list(programs)
    leads = defaultdict(list)
    staff = ProgramStaff.objects.filter(program__in=shown, role="lead")
    for lead in staff.select_related("membership__user").order_by("pk"):
        leads[lead.program_id].append(str(lead.membership))
    people = Enrolment.objects.visible_to(member).filter(program__in=shown)
    sides = {
        (program, side): n
        for program, side, n in people.values_list("program", "side")
        .annotate(n=Count("pk"))
        .order_by()
    }
    pairs = Pairing.objects.visible_to(member).standing().filter(program__in=shown)
    of_program = dict(pairs.values_list("program").annotate(n=Count("pk")).order_by())
    return [
        ProgramRow(
            program=program,
            leads=leads[program.pk],
            juniors=sides.get((program.pk, Enrolment.Side.JUNIOR), 0),
            mentors=sides.get((program.pk, Enrolment.Side.MENTOR), 0),
            pairs=of_program.get(program.pk, 0),
        )
        for program in shown
    ]


def pairs_of(program: Program, member: Membership) -> PairingQuerySet:
    """A member's own pairs of a program that stand, active ones first.

    Of the two only their enrolments, which name them.
    """
    seen = Pairing.objects.visible_to(member).filter(program=program).standing()
    rows = seen.select_related("mentor", "junior").only(*OF_PAIRING)
    return rows.order_by("state", shown_name("junior__membership__"), "pk")


def named_pairs(page: Page[Pairing]) -> list[Pairing]:
    """The pairs of a page with their people."""
    pairs = list(page.object_list)
    bring_members(*(named for pairing in pairs for named in pairing.named))
    return pairs


def unpaired_of(program: Program, on: date, filters: Filters) -> EnrolmentQuerySet:
    rows = without_mentor(program.enrolments.all(), on)
    rows = rows.select_related("membership__user")
    return _named(rows.only(*OF_WAITING).with_skills(), filters)


def without_mentor(rows: EnrolmentQuerySet, on: date) -> EnrolmentQuerySet:
    """Juniors who take part on a day, with no primary mentor then, nor a proposal.

    Whose first pairing is to begin are not among them; who had one before are, until
    the next one begins.
    """
    own = Pairing.objects.primary().filter(junior=OuterRef("pk"))
    had = own.filter(state=Pairing.State.ENDED)
    here = rows.filter(ends_on__gt=on, membership__is_active=True)
    alone = here.unpaired(on).exclude(Exists(own.proposed()))
    return alone.exclude(~Exists(had), mentored_from__gt=on)


def people_of(
    program: Program, member: Membership, filters: Filters
) -> EnrolmentQuerySet:
    """The people of a program that a member sees, by name."""
    rows = Enrolment.objects.visible_to(member).filter(program=program)
    rows = rows.with_people().with_skills()
    if (side := filters.get("side", "")) in Enrolment.Side.values:
        rows = rows.filter(side=side)
    if team := filters.get("team", ""):
        rows = rows.filter(team=team)
    return _named(rows, filters)


def _named(rows: EnrolmentQuerySet, filters: Filters) -> EnrolmentQuerySet:
    """By name, and only those whose name or address contains the words."""
    rows = rows.alias(name=shown_name("membership__")).order_by("name", "pk")
    if words := filters.get("q", "").strip():
        email = Q(membership__user__email__icontains=words)
        return rows.filter(Q(name__icontains=words) | email)
    return rows


def teams_of(program: Program) -> list[str]:
    rows = program.enrolments.exclude(team="").order_by("team")
    return list(rows.values_list("team", flat=True).distinct())


def areas_of(program: Program) -> list[str]:
    """The product areas that people of a program name."""
    area: Any = Func(F("product_areas"), function="unnest", output_field=TextField())
    rows = program.enrolments.annotate(area=area).order_by("area")
    return list(rows.values_list("area", flat=True).distinct())


def standing_of(person: Enrolment) -> PairingQuerySet:
    """Somebody's pairings that stand, on whichever side."""
    both = Q(mentor=person) | Q(junior=person)
    return Pairing.objects.standing().filter(both).with_people().order_by("pk")


@dataclass(frozen=True, slots=True)
class PersonRow:
    """Somebody with their pairings of today or later, and what is proposed to them.

    `taken` is the most of a mentor's seats that these take on one day.
    """

    person: Enrolment
    pairs: Sequence[Pairing]
    asked: Sequence[Pairing]
    taken: int


def people_rows(
    people: Iterable[Enrolment], on: date, *, with_proposals: bool
) -> list[PersonRow]:
    """Some people as a page lists them, in one query more."""
    shown = {person.pk: person for person in people}
    rows = Pairing.objects.filter(declined_at=None, ends_on__gt=on).with_people()
    rows = rows.exclude(state=Pairing.State.ENDED)
    if not with_proposals:
        rows = rows.standing()
    of = defaultdict(list)
    either = Q(mentor__in=shown) | Q(junior__in=shown)
    for pairing in rows.filter(either).order_by("starts_on", "pk"):
        of[pairing.mentor_id].append(pairing)
        of[pairing.junior_id].append(pairing)
    return [_person_row(person, of[pk], on) for pk, person in shown.items()]


def _person_row(person: Enrolment, pairings: list[Pairing], on: date) -> PersonRow:
    primary = [one for one in pairings if one.kind == Pairing.Kind.PRIMARY]
    spans = [(one.starts_on, one.ends_on) for one in primary]
    return PersonRow(
        person=person,
        pairs=[one for one in pairings if not one.is_proposed],
        asked=[one for one in pairings if one.is_proposed],
        taken=peak(spans, on, date.max),
    )


def exported(person: Enrolment) -> list[str]:
    """Somebody as a row under `pairings.roster.faults.HEADER`."""
    member, manager = person.membership, person.line_manager
    record = getattr(member, "mentor_record", None)
    return [
        member.full_name,
        member.user.email,
        person.side,
        person.team,
        join_skills(person.degrees),
        str(person.heads),
        str(person.hours),
        manager.user.email if manager else "",
        member.time_zone,
        "; ".join(person.product_areas),
        "; ".join(person.languages),
        f"{person.works_from:%H:%M}" if person.works_from else "",
        f"{person.works_until:%H:%M}" if person.works_until else "",
        iso(record and record.trained_on),
        iso(record and record.employed_since),
    ]


def iso(day: date | None) -> str:
    """A day as a file holds it."""
    return day.isoformat() if day else ""


def suggested_members(member: Membership) -> list[tuple[str, str]]:
    """E-mail and name of some members, for fields that complete what is typed."""
    rows = Membership.objects.active().filter(organisation=member.organisation_id)
    names = rows.annotate(name=shown_name()).values_list("user__email", "name")
    return list(names.order_by("name")[:SUGGESTIONS])


@dataclass(frozen=True, slots=True)
class MentorChoice:
    """A mentor as seen by one junior over the dates of a pairing to come."""

    enrolment: Enrolment
    taken: int
    shared_skills: Sequence[str]
    shared_hours: float
    is_away: bool
    tenure: int | None
    is_manager: bool

    @property
    def is_full(self) -> bool:
        return self.taken >= self.enrolment.seats

    @property
    def is_free(self) -> bool:
        return not (self.is_full or self.is_away or self.is_manager)

    @property
    def is_new(self) -> bool:
        """Whether they are known to be here for less than the program asks."""
        least = self.enrolment.program.min_tenure_months
        return self.tenure is not None and self.tenure < least

    @property
    def order(self) -> tuple[bool, int, int, float, str]:
        """Those who are free first; then skills, load and shared hours."""
        return (
            not self.is_free,
            -len(self.shared_skills),
            self.taken,
            -self.shared_hours,
            str(self.enrolment),
        )


def mentor_choices(
    junior: Enrolment, start: date, end: date, filters: Filters
) -> list[MentorChoice]:
    """The active mentors of the junior's program, the likeliest first."""
    mentors = _active_mentors([junior.program_id], start)
    if words := filters.get("q", "").strip():
        mentors = mentors.alias(name=shown_name("membership__")).filter(
            Q(name__icontains=words)
            | Q(team__icontains=words)
            | Exists(
                EnrolmentSkill.objects.filter(
                    enrolment=OuterRef("pk"), skill__name__icontains=words
                )
            )
        )
    spans = _spans([junior.program_id], start, end)
    return _ranked(junior, list(mentors), spans, start, end)


def best_mentors(
    juniors: Sequence[Enrolment], on: date
) -> dict[int, list[MentorChoice]]:
    """The mentors of each junior's program who take juniors on a day, by junior."""
    prefetch_related_objects(juniors, "skills")
    programs = {junior.program_id for junior in juniors}
    record = "membership__mentor_record__"
    is_back = Q(**{f"{record}away_until__lte": on})
    is_away = Q(**{f"{record}is_available": False}) & ~is_back
    mentors = list(_active_mentors(programs, on).exclude(is_away))
    end = max((junior.ends_on for junior in juniors), default=on)
    spans = _spans(programs, on, end)
    return {
        junior.pk: _ranked(
            junior,
            [one for one in mentors if one.program_id == junior.program_id],
            spans,
            on,
            junior.ends_on,
        )
        for junior in juniors
    }


def _active_mentors(programs: Iterable[int], on: date) -> EnrolmentQuerySet:
    """Who can come, and has not left the program by then."""
    rows = Enrolment.objects.mentors().filter(
        program__in=programs,
        ends_on__gt=on,
        membership__is_active=True,
        membership__user__is_active=True,
    )
    rows = rows.with_people().select_related("membership__mentor_record")
    return rows.with_skills()


def _spans(
    programs: Iterable[int], start: date, end: date
) -> dict[int, list[tuple[date, date]]]:
    """From when until when seats are taken, by mentor."""
    spans = defaultdict(list)
    taking = Pairing.objects.taking_seats(start, end).filter(program__in=programs)
    for mentor, first, after in taking.values_list("mentor", "starts_on", "ends_on"):
        spans[mentor].append((first, after))
    return spans


def _ranked(
    junior: Enrolment,
    mentors: Iterable[Enrolment],
    spans: dict[int, list[tuple[date, date]]],
    start: date,
    end: date,
) -> list[MentorChoice]:
    choices = (
        _choice(mentor, junior, peak(spans.get(mentor.pk, ()), start, end), start)
        for mentor in mentors
    )
    return sorted(choices, key=lambda choice: choice.order)


def _choice(mentor: Enrolment, junior: Enrolment, taken: int, on: date) -> MentorChoice:
    wanted = set(junior.skill_names)
    theirs, own = mentor.membership, junior.membership
    record = getattr(theirs, "mentor_record", None) or MentorRecord()
    return MentorChoice(
        is_away=not record.is_available_on(on),
        tenure=record.tenure_on(on),
        is_manager=junior.line_manager_id == theirs.pk,
        enrolment=mentor,
        taken=taken,
        shared_skills=[name for name in mentor.skill_names if name in wanted],
        shared_hours=shared_hours(
            own.time_zone,
            theirs.time_zone,
            on,
            junior.working_hours,
            mentor.working_hours,
        ),
    )
