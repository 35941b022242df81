"""What the pair decides of a flaw on the board, with who decided what and when."""

from datetime import datetime

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from preceptor.accounts.models import Membership
from preceptor.http import Conflict
from reviews.actions.apart import carry_card
from reviews.actions.rows import announce, locked_session
from reviews.flaws import joined_status, joined_verdict
from reviews.models import Decision, Distinction, Finding, ReviewSession

REVEALED, CLOSED = ReviewSession.State.REVEALED, ReviewSession.State.CLOSED
Status, Step = Finding.Status, Decision.Step
UNCHECKED = {"asks_verification": False, "verified_at": None, "verified_by": None}
NEXT = {
    Status.OPEN: (Status.FIXED, Status.DROPPED),
    Status.FIXED: (Status.REOPENED,),
    Status.DROPPED: (Status.REOPENED,),
    Status.REOPENED: (Status.FIXED, Status.DROPPED),
}


@transaction.atomic
def adjudicate(
    *,
    actor: Membership,
    finding: Finding,
    version: int,
    adjudication: str,
    now: datetime,
) -> None:
    """Says of a flaw, and of all that are the same, whether it is real.

    Raises Conflict where the other was faster: the choice is made on what stands.
    What is no real flaw any more loses its status.
    """
    session = locked_session(finding.session, REVEALED)
    root = _as_seen(finding, version)
    if root.adjudication == adjudication and root.adjudicated_by_id:
        return
    is_real = adjudication == Finding.Adjudication.REAL
    _change(
        root,
        adjudication=adjudication,
        adjudicated_by=actor,
        **({} if is_real else {"status": Status.OPEN, **UNCHECKED}),
    )
    _note(root, Step(adjudication), actor, now)
    announce(session)


@transaction.atomic
def set_status(
    *,
    actor: Membership,
    finding: Finding,
    version: int,
    status: str,
    asks: bool,
    now: datetime,
) -> None:
    """Says what became of a real flaw, also after the close.

    `asks` another author of the flaw to check the fix; without another one it asks
    nobody. Raises Conflict where the status can't follow what stands.
    """
    session = locked_session(finding.session, REVEALED, CLOSED)
    root = _as_seen(finding, version)
    is_real = root.adjudication == Finding.Adjudication.REAL
    if not is_real or status not in NEXT[Status(root.status)]:
        raise Conflict(_("Only a real flaw can be fixed, dropped or opened again."))
    asks = (
        asks and status == Status.FIXED and _group(root).exclude(author=actor).exists()
    )
    _change(root, status=status, **{**UNCHECKED, "asks_verification": asks})
    _note(root, Step.ASKED if asks else Step(status), actor, now)
    announce(session)


@transaction.atomic
def verify(*, actor: Membership, finding: Finding, version: int, now: datetime) -> None:
    """An author of the flaw confirms a fix that somebody else asked to be checked."""
    session = locked_session(finding.session, REVEALED, CLOSED)
    root = _as_seen(finding, version)
    if not root.asks_verification:
        raise Conflict(_("Nobody asks for a check of this any more."))
    rows = Decision.objects.filter(finding__in=_group(root), step=Step.ASKED)
    asked = rows.order_by("-at", "-pk").first()
    is_author = _group(root).filter(author=actor).exists()
    if not is_author or asked is None or asked.by_id == actor.pk:
        raise Conflict(_("The fix is checked by an author who did not report it."))
    _change(root, asks_verification=False, verified_at=now, verified_by=actor)
    _note(root, Step.VERIFIED, actor, now)
    announce(session)


@transaction.atomic
def join(
    *, actor: Membership, finding: Finding, version: int, other: int, now: datetime
) -> None:
    """Two findings of a session, with all that are the same, become one flaw."""
    session = locked_session(finding.session, REVEALED)
    root = _as_seen(finding, version)
    echo = session.findings.on_board().filter(pk=other).first()
    if echo is None:
        raise Conflict(_("The other finding is gone."))
    if echo.same_as_id is not None:
        echo = Finding.objects.get(pk=echo.same_as_id)
    if echo.pk == root.pk:
        return
    verdict = joined_verdict(root.adjudication, echo.adjudication)
    _group(echo).update(same_as=root)
    carry_card(old=echo, root=root)
    _change(
        root,
        adjudication=verdict,
        adjudicated_by=_decider(root, echo, verdict, actor),
        status=joined_status(verdict, root.status, echo.status),
        **UNCHECKED,
    )
    _note(root, Step.JOINED, actor, now)
    announce(session)


@transaction.atomic
def split(
    *, actor: Membership, finding: Finding, version: int, other: int, now: datetime
) -> None:
    """An echo becomes a flaw of its own again, decided as it was together."""
    session = locked_session(finding.session, REVEALED)
    root = _as_seen(finding, version)
    echo = Finding.objects.filter(pk=other, same_as=root)
    if not echo.update(same_as=None, version=F("version") + 1, **UNCHECKED):
        raise Conflict(_("These two were parted already."))
    _change(root, **UNCHECKED)
    for one in _group(root):
        _distinguish(session, one.pk, other)
    for one in Finding.objects.filter(pk__in=[root.pk, other]):
        _note(one, Step.PARTED, actor, now)
    announce(session)


@transaction.atomic
def distinguish(
    *, actor: Membership, finding: Finding, version: int, other: int, now: datetime
) -> None:
    """Refuses the proposal that two findings are the same, once and for all."""
    session = locked_session(finding.session, REVEALED)
    root = _as_seen(finding, version)
    if not session.findings.on_board().filter(pk=other).exists():
        raise Conflict(_("The other finding is gone."))
    _distinguish(session, root.pk, other)
    _note(root, Step.DISTINCT, actor, now)
    announce(session)


def _decider(
    root: Finding, echo: Finding, verdict: str, actor: Membership
) -> Membership | None:
    """Who decided what stands of two findings; their joining, where neither was so."""
    same = [one.adjudicated_by for one in (root, echo) if one.adjudication == verdict]
    return next((one for one in same if one), None) if same else actor


def _distinguish(session: ReviewSession, one: int, other: int) -> None:
    if one != other:
        Distinction.objects.get_or_create(
            organisation_id=session.organisation_id,
            session=session,
            one_id=min(one, other),
            other_id=max(one, other),
        )


def _change(root: Finding, **values: object) -> None:
    """The same for all findings of the flaw, with a new version."""
    _group(root).update(**values, version=F("version") + 1)


def _note(root: Finding, step: Decision.Step, by: Membership, at: datetime) -> None:
    Decision.objects.create(
        organisation_id=root.organisation_id, finding=root, step=step, by=by, at=at
    )


def _as_seen(finding: Finding, version: int) -> Finding:
    """The finding as it stands now, if that is what the actor looked at."""
    rows = Finding.objects.select_for_update().filter(pk=finding.pk, same_as=None)
    row = rows.filter(version=version).first()
    if row is not None:
        return row
    raise Conflict(_change_since(finding))


def _change_since(finding: Finding) -> str:
    row = Finding.objects.filter(pk=finding.pk).first()
    if row is None:
        return _("This finding is gone.")
    if row.same_as_id is not None:
        return _("This finding was joined with another in between.")
    last = row.decisions.select_related("by__user").last()
    if last is None:
        return _("This finding was changed in between.")
    values = {"person": last.by, "did": last.get_step_display()}
    said = _("In between, %(person)s %(did)s.") % values
    if echoes := list(row.echoes.order_by("pk").values_list("title", flat=True)):
        titles = ", ".join(f"“{title}”" for title in echoes)
        said += " " + _("It is joined with %(titles)s.") % {"titles": titles}
    return said


def _group(root: Finding) -> QuerySet[Finding]:
    return Finding.objects.filter(Q(pk=root.pk) | Q(same_as=root.pk))
