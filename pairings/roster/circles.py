"""Line managers who stand above themselves. Plain Python."""

from collections.abc import Hashable, Mapping
from typing import TypeVar

Person = TypeVar("Person", bound=Hashable)


def circle_of(person: Person, managers: Mapping[Person, Person]) -> list[Person]:
    """Up from somebody until they come again, them at both ends; empty if never."""
    way = [person]
    seen = {person}
    while (above := managers.get(way[-1])) is not None:
        way.append(above)
        if above == person:
            return way
        if above in seen:
            return []
        seen.add(above)
    return []
