"""One walk over what is new in the texts, in bounded time."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from time import monotonic

from reviews.redaction.hits import Hit, Place, Scan
from reviews.redaction.personal import personal
from reviews.redaction.texts import Text
from reviews.redaction.tokens import Found, named, random_looking, tokens

SECONDS = 6.0
LONGEST = 2_000
OVERLAP = 300
"""A longer line is looked at in pieces: patterns take the square of its length."""

SHORTEST = 6
MOST_OF_A_KIND = 20
MOST_VALUES = 2_000
KEY_LINES = 200

ESCAPES = re.compile(r"\\(?:[nrtbf\\/]|u[0-9a-fA-F]{4})")
KEY_START = re.compile(r"-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----")
KEY_END = re.compile(r"-----END [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----")
KEY_LINE = re.compile(r"[A-Za-z0-9+/=]{16,}")
CONTINUED = re.compile(r"[A-Za-z0-9+/=_.-]*")


def scan(texts: Sequence[Text], seconds: float = SECONDS) -> Scan:
    """Hits in the order of their kinds' certainty, then of the texts."""
    until = monotonic() + seconds
    hits: dict[str, Hit] = {}
    for number, text in enumerate(texts):
        for key in _private_keys(number, text):
            hits.setdefault(key.places[0].value(texts), key)
    looked_at: set[tuple[bool, bool, str]] = set()
    for number, at, line in _new_lines(texts):
        text = texts[number]
        look = (text.is_code, at in text.prose, line)
        # Equal lines hold equal values, and those are replaced wherever they are.
        if look in looked_at:
            continue
        looked_at.add(look)
        if monotonic() > until or len(hits) > MOST_VALUES:
            return Scan(_grouped(hits.values()), is_whole=False)
        first = text.first[at]
        for found in _in_line(line, text.is_code, at in text.prose, until):
            place = Place(number, at + 1, found.start + first, found.end + first)
            value = place.value(texts)
            before = hits.get(value)
            if before is None or (found.is_sure and not before.is_sure):
                hits[value] = Hit(found.kind, found.is_sure, (place,))
    return Scan(_grouped(hits.values()), is_whole=True)


def _new_lines(texts: Sequence[Text]) -> Iterator[tuple[int, int, str]]:
    """Text, number from 0, and what of the line may be replaced."""
    for number, text in enumerate(texts):
        for at in text.scanned:
            line = text.lines[at][text.first[at] :]
            if len(line) >= SHORTEST:
                yield number, at, line


def _in_line(line: str, is_code: bool, is_prose: bool, until: float) -> Iterator[Found]:
    """Without overlaps: what is certain comes before what is not."""
    taken: list[tuple[int, int]] = []
    everything = list(_candidates(line, is_code, is_prose, until))
    for found in sorted(everything, key=lambda one: not one.is_sure):
        start, end = found.start, found.end
        if end - start < 4 or any(
            start < stop and end > first for first, stop in taken
        ):
            continue
        taken.append((start, end))
        yield found


def _candidates(
    line: str, is_code: bool, is_prose: bool, until: float
) -> Iterator[Found]:
    for offset, piece in _pieces(line):
        if monotonic() > until:
            return
        found = [*tokens(piece), *personal(piece, is_prose=is_prose), *named(piece)]
        if is_code:
            # A conversation is full of ids that were drawn by lot.
            found += random_looking(piece)
        for one in found:
            words = piece[one.start : one.end]
            start = offset + one.end - len(words.lstrip())
            end = offset + one.start + len(words.rstrip())
            if one.end == len(piece) and (more := CONTINUED.match(line, end)):
                end = more.end()
            yield one._replace(start=start, end=end)


def _pieces(line: str) -> Iterator[tuple[int, str]]:
    line = _plain(line)
    step = LONGEST - OVERLAP
    for offset in range(0, max(len(line) - OVERLAP, 1), step):
        yield offset, line[offset : offset + LONGEST]


def _plain(line: str) -> str:
    """As long as before, with escapes as blanks so that nothing grows into them."""
    if "\\" not in line:
        return line
    blank = ESCAPES.sub(lambda escape: " " * len(escape[0]), line)
    return blank.replace('\\"', ' "')


def _private_keys(number: int, text: Text) -> Iterator[Hit]:
    """The lines between the head and the foot of a key, or both in one line."""
    is_new = set(text.scanned)
    done = 0
    for at in text.scanned:
        line = text.lines[at]
        if at < done or "PRIVATE KEY" not in line:
            continue
        if not (head := KEY_START.search(line)):
            continue
        done, places = _key_lines(number, text, at, head.end(), is_new)
        if places:
            yield Hit("private key", True, tuple(places))


def _key_lines(
    number: int, text: Text, at: int, start: int, is_new: set[int]
) -> tuple[int, list[Place]]:
    """The line after the key, and what of it stands in each of its lines."""
    places: list[Place] = []
    for below in range(at, min(at + KEY_LINES, len(text.lines))):
        line = _plain(text.lines[below])
        if below not in is_new or (below > at and KEY_START.search(line)):
            return below, places
        start = max(start, text.first[below])
        foot = KEY_END.search(line, start)
        stop = foot.start() if foot else len(line)
        places.extend(
            Place(number, below + 1, *match.span())
            for match in KEY_LINE.finditer(line, start, stop)
        )
        if foot:
            return below + 1, places
        start = 0
    return at + 1, places


def _grouped(hits: Iterable[Hit]) -> tuple[Hit, ...]:
    """The certain ones first; of a kind that comes very often, the rest is one hit."""
    by_kind: dict[tuple[bool, str], list[Hit]] = defaultdict(list)
    for hit in hits:
        by_kind[not hit.is_sure, hit.kind].append(hit)
    grouped: list[Hit] = []
    for (is_doubtful, kind), found in sorted(by_kind.items(), key=lambda one: one[0]):
        grouped += found[:MOST_OF_A_KIND]
        if rest := found[MOST_OF_A_KIND:]:
            places = tuple(place for hit in rest for place in hit.places)
            grouped.append(Hit(kind, not is_doubtful, places))
    return tuple(grouped)
