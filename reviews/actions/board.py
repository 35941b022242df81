from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from preceptor.accounts.models import Membership
from preceptor.http import Conflict
from reviews.actions.apart import carry_card
from reviews.actions.passes import made_of_form
from reviews.actions.rows import announce, locked_session
from reviews.flaws import joined_verdict
from reviews.models import Finding, Lesson, ReviewSession

REVEALED = ReviewSession.State.REVEALED


def adjudicate(
    *, actor: Membership, finding: Finding, version: int, adjudication: str
) -> None:
    """Says of a flaw, and of all that are the same, whether it is real.

    Raises Conflict where the other was faster: the choice is made on what stands.
    """
    with transaction.atomic():
        session = locked_session(finding.session, REVEALED)
        _as_seen(finding, version)
        _group(finding).update(
            adjudication=adjudication,
            adjudicated_by=actor,
            version=F("version") + 1,
        )
        announce(session)


def join(*, actor: Membership, finding: Finding, version: int, other_pk: int) -> None:
    """Two findings of a session, with all that are the same, become one flaw."""
    with transaction.atomic():
        session = locked_session(finding.session, REVEALED)
        root = _as_seen(finding, version)
        other = Finding.objects.filter(session=session, pk=other_pk).first()
        if other is None:
            raise Conflict(_("The other finding is gone."))
        if other.same_as_id is not None:
            other = Finding.objects.get(pk=other.same_as_id)
        if other.pk == root.pk:
            return
        verdict = joined_verdict(root.adjudication, other.adjudication)
        _group(other).update(same_as=root)
        carry_card(old=other, root=root)
        _group(root).update(
            adjudication=verdict, adjudicated_by=actor, version=F("version") + 1
        )
        announce(session)


def split(*, actor: Membership, finding: Finding, version: int, echo_pk: int) -> None:
    """An echo becomes a flaw of its own again, adjudicated as it was together."""
    with transaction.atomic():
        session = locked_session(finding.session, REVEALED)
        root = _as_seen(finding, version)
        echo = Finding.objects.filter(pk=echo_pk, same_as=root)
        if not echo.update(same_as=None, version=F("version") + 1):
            raise Conflict(_("These two were parted already."))
        Finding.objects.filter(pk=root.pk).update(
            adjudicated_by=actor, version=F("version") + 1
        )
        announce(session)


def add_late(
    *,
    actor: Membership,
    session: ReviewSession,
    key: UUID | None,
    words: Mapping[str, Any],
) -> Finding:
    """What somebody sees only now, after the reveal: seen by neither before.

    `key` is that of the form, which makes one finding however often it is sent.
    """
    with transaction.atomic():
        row = locked_session(session, REVEALED)
        finding = made_of_form(
            actor=actor, session=row, blind_pass=None, key=key, words=words
        )
        announce(row)
        return finding


def add_lesson(
    *, actor: Membership, session: ReviewSession, text: str, now: datetime
) -> None:
    """The same words of the same author are one lesson.

    Taken from a closed session too: the other may close while this one is written.
    """
    with transaction.atomic():
        row = locked_session(session, REVEALED, ReviewSession.State.CLOSED)
        Lesson.objects.get_or_create(
            organisation_id=row.organisation_id,
            session=row,
            author=actor,
            text=text,
            defaults={"created_at": now},
        )
        announce(row)


def remove_lesson(*, session: ReviewSession, lesson: Lesson) -> None:
    with transaction.atomic():
        row = locked_session(session, REVEALED)
        lesson.delete()
        announce(row)


def _as_seen(finding: Finding, version: int) -> Finding:
    """The finding as it stands now, if that is what the actor looked at."""
    rows = Finding.objects.select_for_update().filter(pk=finding.pk, same_as=None)
    row = rows.filter(version=version).first()
    if row is not None:
        return row
    raise Conflict(_change_since(finding))


def _change_since(finding: Finding) -> str:
    now = Finding.objects.select_related("adjudicated_by__user").filter(pk=finding.pk)
    row = now.first()
    if row is None:
        return _("This finding is gone.")
    if row.same_as_id is not None:
        return _("This finding was joined with another in between.")
    values = {"person": row.adjudicated_by, "choice": row.get_adjudication_display()}
    if row.adjudicated_by is None:
        return _("This finding was changed in between.")
    said = _("%(person)s changed this in between: it is “%(choice)s” now.") % values
    if echoes := list(row.echoes.order_by("pk").values_list("title", flat=True)):
        titles = ", ".join(f"“{title}”" for title in echoes)
        said += " " + _("It is joined with %(titles)s.") % {"titles": titles}
    return said


def _group(root: Finding) -> QuerySet[Finding]:
    return Finding.objects.filter(Q(pk=root.pk) | Q(same_as=root.pk))
