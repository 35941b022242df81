"""The organisation's list of skills, as pages show it."""

from django.db.models import F
from django.db.models.functions import Lower

from pairings.lists import Filters
from pairings.models import Skill
from pairings.models.profiles import SkillQuerySet

MOST_SKILLS = 1000


def suggested_skills(organisation_id: int) -> list[str]:
    """Names of the organisation's list, for fields that complete what is typed."""
    rows = Skill.objects.filter(organisation=organisation_id)
    return list(rows.values_list("name", flat=True)[:MOST_SKILLS])


def skills_of(organisation_id: int, filters: Filters) -> SkillQuerySet:
    """The organisation's list with its counts, by name or those most named first."""
    rows = Skill.objects.filter(organisation=organisation_id).with_counts()
    if words := filters.get("q", "").strip():
        rows = rows.filter(name__icontains=words)
    if filters.get("order") == "used":
        return rows.order_by(-(F("offers") + F("wants")), Lower("name"))
    return rows.order_by(Lower("name"))
