from django import template

from pairings import sentences
from pairings.models import Enrolment

register = template.Library()


@register.filter
def degree(value: int, person: Enrolment) -> str:
    """What a degree is called on somebody's side."""
    return sentences.degrees(is_mentor=person.is_mentor)[value]


@register.filter
def languages(codes: list[str]) -> str:
    """The names of languages, with commas between."""
    return sentences.of_languages(codes)
