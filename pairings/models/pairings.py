from datetime import date, datetime, timedelta
from typing import Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pairings.models.enrolments import Enrolment
from pairings.models.programs import Program
from pairings.models.staff import ProgramStaff
from preceptor.accounts.constraints import TenantKey
from preceptor.accounts.models import Membership, OrganisationRow
from preceptor.accounts.people import Named
from preceptor.history import Kind, tracked


class _Days(Func):
    """The half-open range of days that a pairing fills."""

    function = "daterange"
    output_field = DateRangeField()


def _pairing_days() -> Combinable:
    return _Days("starts_on", "ends_on", Value("[)"))


def always(side: str) -> models.GeneratedField:
    """A column that always holds the same side, for a composite key to lean on."""
    text = models.CharField(max_length=10)
    return models.GeneratedField(
        expression=Value(side), output_field=text, db_persist=True
    )


class PairingQuerySet(models.QuerySet["Pairing"]):
    # Unions let each branch use its own index; an OR over joins reads every row.

    def primary(self) -> Self:
        return self.filter(kind=Pairing.Kind.PRIMARY)

    def standing(self) -> Self:
        """Pairings that hold now or will: active or paused."""
        return self.filter(state__in=[Pairing.State.ACTIVE, Pairing.State.PAUSED])

    def making_way(self) -> Self:
        """Standing ones that end on the first day of the next, which is arranged."""
        return self.standing().exclude(end_reason="")

    def making_way_for(self, pairing: "Pairing") -> Self:
        """The one that goes on until the first day of a pairing, if one does."""
        return self.making_way().filter(
            pk=pairing.replaces_id or 0, ends_on=pairing.starts_on
        )

    def current(self, on: date) -> Self:
        return self.filter(starts_on__lte=on, ends_on__gt=on)

    def proposed(self) -> Self:
        """Those that wait for the word of mentor or junior."""
        return self.filter(state=Pairing.State.PROPOSED, declined_at=None)

    def refused(self) -> Self:
        """Proposals to which one of the two said no."""
        by_the_two = Q(declined_by=F("mentor__membership"))
        by_the_two |= Q(declined_by=F("junior__membership"))
        return self.filter(by_the_two, state=Pairing.State.PROPOSED)

    def begun(self) -> Self:
        """All that ever held: what was merely proposed is nobody's record."""
        return self.exclude(state=Pairing.State.PROPOSED)

    def leading_to(self, pairing: "Pairing") -> Self:
        """The junior's primary ones before this, with other mentors, latest first."""
        rows = self.primary().begun().filter(junior=pairing.junior_id)
        earlier = rows.filter(starts_on__lt=pairing.starts_on)
        return earlier.exclude(mentor=pairing.mentor_id).order_by("-starts_on")

    def taking_seats(self, start: date, end: date) -> Self:
        """Primary ones that hold, held or are proposed on some day of `[start, end)`.

        A proposal keeps its seat until it is answered, so that it can be accepted.
        """
        taken = self.primary().filter(declined_at=None)
        return taken.filter(starts_on__lt=end, ends_on__gt=start)

    def of(self, member: Membership) -> Self:
        """Those in which somebody is mentor or junior, past ones too.

        Asks for their enrolments at once: beyond eight joins PostgreSQL would read
        every pair before it looks whose they are.
        """
        rows = Enrolment.objects.filter(membership=member)
        own = list(rows.values_list("pk", flat=True))
        return self.filter(Q(mentor__in=own) | Q(junior__in=own))

    def visible_to(self, member: Membership) -> Self:
        """The record: one's own, one's reports', those of programs one staffs."""
        if member.is_manager:
            return self.filter(organisation=member.organisation_id)
        staffed = ProgramStaff.objects.filter(membership=member).values("program")
        people = Enrolment.objects.filter(Q(membership=member) | Q(line_manager=member))
        rows = Pairing.objects.values("pk")
        begun = Pairing.objects.begun().values("pk")
        mine = begun.filter(mentor__in=people.values("pk")).union(
            begun.filter(junior__in=people.values("pk")),
            rows.filter(program__in=staffed),
        )
        return self.filter(pk__in=mine, organisation=member.organisation_id)

    def with_people(self) -> Self:
        return self.select_related(
            "program", "mentor__membership__user", "junior__membership__user"
        )


@tracked(
    "kind",
    "state",
    "phase",
    "starts_on",
    "ends_on",
    "mentor_accepted_at",
    "junior_accepted_at",
    "declined_at",
    kind=Kind.PAIRINGS,
    program="program",
    person="junior__membership",
    other="mentor__membership",
)
class Pairing(OrganisationRow):
    """One mentor with one junior, from `starts_on` to the day before `ends_on`.

    A proposed one waits for both to accept. Declined, by one of them or taken back by a
    lead, it stays proposed for good and holds no seat. `published_at` is when the two
    were to be told that they are a pair; pairs that were there before have none.
    `last_met_on` is the day of their last session: the database keeps it, by a trigger
    of the reviews.
    """

    ANSWER = timedelta(days=3)
    """How long the two have to answer a proposal."""

    class Kind(models.TextChoices):
        PRIMARY = "primary", _("primary")
        SECONDARY = "secondary", _("secondary")

    class State(models.TextChoices):
        PROPOSED = "proposed", _("proposed")
        ACTIVE = "active", _("active")
        PAUSED = "paused", _("paused")
        ENDED = "ended", _("ended")

    class Phase(models.TextChoices):
        MENTOR_LEADS = "mentor_leads", _("mentor leads")
        JUNIOR_LEADS = "junior_leads", _("junior leads")
        INDEPENDENT = "independent", _("independent")

    program = models.ForeignKey(
        Program, on_delete=models.CASCADE, related_name="pairings", db_constraint=False
    )
    mentor = models.ForeignKey(
        Enrolment,
        on_delete=models.PROTECT,
        related_name="pairings_as_mentor",
        db_constraint=False,
        verbose_name=_("mentor"),
    )
    junior = models.ForeignKey(
        Enrolment,
        on_delete=models.PROTECT,
        related_name="pairings_as_junior",
        db_constraint=False,
        verbose_name=_("junior"),
    )
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.PRIMARY)
    state = models.CharField(max_length=10, choices=State, default=State.ACTIVE)
    phase = models.CharField(max_length=15, choices=Phase, default=Phase.MENTOR_LEADS)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("ends before"))
    last_met_on = models.DateField(null=True, editable=False)
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(_("reason"), max_length=300, blank=True)
    created_by = models.ForeignKey(
        Membership,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_constraint=False,
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    published_at = models.DateTimeField(null=True, editable=False)
    proposed_at = models.DateTimeField(null=True, editable=False)
    mentor_accepted_at = models.DateTimeField(null=True, editable=False)
    junior_accepted_at = models.DateTimeField(null=True, editable=False)
    declined_at = models.DateTimeField(null=True, editable=False)
    declined_by = models.ForeignKey(
        Membership,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_constraint=False,
    )
    decline_reason = models.CharField(
        _("reason"), max_length=300, blank=True, default="", db_default=""
    )
    replaces = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_constraint=False,
    )
    """The pairing that ends when this one begins."""
    first_step = models.CharField(
        _("first step"), max_length=200, blank=True, default="", db_default=""
    )
    first_step_by = models.ForeignKey(
        Membership,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_constraint=False,
    )
    first_step_on = models.DateField(_("first step by"), null=True)
    first_step_done_at = models.DateTimeField(null=True, editable=False)
    mentor_side = always(Enrolment.Side.MENTOR)
    junior_side = always(Enrolment.Side.JUNIOR)

    objects = PairingQuerySet.as_manager()

    class Meta(OrganisationRow.Meta):
        indexes = [
            models.Index(
                F("organisation"),
                Coalesce("last_met_on", "starts_on"),
                F("id"),
                condition=Q(state="active", kind="primary"),
                name="pairing_quiet_since",
            ),
            models.Index(
                fields=["organisation"],
                condition=Q(state="proposed"),
                name="pairing_proposed",
            ),
        ]
        constraints = [
            *OrganisationRow.Meta.constraints,
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="pairing_has_days"
            ),
            models.CheckConstraint(
                condition=~Q(mentor=F("junior")), name="pairing_of_two"
            ),
            models.CheckConstraint(
                condition=Q(state="ended", ended_at__isnull=False) & ~Q(end_reason="")
                | ~Q(state="ended"),
                name="pairing_end_has_reason",
            ),
            ExclusionConstraint(
                name="pairing_one_primary_at_a_time",
                expressions=[
                    ("junior", RangeOperators.EQUAL),
                    (_pairing_days(), RangeOperators.OVERLAPS),
                ],
                condition=Q(kind="primary", state__in=["active", "paused", "ended"]),
            ),
            models.UniqueConstraint(
                fields=["junior"],
                condition=Q(kind="primary", state="proposed", declined_at=None),
                name="pairing_one_proposal",
            ),
            models.CheckConstraint(
                condition=~Q(state="proposed") | Q(proposed_at__isnull=False),
                name="pairing_proposed_at_some_time",
            ),
            models.CheckConstraint(
                condition=Q(declined_at=None, declined_by=None)
                | Q(
                    state="proposed",
                    declined_at__isnull=False,
                    declined_by__isnull=False,
                ),
                name="pairing_declined_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(first_step="", first_step_done_at=None)
                | ~Q(first_step="")
                & Q(first_step_by__isnull=False, first_step_on__isnull=False),
                name="pairing_first_step_has_owner",
            ),
            TenantKey(field="program", name="pairing_program"),
            TenantKey(
                field="mentor",
                also=("organisation", "program", ("mentor_side", "side")),
                name="pairing_mentor_side",
            ),
            TenantKey(
                field="junior",
                also=("organisation", "program", ("junior_side", "side")),
                name="pairing_junior_side",
            ),
            TenantKey(field="created_by", name="pairing_created_by"),
            TenantKey(field="declined_by", name="pairing_declined_by"),
            TenantKey(field="replaces", name="pairing_replaces"),
            TenantKey(field="first_step_by", name="pairing_first_step_by"),
        ]

    def __str__(self) -> str:
        return f"{self.junior} with {self.mentor}"

    def side_of(self, member: Membership) -> str | None:
        """Which side somebody is on, or None."""
        if self.mentor.membership_id == member.pk:
            return Enrolment.Side.MENTOR
        if self.junior.membership_id == member.pk:
            return Enrolment.Side.JUNIOR
        return None

    @property
    def named(self) -> tuple[Named, Named]:
        """Both of the pair, for `bring_members`."""
        return (self.mentor, "membership"), (self.junior, "membership")

    @property
    def is_proposed(self) -> bool:
        return self.state == self.State.PROPOSED

    @property
    def is_open_proposal(self) -> bool:
        return self.is_proposed and self.declined_at is None

    @property
    def answer_by(self) -> datetime | None:
        """Until when the two are asked to answer."""
        return self.proposed_at + self.ANSWER if self.proposed_at else None

    @property
    def is_standing(self) -> bool:
        return self.state in (self.State.ACTIVE, self.State.PAUSED)

    @property
    def makes_way(self) -> bool:
        """Whether it goes on until the first day of the next, and ends then."""
        return self.is_standing and self.end_reason != ""

    @property
    def may_begin(self) -> bool:
        """Whether a session may be planned or opened in it, as far as states go."""
        return self.is_standing and self.program.is_running

    @property
    def next_phase(self) -> str:
        """The phase after this one; of the last, the one before it."""
        phases = self.Phase.values
        place = phases.index(self.phase)
        return phases[place + 1] if place + 1 < len(phases) else phases[place - 1]

    @property
    def last_on(self) -> date:
        return self.ends_on - timedelta(days=1)

    @property
    def over_since(self) -> date | None:
        """The day on which it ended, the same for every reader; None while it stands.

        One that ended before it began has no day of its own: by the reader's clock.
        """
        if self.ended_at is None:
            return None
        had_days = self.ends_on > self.starts_on
        return self.ends_on if had_days else timezone.localdate(self.ended_at)
