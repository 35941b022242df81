"""Frameworks as a whole: where they come from, which one plans begin with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext as _

from pairings.actions.together import Stale
from pairings.models import Program
from preceptor.accounts.models import Membership, Organisation
from preceptor.http import Conflict
from progress.frameworks.changes import fingerprint
from progress.frameworks.content import AreaText, CompetencyText, Content, name_key
from progress.models import (
    Area,
    Competency,
    Framework,
    FrameworkVersion,
    ProgramFramework,
)
from progress.starter import starter


class Unseen(Conflict):
    """The draft is no longer as the page showed it."""


def version_to_begin_with(program: Program) -> FrameworkVersion:
    """What a plan of the program begins with.

    An organisation without any framework to begin with adopts the starter, once.
    """
    versions = FrameworkVersion.objects.for_program(program)
    found = versions.first()
    if found is not None:
        return found
    hold(program.organisation_id)
    return versions.first() or adopt_starter(
        organisation_id=program.organisation_id, now=timezone.now()
    )


def hold(organisation_id: int) -> None:
    """Which frameworks an organisation has is written one request at a time."""
    rows = Organisation.objects.select_for_update(no_key=True)
    rows.get(pk=organisation_id)


@transaction.atomic
def adopt_starter(
    *, organisation_id: int, now: datetime, actor: Membership | None = None
) -> FrameworkVersion:
    """Publishes the starter as it comes; it is the default where there is none."""
    given = starter()
    framework = Framework.objects.create(
        organisation_id=organisation_id,
        name=_free_name(organisation_id, given.name),
        about=given.about,
        is_default=not _has_default(organisation_id),
        created_at=now,
    )
    version = new_version(framework, given.content, now)
    version.published_at, version.published_by = now, actor
    version.save()
    return version


@transaction.atomic
def take_starter(*, actor: Membership, now: datetime) -> FrameworkVersion:
    """Adopts the starter at somebody's wish, whatever there is already."""
    hold(actor.organisation_id)
    return adopt_starter(organisation_id=actor.organisation_id, now=now, actor=actor)


def _has_default(organisation_id: int) -> bool:
    rows = Framework.objects.filter(organisation=organisation_id, is_default=True)
    return rows.exists()


def _free_name(organisation_id: int, name: str) -> str:
    """The name, with a number behind it where there is one of that name."""
    rows = Framework.objects.filter(organisation=organisation_id)
    taken = {name_key(one) for one in rows.values_list("name", flat=True)}
    numbered = (f"{name} {n}" for n in range(2, len(taken) + 3))
    return next(n for n in (name, *numbered) if name_key(n) not in taken)


@transaction.atomic
def create_framework(
    *, actor: Membership, name: str, about: str, content: Content, now: datetime
) -> FrameworkVersion:
    """A framework whose first version is a draft."""
    hold(actor.organisation_id)
    refuse_taken(actor.organisation_id, name)
    framework = Framework.objects.create(
        organisation_id=actor.organisation_id, name=name, about=about, created_at=now
    )
    return new_version(framework, content, now)


def refuse_taken(organisation_id: int, name: str, but: int | None = None) -> None:
    rows = Framework.objects.filter(organisation=organisation_id)
    same = rows.alias(lowered=Lower("name")).filter(lowered=Lower(Value(name)))
    if (same.exclude(pk=but) if but else same).exists():
        text = _("There is a framework of this name; archived ones keep theirs.")
        raise ValidationError({"name": text})


@transaction.atomic
def edit_framework(
    *, actor: Membership, framework: Framework, name: str, about: str, seen: str
) -> None:
    """Its name and what it is for, which no version holds.

    Over the words that were seen, as `words_of` has them; else raises `Stale`.
    """
    hold(actor.organisation_id)
    refuse_taken(actor.organisation_id, name, but=framework.pk)
    row = Framework.objects.get(pk=framework.pk)
    if (row.name, row.about) == (name, about):
        return
    if words_of(row) != seen:
        raise Stale(_("Somebody else changed it while you wrote."))
    Framework.objects.filter(pk=framework.pk).update(name=name, about=about)


def words_of(framework: Framework) -> str:
    """Changes when the name does, or what it is for."""
    return sha256(repr((framework.name, framework.about)).encode()).hexdigest()


@transaction.atomic
def begin_draft(
    *, actor: Membership, framework: Framework, now: datetime
) -> FrameworkVersion:
    """The draft, which begins as a copy of the newest version."""
    hold(actor.organisation_id)
    draft = framework.versions.drafts().first()
    if draft is not None:
        return draft
    newest = framework.versions.published().first()
    return new_version(framework, newest.content() if newest else Content(), now)


@transaction.atomic
def discard_draft(*, actor: Membership, draft: FrameworkVersion, seen: str) -> bool:
    """Whether the framework is gone with it: it had nothing else.

    `seen` is the fingerprint of what was looked at: nobody else's words go unseen.
    """
    hold(actor.organisation_id)
    held = held_draft(draft)
    if fingerprint(held.content()) != seen:
        raise Unseen(_("The draft was changed since you looked. Look again first."))
    framework = held.framework
    held.delete()
    if framework.versions.exists():
        return False
    framework.delete()
    return True


@transaction.atomic
def publish(
    *,
    actor: Membership,
    draft: FrameworkVersion,
    note: str,
    seen: str,
    now: datetime,
) -> None:
    """Makes the draft the newest version, for good.

    `seen` is the fingerprint of what was looked at. The first framework of an
    organisation becomes its default.
    """
    hold(actor.organisation_id)
    held = held_draft(draft)
    content = held.content()
    if fingerprint(content) != seen:
        raise Unseen(_("The draft was changed since you looked. Look again first."))
    if not content or unfinished(content):
        raise Conflict(_("The draft is not finished: something has no words yet."))
    held.note, held.published_at, held.published_by = note, now, actor
    held.save()
    if not _has_default(actor.organisation_id):
        Framework.objects.filter(pk=held.framework_id, archived_at=None).update(
            is_default=True
        )


def unfinished(content: Content) -> list[str]:
    """The names of the competencies that lack a description of some level."""
    return [one.name for _area, one in content if not all(one.levels)]


@transaction.atomic
def duplicate_framework(
    *, actor: Membership, framework: Framework, name: str, now: datetime
) -> FrameworkVersion:
    """A framework of its own, whose draft says what the newest version says.

    Its competencies stay the same ones, so that a plan may move over.
    """
    newest = framework.versions.published().first() or framework.versions.get()
    return create_framework(
        actor=actor,
        name=name,
        about=framework.about,
        content=newest.content(),
        now=now,
    )


@transaction.atomic
def archive_framework(*, framework: Framework, now: datetime) -> None:
    """No plan begins with it any more; those that have it keep it."""
    hold(framework.organisation_id)
    rows = Framework.objects.filter(pk=framework.pk, archived_at=None)
    if not rows.filter(is_default=False).update(archived_at=now):
        raise Conflict(
            _(
                "“%(framework)s” is archived already, or it is the default. Make "
                "another framework the default first."
            )
            % {"framework": framework}
        )


def bring_back_framework(*, framework: Framework) -> None:
    rows = Framework.objects.filter(pk=framework.pk, archived_at__isnull=False)
    if not rows.update(archived_at=None):
        raise Conflict(_("It is in use already."))


@transaction.atomic
def make_default(*, actor: Membership, framework: Framework) -> None:
    """What plans begin with where their program chose nothing else."""
    hold(actor.organisation_id)
    if not Framework.objects.usable().filter(pk=framework.pk).exists():
        raise Conflict(_("It is archived, or nothing of it is published yet."))
    rows = Framework.objects.filter(organisation=actor.organisation_id)
    rows.filter(is_default=True).update(is_default=False)
    rows.filter(pk=framework.pk).update(is_default=True)


def choose_framework(*, program: Program, framework: Framework | None) -> None:
    """What plans of the program begin with from now on; None follows the default."""
    rows = ProgramFramework.objects
    if framework is None:
        rows.filter(program=program).delete()
        return
    chosen: dict[str, Any] = {
        "framework": framework,
        "organisation_id": program.organisation_id,
    }
    rows.update_or_create(program=program, defaults=chosen)


def choice_of(program: Program) -> Framework | None:
    rows = ProgramFramework.objects.select_related("framework")
    chosen = rows.filter(program=program, framework__archived_at=None).first()
    return chosen.framework if chosen else None


def copy_choice(program: Program, copy: Program) -> None:
    """A duplicate of a program begins its plans with the same framework."""
    chosen = ProgramFramework.objects.filter(program=program).first()
    if chosen is not None:
        choose_framework(program=copy, framework=chosen.framework)


def held_draft(draft: FrameworkVersion) -> FrameworkVersion:
    """The draft as it is; it changes one request at a time, until it is published."""
    rows = FrameworkVersion.objects.select_for_update(no_key=True, of=("self",))
    held = rows.select_related("framework").filter(pk=draft.pk).first()
    if held is None or not held.is_draft:
        raise Conflict(_("The draft was published or discarded in between."))
    return held


def new_version(
    framework: Framework, content: Content, now: datetime
) -> FrameworkVersion:
    """A further version, as a draft."""
    newest = framework.versions.first()
    version = FrameworkVersion.objects.create(
        organisation_id=framework.organisation_id,
        framework=framework,
        number=newest.number + 1 if newest else 1,
        created_at=now,
    )
    write_content(version, content)
    return version


@dataclass(frozen=True, slots=True)
class Before:
    """Rows that a draft had, which are written anew under the same ids."""

    areas: Mapping[str, Area] = field(default_factory=dict)
    """By the key of the name."""
    competencies: Mapping[UUID, Competency] = field(default_factory=dict)


def write_content(
    version: FrameworkVersion, content: Content, before: Before | None = None
) -> None:
    """Fills an empty draft."""
    had = before or Before()
    areas = Area.objects.bulk_create(
        _area(version, area, position, had.areas.get(name_key(area.name)))
        for position, area in enumerate(content.areas)
    )
    pairs = [
        (row, competency)
        for row, area in zip(areas, content.areas, strict=True)
        for competency in area.competencies
    ]
    Competency.objects.bulk_create(
        _competency(area, one, position, had.competencies.get(one.key))
        for position, (area, one) in enumerate(pairs)
    )


def _area(
    version: FrameworkVersion, area: AreaText, position: int, was: Area | None
) -> Area:
    row = Area(organisation_id=version.organisation_id, version=version)
    if was is not None:
        row.pk, row.edits = was.pk, was.edits + (was.about != area.about)
    row.name, row.about, row.position = area.name, area.about, position
    return row


def _competency(
    area: Area, one: CompetencyText, position: int, was: Competency | None
) -> Competency:
    row = Competency(
        organisation_id=area.organisation_id, version=area.version, area=area
    )
    if was is not None:
        row.pk, row.edits = was.pk, was.edits + (was.text() != one)
    row.key, row.position = one.key, position
    row.name, row.about = one.name, one.about
    row.levels, row.categories = list(one.levels), list(one.categories)
    return row
