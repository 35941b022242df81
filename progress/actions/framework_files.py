"""A file of a framework: kept until it is confirmed, then written to a draft."""

from collections.abc import Mapping
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from pairings.actions.roster import AlreadyImported, EffectChanged
from preceptor.accounts.models import Membership, StagedUpload
from preceptor.http import Conflict
from progress.actions.frameworks import (
    Before,
    begin_draft,
    create_framework,
    hold,
    refuse_taken,
    write_content,
)
from progress.frameworks.content import Content, name_key
from progress.frameworks.planning import Plan, planned
from progress.frameworks.reading import (
    FrameworkFile,
    looks_like_json,
    plain_name,
    read_framework,
)
from progress.models import Framework, FrameworkVersion
from reviews.taxonomy import kinds

PURPOSE = "framework"


def known_categories() -> Mapping[str, str]:
    """The key of each flaw category, by its plain name and by its plain key."""
    known = kinds().values()
    by_label = {plain_name(str(one.label)): one.key for one in known}
    return by_label | {plain_name(one.key): one.key for one in known}


@transaction.atomic
def stage_framework(
    *,
    actor: Membership,
    framework: Framework | None,
    name: str,
    data: bytes,
    asked: str,
    removes: bool,
    now: datetime,
) -> StagedUpload:
    """Keeps the file for an hour in place of an earlier one.

    Raises `BadFramework` or `BadFile` for one of no use, and a `ValidationError` for a
    new framework without a name, or with one that is taken. `asked` is that name.
    """
    file = _read(data, name)
    called = asked or file.name
    if framework is None:
        if not called:
            raise ValidationError({"name": _("The file gives no name: give it one.")})
        refuse_taken(actor.organisation_id, called)
    else:
        planned(_standing(framework), file, removes=removes)
    StagedUpload.objects.filter(owner=actor, purpose=PURPOSE).delete()
    return StagedUpload.objects.create(
        organisation=actor.organisation,
        owner=actor,
        purpose=PURPOSE,
        name=name[:255],
        body=data,
        details={
            "framework": framework.pk if framework else None,
            "name": called,
            "removes": removes,
        },
        created_at=now,
    )


def _read(data: bytes, name: str) -> FrameworkFile:
    is_json = name.lower().endswith(".json") or looks_like_json(data)
    return read_framework(data, known_categories(), is_json=is_json)


def _standing(framework: Framework | None) -> Content:
    """What the draft says, or else the newest version."""
    version = framework.versions.first() if framework else None
    return version.content() if version else Content()


def plan_framework(upload: StagedUpload) -> tuple[Framework | None, Plan]:
    """What a staged file would do as of now, and to which framework."""
    pk = upload.details["framework"]
    rows = Framework.objects.filter(organisation=upload.organisation_id, pk=pk)
    framework = rows.first() if pk else None
    if pk and framework is None:
        raise Conflict(_("The framework was discarded in between."))
    file = _read(upload.data, upload.name)
    content, removes = _standing(framework), upload.details["removes"]
    return framework, planned(content, file, removes=removes)


@transaction.atomic
def import_framework(
    *, actor: Membership, upload: StagedUpload, fingerprint: str, now: datetime
) -> FrameworkVersion:
    """Writes what the preview with this fingerprint showed, to a draft.

    `EffectChanged` if it comes out otherwise by now, `AlreadyImported` for the later
    of two confirmations.
    """
    hold(actor.organisation_id)
    if not StagedUpload.objects.filter(pk=upload.pk).exists():
        raise AlreadyImported
    framework, plan = plan_framework(upload)
    if plan.fingerprint != fingerprint:
        raise EffectChanged
    upload.delete()
    if framework is None:
        file = _read(upload.data, upload.name)
        return create_framework(
            actor=actor,
            name=upload.details["name"],
            about=file.about,
            content=plan.content,
            now=now,
        )
    draft = begin_draft(actor=actor, framework=framework, now=now)
    rewrite_content(draft, plan.content)
    return draft


def rewrite_content(draft: FrameworkVersion, content: Content) -> None:
    """Makes a draft say this. What keeps its key, or an area its name, keeps its id.

    So a form that is open over one of them is still about it, and told of the change.
    Rows are written anew: that is quicker than to change each, and lets two of them
    change names with each other.
    """
    areas = {name_key(row.name): row for row in draft.areas.all()}
    rows = {row.key: row for row in draft.competencies.all()}
    draft.competencies.all().delete()
    draft.areas.all().delete()
    write_content(draft, content, Before(areas, rows))
