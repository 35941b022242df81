"""What comes next for somebody: one thing, in words, with the page that it is on."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from pairings.models import Enrolment, Pairing
from preceptor.accounts.models import Membership
from preceptor.http import url
from progress.models import Milestone
from reviews.models import BlindPass, ReviewSession

SOON = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Step:
    """What to do, and the path of the page where it is done."""

    title: str
    about: str
    button: str
    path: str


def next_step(member: Membership, pairings: list[Pairing], today: date) -> Step | None:
    """The most pressing thing for a junior or a mentor; None without a pairing."""
    return (
        _session_step(member)
        or _milestone_step(member, today)
        or _meeting_step(member, pairings, today)
    )


def open_sessions(member: Membership) -> QuerySet[ReviewSession]:
    """Their open sessions with `mine_locked` and `both_locked`."""
    passes = BlindPass.objects.filter(session=OuterRef("pk"))
    return (
        ReviewSession.objects.of(member)
        .open()
        .annotate(
            mine_locked=Exists(passes.filter(reviewer=member, locked_at__isnull=False)),
            other_locked=Exists(
                passes.exclude(reviewer=member).filter(locked_at__isnull=False)
            ),
        )
        .with_people()
        .order_by("opened_at", "pk")
    )


def _session_step(member: Membership) -> Step | None:
    ranked = sorted(
        ((_urgency(row), row) for row in open_sessions(member)), key=lambda r: r[0]
    )
    if not ranked or ranked[0][0] >= 3:
        return None
    urgency, session = ranked[0]
    slug = member.organisation.slug
    other = session.other_than(member).full_name.split()[0]
    names = {"title": session.title, "other": other}
    if urgency == 0:
        return Step(
            title=_("Reveal “%(title)s”") % names,
            about=_(
                "You and %(other)s have both locked. Sit down together, then reveal."
            )
            % names,
            button=_("Go to the reveal"),
            path=url(slug, "reviews:read", session.pk),
        )
    if urgency == 1:
        about = (
            _("%(other)s has locked. You see each other’s once both are locked.")
            if vars(session)["other_locked"]
            else _("Neither of you has locked yet. Judge first, then look.")
        )
        return Step(
            title=_("Finish reading “%(title)s” alone") % names,
            about=about % names,
            button=_("Continue your blind pass"),
            path=url(slug, "reviews:read", session.pk),
        )
    return Step(
        title=_("Take “%(title)s” apart") % names,
        about=_("Decide with %(other)s what is real, write the lesson, and close.")
        % names,
        button=_("Take it apart"),
        path=url(slug, "reviews:board", session.pk),
    )


def _urgency(session: ReviewSession) -> int:
    """0 reveal, 1 read, 2 take apart, 3 wait for the other."""
    facts = vars(session)
    if session.is_revealed:
        return 2
    if not facts["mine_locked"]:
        return 1
    return 0 if facts["other_locked"] else 3


def to_sign(member: Membership, today: date) -> QuerySet[Milestone]:
    """Open milestones that await their signature within a week, or since long."""
    mentored = Pairing.objects.filter(mentor__membership=member).standing()
    as_mentor = Q(
        plan__junior__in=mentored.primary().current(today).values("junior"),
        mentor_signed_at=None,
    )
    as_junior = Q(plan__junior__membership=member, junior_signed_at=None)
    return (
        Milestone.objects.open()
        .filter(as_mentor | as_junior, organisation=member.organisation_id)
        .select_related("plan__junior__membership__user")
        .order_by("due_on", "pk")
    )


def _milestone_step(member: Membership, today: date) -> Step | None:
    milestone = to_sign(member, today).filter(due_on__lt=today + SOON).first()
    if milestone is None:
        return None
    junior = milestone.plan.junior
    is_own = junior.membership_id == member.pk
    about = (
        _("Talk it through with your mentor; each of you signs.")
        if is_own
        else _("Talk it through with %(junior)s; each of you signs.")
        % {"junior": junior.membership.full_name}
    )
    return Step(
        title=_("Sign off “%(name)s”") % {"name": milestone.name},
        about=about,
        button=_("Open the milestone"),
        path=url(member.organisation.slug, "progress:plan", milestone.plan_id),
    )


def _meeting_step(
    member: Membership, pairings: list[Pairing], today: date
) -> Step | None:
    """The pair that has waited longest for its next session."""
    standing = [p for p in pairings if p.state == Pairing.State.ACTIVE]
    if not standing:
        return None
    waiting = min(standing, key=lambda p: p.last_met_on or p.starts_on)
    side = waiting.side_of(member)
    other = waiting.junior if side == Enrolment.Side.MENTOR else waiting.mentor
    return Step(
        title=_("Bring a change to read with %(name)s")
        % {"name": other.membership.full_name},
        about=_(
            "Something an assistant wrote this week. You both read it alone first, so "
            "that what each of you saw is known before you talk."
        ),
        button=_("Start a session"),
        path=f"{url(member.organisation.slug, 'reviews:open')}?pairing={waiting.pk}",
    )
