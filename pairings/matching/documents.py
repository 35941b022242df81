"""Runs as bytes that say the same thing in the same bytes, to be kept for years.

Canonical JSON: rows as lists in the order of their fields, keys sorted, no spaces,
lists in the order of ids. A document carries the version of the algorithm, and a
version that isn't read any more is refused instead of answered otherwise.
"""

from collections.abc import Mapping
from typing import TypeVar

import msgspec
from msgspec import structs

from pairings.matching.errors import BadDocument
from pairings.matching.outcome import Outcome
from pairings.matching.people import JuniorIn, MentorIn
from pairings.matching.problem import Inputs
from pairings.matching.running import VERSION

Document = TypeVar("Document", Inputs, Outcome)


class _Whole(msgspec.Struct):
    kind: str
    version: int
    body: msgspec.Raw


def encode(what: Inputs | Outcome) -> bytes:
    """Canonical bytes; the order in which people were given doesn't show."""
    body = msgspec.json.encode(_sorted(what) if isinstance(what, Inputs) else what)
    whole = _Whole(type(what).__name__, VERSION, msgspec.Raw(body))
    return msgspec.json.encode(whole)


def decode(kind: type[Document], data: bytes) -> Document:
    """What was encoded, equal in every field. Raises BadDocument."""
    try:
        whole = msgspec.json.decode(data, type=_Whole)
        if (whole.kind, whole.version) != (kind.__name__, VERSION):
            raise BadDocument(f"{whole.kind} of version {whole.version}")
        return msgspec.json.decode(whole.body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadDocument(f"{type(error).__name__}: {error}") from error


def _sorted(inputs: Inputs) -> Inputs:
    return structs.replace(
        inputs,
        juniors=tuple(
            structs.replace(one, wants=_by_key(one.wants))
            for one in sorted(inputs.juniors, key=_id)
        ),
        mentors=tuple(
            structs.replace(
                one, offers=_by_key(one.offers), completed=_by_key(one.completed)
            )
            for one in sorted(inputs.mentors, key=_id)
        ),
        pins=tuple(sorted(inputs.pins)),
    )


def _by_key(degrees: Mapping[int, int]) -> Mapping[int, int]:
    return dict(sorted(degrees.items()))


def _id(person: JuniorIn | MentorIn) -> int:
    return person.id
