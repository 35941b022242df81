"""What comes next for somebody: one thing, in words, with the page that it is on."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from pairings.models import Enrolment, Pairing
from preceptor.accounts.models import Membership
from preceptor.http import url
from preceptor.insights.access import plans_of
from preceptor.insights.sittings import Facts, facts_of
from progress.models import Milestone
from reviews.models import Action, ReviewSession

SOON, TOMORROW = timedelta(days=7), timedelta(days=1)
Turn = ReviewSession.Turn
PRESSING = (Turn.REVEAL, Turn.READ, Turn.TAKE_APART)


@dataclass(frozen=True, slots=True)
class Step:
    """What to do, and the path of the page where it is done; a session's facts."""

    title: str
    about: str
    button: str
    path: str
    facts: Facts | None = None


def next_step(
    member: Membership,
    pairings: list[Pairing],
    sessions: list[ReviewSession],
    todo: list[Action],
    today: date,
) -> Step | None:
    """The most pressing thing for a junior or a mentor, None if there is nothing.

    `pairings` are those that stand, `sessions` the open ones with their locks and
    those planned; among them may be others, which ask for nothing. `todo` are their
    open actions, the most overdue first.
    """
    planned = _coming(sessions, today)
    open_ones = [session for session in sessions if session.is_open]
    busy = {session.pairing_id for session in [*open_ones, *planned]}
    free = [p for p in pairings if p.pk not in busy]
    return (
        _session_step(member, sessions, PRESSING)
        or _planned_step(member, planned, today + TOMORROW)
        or _action_step(member, todo, today)
        or _first_step(member, pairings)
        or _milestone_step(member, pairings, today)
        or _meeting_step(member, free, today)
        or _planned_step(member, planned, today + SOON)
        or _session_step(member, sessions, (Turn.WAIT,))
    )


def answer_step(member: Membership, asked: list[Pairing]) -> Step | None:
    """The proposal that has waited longest for their word."""
    if not asked:
        return None
    pairing = asked[0]
    is_mentor = pairing.side_of(member) == Enrolment.Side.MENTOR
    other = pairing.junior if is_mentor else pairing.mentor
    title = (
        _("Say whether %(name)s shall be your junior")
        if is_mentor
        else _("Say whether %(name)s shall be your mentor")
    )
    return Step(
        title=title % {"name": other},
        about=_("A lead proposes the two of you. It begins once both have accepted."),
        button=_("Accept or decline"),
        path=url(member.organisation.slug, "pairings:proposal", pairing.pk),
    )


def _first_step(member: Membership, pairings: list[Pairing]) -> Step | None:
    """What a pair does first, where they see to it and it is not done."""
    open_ones = [
        pairing
        for pairing in pairings
        if pairing.first_step_by_id == member.pk
        and pairing.first_step_done_at is None
        and pairing.state == Pairing.State.ACTIVE
        and pairing.program.is_running
    ]
    if not open_ones:
        return None
    pairing = min(open_ones, key=lambda one: one.first_step_on or one.starts_on)
    is_mentor = pairing.side_of(member) == Enrolment.Side.MENTOR
    other = pairing.junior if is_mentor else pairing.mentor
    day = date_format(pairing.first_step_on or pairing.starts_on, "l j F")
    return Step(
        title=pairing.first_step,
        about=_("What you and %(name)s do first, by %(day)s. You see to it.")
        % {"name": other, "day": day},
        button=_("Open the pairing"),
        path=url(member.organisation.slug, "insights:pairing", pairing.pk),
    )


def _session_step(
    member: Membership, sessions: list[ReviewSession], turns: tuple[Turn, ...]
) -> Step | None:
    """The oldest open session of the first of the turns that any has."""
    ranked = [(session.turn_of(member), session) for session in sessions]
    ours = [one for one in ranked if one[0] in turns]
    if not ours:
        return None
    turn, session = min(ours, key=lambda one: turns.index(one[0]))
    facts = facts_of(session, member)
    title, about, button = _words(turn, facts)
    names = {"title": session.title, "other": facts.other_name}
    return Step(
        title=title % names,
        about=about % names,
        button=button,
        path=url(member.organisation.slug, "reviews:session", session.pk),
        facts=facts,
    )


def _coming(sessions: list[ReviewSession], today: date) -> list[ReviewSession]:
    """Those planned for today or later, the soonest first."""
    planned = [session for session in sessions if session.is_planned]
    ahead = [one for one in planned if timezone.localdate(one.starts_at) >= today]
    return sorted(ahead, key=lambda one: one.starts_at)


def _planned_step(
    member: Membership, planned: list[ReviewSession], last: date
) -> Step | None:
    """The soonest session that is planned, up to a day, for which a change is due."""
    if not planned or timezone.localdate(planned[0].starts_at) > last:
        return None
    session = planned[0]
    when = date_format(timezone.localtime(session.starts_at), "l, H:i")
    name = session.other_than(member).full_name
    return Step(
        title=_("Bring the change for %(when)s") % {"when": when},
        about=_(
            "You meet %(name)s then. Once the change is here you both read it alone, "
            "so that what each of you saw is known before you talk."
        )
        % {"name": name},
        button=_("Go to the planned session"),
        path=url(member.organisation.slug, "reviews:session", session.pk),
    )


def _words(turn: Turn, facts: Facts) -> tuple[str, str, str]:
    """Title, explanation and button for a session at somebody's turn."""
    if turn == Turn.REVEAL:
        return (
            _("Reveal “%(title)s”"),
            _("You and %(other)s have both locked. Sit down together, then reveal."),
            _("Go to the reveal"),
        )
    if turn == Turn.TAKE_APART:
        return (
            _("Take “%(title)s” apart"),
            _("Decide with %(other)s what is real, write the lesson, and close."),
            _("Take it apart"),
        )
    if turn == Turn.WAIT:
        return (
            _("Wait for %(other)s to lock “%(title)s”"),
            _("You have locked. Once %(other)s has too, either of you may reveal."),
            _("See where it stands"),
        )
    if facts.theirs.is_locked:
        about = _("%(other)s has locked. You see each other’s once both are locked.")
    else:
        about = _("Neither of you has locked yet. Judge first, then look.")
    return _("Finish reading “%(title)s” alone"), about, _("Continue your blind pass")


def _to_sign(
    member: Membership, pairings: list[Pairing], today: date
) -> list[Milestone]:
    """Open milestones that await their signature, as junior or as mentor of today.

    `pairings` are their own that stand. What is due first comes first.
    """
    signing = (
        pairing
        for pairing in pairings
        if pairing.junior.membership_id == member.pk
        or (
            pairing.kind == Pairing.Kind.PRIMARY
            and pairing.starts_on <= today < pairing.ends_on
        )
    )
    waiting = [
        milestone
        for plan in plans_of(signing)
        for milestone in plan.milestones.all()
        if milestone.is_open and not milestone.is_signed_by(member)
    ]
    return sorted(waiting, key=lambda one: (one.due_on, one.pk))


def _action_step(member: Membership, todo: list[Action], today: date) -> Step | None:
    """What they took on in a session and that is due today, or was."""
    if not todo or todo[0].due_on > today:
        return None
    action = todo[0]
    name = action.session.other_than(member).full_name
    return Step(
        title=_("Do what you took on: %(text)s") % {"text": action.text},
        about=_("Agreed with %(name)s over “%(title)s”, due %(day)s.")
        % {
            "name": name,
            "title": action.session.title,
            "day": date_format(action.due_on, "l j F"),
        },
        button=_("Open the session"),
        path=url(member.organisation.slug, "reviews:session", action.session_id),
    )


def _milestone_step(
    member: Membership, pairings: list[Pairing], today: date
) -> Step | None:
    waiting = _to_sign(member, pairings, today)
    if not waiting or waiting[0].due_on >= today + SOON:
        return None
    milestone = waiting[0]
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
        path=url(member.organisation.slug, "progress:milestone", milestone.pk),
    )


def _meeting_step(
    member: Membership, pairings: list[Pairing], today: date
) -> Step | None:
    """The pair that has waited longest for its next session, of those that began."""
    begun = [p for p in pairings if p.starts_on <= today]
    active = [p for p in begun if p.state == Pairing.State.ACTIVE]
    standing = [p for p in active if p.may_begin]
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
