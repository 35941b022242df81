"""A program's own words for a message, with placeholders in braces: plain text in.

A placeholder is a name in braces, as `{junior}`, and nothing else is: no attribute, no
index, no format. So what a lead writes reaches nothing but the words that it is given.
"""

import re
from collections.abc import Collection, Mapping

_BRACES = re.compile(r"\{([a-z][a-z0-9_]*)\}|[{}]")


class UnknownPlaceholder(Exception):
    """A text names a word that there is none for; its message is the name."""


def placeholders(text: str) -> list[str]:
    """The names that a text asks for, in order and each once."""
    names = (found[1] for found in _BRACES.finditer(text) if found[1])
    return list(dict.fromkeys(names))


def unknown(text: str, known: Collection[str]) -> list[str]:
    """What a text asks for and does not get, as it stands there: `{jnior}`, `{`."""
    wrong = (found[0] for found in _BRACES.finditer(text) if found[1] not in known)
    return list(dict.fromkeys(wrong))


def filled(text: str, words: Mapping[str, str]) -> str:
    """The text with its words. Raises UnknownPlaceholder.

    A brace in a word is that brace: words are not looked at again.
    """

    def word(found: re.Match[str]) -> str:
        if found[1] not in words:
            raise UnknownPlaceholder(found[0])
        return words[found[1]]

    return _BRACES.sub(word, text)
