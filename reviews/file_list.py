"""The HTML of the tree of files, built in Python for speed: a change may have 3,000."""

from collections.abc import Iterable

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from reviews.tree import Folder, Twig

LEAF = (
    '<a href="#f{number}" data-leaf="{number}"{viewed}><span class="name">{name}</span>'
    ' <span class="found"{hidden}><b>{found}</b>'
    '<span class="unseen"> {of}</span></span>'
    ' <span class="meta"><span class="plus">+{added}</span>'
    ' <span class="minus">−{removed}</span></span>'
    '<span class="unseen viewedword">, {word}</span></a>'
)


def file_list(branches: Iterable[Folder | Twig]) -> SafeString:
    """Nested lists, each folder to be opened and closed, each file a link to its lines.

    The script writes to a file's `[data-leaf]`: the class `viewed`, and `.found`.
    """
    words = {"of": str(escape(_("of your findings"))), "word": str(escape(_("viewed")))}
    return mark_safe(_listed(branches, words))  # noqa: S308 - escaped where made


def _listed(branches: Iterable[Folder | Twig], words: dict[str, str]) -> str:
    items = (
        _folder(one, words) if isinstance(one, Folder) else _file(one, words)
        for one in branches
    )
    return f'<ul role="list">{"".join(f"<li>{item}</li>" for item in items)}</ul>'


def _folder(folder: Folder, words: dict[str, str]) -> str:
    return (
        f"<details open><summary>{escape(folder.name)}/</summary>"
        f"{_listed(folder.children, words)}</details>"
    )


def _file(twig: Twig, words: dict[str, str]) -> str:
    leaf = twig.leaf
    return LEAF.format(
        number=leaf.number,
        name=escape(twig.name),
        viewed=' class="viewed"' if leaf.is_viewed else "",
        hidden="" if leaf.found else " hidden",
        found=leaf.found,
        added=leaf.added,
        removed=leaf.removed,
        **words,
    )
