"""The parts of a framework's draft: words and order, one request at a time."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, Value
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from pairings.actions.together import Stale
from preceptor.http import Conflict
from progress.actions.frameworks import held_draft
from progress.frameworks.reading import MOST_AREAS, MOST_COMPETENCIES
from progress.models import Area, Competency, FrameworkVersion


@transaction.atomic
def add_area(*, draft: FrameworkVersion, name: str, about: str) -> Area:
    """At the end of the draft."""
    held = held_draft(draft)
    _refuse_more(held.areas.count(), MOST_AREAS)
    _refuse_twin(Area, held, name)
    return Area.objects.create(
        organisation_id=held.organisation_id,
        version=held,
        name=name,
        about=about,
        position=_last(Area, held) + 1,
    )


@transaction.atomic
def edit_area(*, area: Area, name: str, about: str, edits: int) -> None:
    """Over the words that were seen, which `edits` counts; else raises `Stale`."""
    held_draft(area.version)
    _refuse_twin(Area, area.version, name, but=area.pk)
    _write(Area, area.pk, edits, {"name": name, "about": about})


@transaction.atomic
def remove_area(*, area: Area) -> None:
    """With the competencies in it."""
    held_draft(area.version)
    Area.objects.filter(pk=area.pk).delete()


@transaction.atomic
def shift_area(*, area: Area, by: int) -> None:
    """Changes places with the area before (-1) or after (1), if there is one."""
    held = held_draft(area.version)
    _shift(list(held.areas.all()), area.pk, by)


@transaction.atomic
def add_competency(*, area: Area, **words: Any) -> Competency:
    """At the end of its area. `words` are its name, about, levels and categories."""
    held = held_draft(area.version)
    _refuse_gone(held, area)
    _refuse_more(held.competencies.count(), MOST_COMPETENCIES)
    _refuse_twin(Competency, held, words["name"])
    return Competency.objects.create(
        organisation_id=held.organisation_id,
        version=held,
        area=area,
        position=_last(Competency, held) + 1,
        **words,
    )


@transaction.atomic
def edit_competency(
    *, competency: Competency, area: Area, edits: int, **words: Any
) -> None:
    """Over the words that were seen; put into another area, it stands last in it."""
    held = held_draft(competency.version)
    _refuse_gone(held, area)
    _refuse_twin(Competency, held, words["name"], but=competency.pk)
    if area.pk != competency.area_id:
        words |= {"area": area, "position": _last(Competency, held) + 1}
    _write(Competency, competency.pk, edits, words)


@transaction.atomic
def remove_competency(*, competency: Competency) -> None:
    held_draft(competency.version)
    Competency.objects.filter(pk=competency.pk).delete()


@transaction.atomic
def shift_competency(*, competency: Competency, by: int) -> None:
    """Changes places with its neighbour in the area, if there is one."""
    held_draft(competency.version)
    rows = Competency.objects.filter(area=competency.area_id)
    _shift(list(rows.only("position")), competency.pk, by)


def _write(model: Any, pk: int, edits: int, words: Mapping[str, Any]) -> None:
    rows: Any = model.objects.filter(pk=pk)
    if rows.filter(edits=edits).update(**words, edits=edits + 1):
        return
    if not rows.exists():
        raise Conflict(_("It was removed in between."))
    if not rows.filter(**words).exists():
        raise Stale(_("Somebody else changed it while you wrote."))


def _refuse_gone(draft: FrameworkVersion, area: Area) -> None:
    if not draft.areas.filter(pk=area.pk).exists():
        raise Conflict(_("The area was removed in between."))


def _shift(rows: Sequence[Area] | Sequence[Competency], pk: int, by: int) -> None:
    place = next((n for n, row in enumerate(rows) if row.pk == pk), None)
    if place is None:
        raise Conflict(_("It was removed in between, so it has no place in the list."))
    if not 0 <= place + by < len(rows):
        return
    mine, theirs = rows[place], rows[place + by]
    mine.position, theirs.position = theirs.position, mine.position
    mine.save(update_fields=["position"])
    theirs.save(update_fields=["position"])


def _last(model: Any, draft: FrameworkVersion) -> int:
    rows = model.objects.filter(version=draft)
    last = rows.aggregate(last=Max("position"))["last"]
    return -1 if last is None else int(last)


def _refuse_more(count: int, most: int) -> None:
    if count >= most:
        text = _("A framework takes %(most)s of these at most. Remove some first.")
        raise ValidationError(text % {"most": f"{most:,}"})


def _refuse_twin(
    model: Any,
    draft: FrameworkVersion,
    name: str,
    but: int | None = None,
) -> None:
    rows = model.objects.filter(version=draft).alias(lowered=Lower("name"))
    if rows.filter(lowered=Lower(Value(name))).exclude(pk=but).exists():
        text = _("This version has one of this name already. Choose another name.")
        raise ValidationError({"name": text})
