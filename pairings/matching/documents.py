"""Runs as bytes that say the same thing in the same bytes, to be kept for years.

Canonical JSON: keys sorted, no spaces, plain ASCII, lists in the order of ids. A
document carries the version of the algorithm, and a version that isn't read any more is
refused instead of answered otherwise.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, cast, get_args, get_origin, get_type_hints

from pairings.matching.errors import BadDocument
from pairings.matching.outcome import Outcome
from pairings.matching.problem import Inputs
from pairings.matching.running import VERSION

Document = TypeVar("Document", Inputs, Outcome)


def encode(what: Inputs | Outcome) -> bytes:
    """Canonical bytes; the order in which people were given doesn't show."""
    body = _plain(_sorted(what) if isinstance(what, Inputs) else what)
    document = {"kind": type(what).__name__, "version": VERSION, "body": body}
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode()


def decode(kind: type[Document], data: bytes) -> Document:
    """What was encoded, equal in every field. Raises BadDocument."""
    try:
        document = json.loads(data)
        found = document["kind"], document["version"]
        if found != (kind.__name__, VERSION):
            raise BadDocument(f"{found[0]} of version {found[1]}")
        return cast("Document", _reader(cast("Any", kind))(document["body"]))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        if isinstance(error, BadDocument):
            raise
        raise BadDocument(f"{type(error).__name__}: {error}") from error


def _sorted(inputs: Inputs) -> Inputs:
    return Inputs(
        juniors=tuple(sorted(inputs.juniors, key=lambda one: one.id)),
        mentors=tuple(sorted(inputs.mentors, key=lambda one: one.id)),
        rules=inputs.rules,
        weights=inputs.weights,
        aim=inputs.aim,
        pins=tuple(sorted(inputs.pins)),
    )


def _plain(value: Any) -> Any:
    """Rows as lists in the order of their fields, mappings as sorted lists of pairs."""
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value):
        return [_plain(getattr(value, one.name)) for one in fields(value)]
    if isinstance(value, Mapping):
        return [[key, value[key]] for key in sorted(value)]
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return value


Reader = Callable[[Any], Any]


@cache
def _reader(kind: Any) -> Reader:
    """What reads a value of the type back, and refuses any other."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin is UnionType:
        some = _reader(next(one for one in inner if one is not NoneType))
        return lambda value: None if value is None else some(value)
    if origin is tuple:
        return _tuple_reader(inner)
    if origin is not None:
        return lambda value: {_whole(key): _whole(one) for key, one in value}
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        readers = [_reader(hints[one.name]) for one in fields(kind)]
        make = cast("Callable[..., Any]", kind)
        return lambda row: make(*_each(readers, row))
    return _float if kind is float else _exactly(kind)


def _tuple_reader(inner: tuple[Any, ...]) -> Reader:
    if inner[-1] is Ellipsis:
        each = _reader(inner[0])
        return lambda value: tuple(each(one) for one in _list(value))
    readers = [_reader(one) for one in inner]
    return lambda value: tuple(_each(readers, value))


def _each(readers: list[Reader], row: Any) -> list[Any]:
    return [read(one) for read, one in zip(readers, _list(row), strict=True)]


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError("a list is missing")
    return value


def _float(value: Any) -> float:
    return float(value)


def _whole(value: Any) -> int:
    return cast("int", _exactly(int)(value))


def _exactly(kind: type) -> Reader:
    def read(value: Any) -> Any:
        if type(value) is not kind:
            raise TypeError(f"{value!r} is no {kind.__name__}")
        return value

    return read
