"""How a name or an address may be spelled in what somebody else wrote.

The same patterns are read by Python and by PostgreSQL, so each letter names its own
spellings: neither depends on what a locale holds to be upper case.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.header import decode_header
from functools import cached_property
from unicodedata import normalize

from preceptor.accounts.held import FORMER_MEMBER

GAP, GAP_ON_A_LINE = "[ \t\r\n\u00a0\u202f]+", "[ \t\u00a0\u202f]+"
GAP_IN_JSON = "(?:[ \t\u00a0\u202f]|\\\\[nrt])+"
SAME = {
    "'": "['\u2019\u02bc]",
    "-": "[-\u2010\u2011]",
    '"': r'\\?"',
    "\\": r"\\\\?",
}
"""What stands for a character: marks that keyboards differ in, and JSON's escapes."""

UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
)
"""Letters of scripts that put no space between words."""

ENCODED = re.compile(
    r"=\?[\w-]+\?[bBqQ]\?[^?\s]*\?=(?:\s+=\?[\w-]+\?[bBqQ]\?[^?\s]*\?=)*"
)
"""Words of a mail's head that are not plain letters (RFC 2047), as Git writes them."""


@dataclass(frozen=True)
class Spelled:
    """Names and addresses in whatever case, and `parts` just as they are written."""

    names: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.names or self.parts)

    @cached_property
    def pattern(self) -> str:
        """A regular expression that Python and PostgreSQL read alike."""
        return self._of(is_file=False)

    @cached_property
    def loose(self) -> str:
        """The same in JSON, also as a part of longer words: to look closer there."""
        forms = [form for name in self.names for form in _forms(name)]
        found = [_run(form, GAP_IN_JSON) for form in forms]
        found += [_run(part, GAP_IN_JSON, is_exact=True) for part in self.parts]
        return "|".join(found)

    @cached_property
    def needles(self) -> list[str]:
        """Patterns of LIKE over small letters: what stands nowhere is in no text.

        For a database that has much to look through; `%` where it has to look at all.
        """
        return [f"%{_needle(one)}%" for one in (*self.names, *self.parts)]

    def _of(self, *, is_file: bool) -> str:
        gap = GAP_ON_A_LINE if is_file else GAP
        forms = [
            _bounded(form, _run(form, gap, is_file=is_file))
            for name in self.names
            for form in _forms(name)
        ]
        whole = (_run(part, gap, is_file=is_file, is_exact=True) for part in self.parts)
        forms += [_bounded(*one) for one in zip(self.parts, whole, strict=True)]
        return "|".join(forms)

    @cached_property
    def _in_text(self) -> re.Pattern[str]:
        return re.compile(self.pattern)

    @cached_property
    def _in_file(self) -> re.Pattern[str]:
        return re.compile(self._of(is_file=True))

    def is_in(self, text: str) -> bool:
        return self._in_text.search(text) is not None

    def is_in_file(self, data: bytes) -> bool:
        return self.struck(data) is not data

    def struck(self, data: bytes) -> bytes:
        """A file without them; the very same bytes where none stands in it.

        Finds them in the head of a mail, between JSON's and Git's escapes, and in Latin
        letters of one byte, too. Lines stay lines.
        """
        text = data.decode(errors="surrogateescape")
        found = self._in_file.sub(FORMER_MEMBER, text)
        found = ENCODED.sub(self._of_head, found)
        return found.encode(errors="surrogateescape") if found != text else data

    def _of_head(self, match: re.Match[str]) -> str:
        said = _decoded(match[0])
        return self._in_text.sub(FORMER_MEMBER, said) if self.is_in(said) else match[0]


def _needle(name: str) -> str:
    """The longest piece that is written in one way alone, but for its case."""
    kind = r"[a-z0-9.@_+]+" if "@" in name else r"[a-z0-9]+"
    return max(re.findall(kind, name.lower()), key=len, default="")


def may_be_a_word(name: str) -> bool:
    """Whether what somebody is called may be words of anybody's.

    A name of one word is one of the language as often as not; so is one in small
    letters, such as “of the”.
    """
    return len(name.split()) < 2 or name.strip()[0].islower()


def _decoded(words: str) -> str:
    try:
        return "".join(
            part.decode(charset or "ascii", "replace")
            if isinstance(part, bytes)
            else part
            for part, charset in decode_header(words)
        )
    except (HeaderParseError, LookupError, ValueError):
        return words


def _forms(name: str) -> Iterable[str]:
    """As it stands and, of a name of several words, as lists of people sort it."""
    yield name
    first, _gap, last = name.rpartition(" ")
    if first and "@" not in name:
        yield f"{last}, {first}"


def _run(name: str, gap: str, *, is_file: bool = False, is_exact: bool = False) -> str:
    words = normalize("NFC", name).split()
    return gap.join(
        "".join(_letter(one, is_file=is_file, is_exact=is_exact) for one in word)
        for word in words
    )


def _letter(letter: str, *, is_file: bool, is_exact: bool) -> str:
    if letter in SAME:
        return SAME[letter]
    cases = {letter} if is_exact else {*_cases(letter)}
    ways = {way for one in cases for way in _ways(one, is_file=is_file)}
    if len(ways) == 1:
        return ways.pop()
    return f"(?:{'|'.join(sorted(ways, key=lambda way: (-len(way), way)))})"


def _cases(letter: str) -> Iterable[str]:
    yield from (letter, letter.lower(), letter.upper(), letter.title())
    yield letter.casefold()


def _ways(letter: str, *, is_file: bool) -> Iterable[str]:
    """Composed and with its mark apart; in files also as they escape it."""
    yield re.escape(letter)
    apart = normalize("NFD", letter)
    yield re.escape(apart)
    if is_file and not letter.isascii():
        for one in (letter, apart):
            yield "".join(map(_json, one))
            yield "".join(rf"\\{byte:03o}" for byte in one.encode())
        if len(letter) == 1 and ord(letter) < 256:
            yield chr(0xDC00 + ord(letter))


def _json(letter: str) -> str:
    """Escaped by JSON, whatever the case of its digits."""
    if letter.isascii():
        return re.escape(letter)
    plain = json.dumps(letter)[1:-1]
    return re.sub(
        r"[a-f]",
        lambda digit: f"[{digit[0]}{digit[0].upper()}]",
        plain.replace("\\u", "~"),
    ).replace("~", r"\\u")


def _bounded(name: str, run: str) -> str:
    """A word that goes on is another word, and an address that goes on another one."""
    if "@" in name:
        return rf"(?<![\w.+-]){run}(?!\.?[\w-])"
    before = r"(?<!\w)" if _is_word(name[0]) else ""
    after = r"(?!\w)" if _is_word(name[-1]) else ""
    return f"{before}{run}{after}"


def _is_word(letter: str) -> bool:
    """Whether words that it begins or ends stand apart from others."""
    return letter.isalnum() and not UNSPACED.match(letter)
