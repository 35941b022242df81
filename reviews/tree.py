"""The files of a change as a tree of folders, each chain of single folders in one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

# Folders below this depth are shown as part of the names in them: a page's templates
# recurse as deep as the tree does.
DEEPEST = 8


@dataclass(frozen=True, slots=True)
class Leaf:
    """A file in the list: `found` counts the reader's findings in it."""

    number: int
    path: str
    added: int
    removed: int
    found: int = 0
    is_viewed: bool = False


@dataclass(frozen=True, slots=True)
class Twig:
    """A file in its folder: `name` is what the folders above leave of its path."""

    name: str
    leaf: Leaf


@dataclass(frozen=True, slots=True)
class Folder:
    """`name` holds every folder of a chain: `src/app/views`."""

    name: str
    children: "tuple[Folder | Twig, ...]"


def tree(leaves: Sequence[Leaf]) -> tuple[Folder | Twig, ...]:
    """In the order of the files; a folder stands where its first file does."""
    return _grown([(leaf.path, leaf) for leaf in leaves], DEEPEST)


def _grown(paths: Sequence[tuple[str, Leaf]], depth: int) -> tuple[Folder | Twig, ...]:
    groups: dict[str, list[tuple[str, Leaf]]] = {}
    for path, leaf in paths:
        folder = path.partition("/")[0] + "/" if "/" in path and depth else ""
        rest = path.removeprefix(folder)
        # A file is a group of its own: two of them never share a key.
        key = folder or f"{path}\0{leaf.number}"
        groups.setdefault(key, []).append((rest, leaf))
    return tuple(_branches(groups, depth))


def _branches(
    groups: dict[str, list[tuple[str, Leaf]]], depth: int
) -> Iterator[Folder | Twig]:
    for key, paths in groups.items():
        if not key.endswith("/"):
            yield Twig(*paths[0])
            continue
        name, inner = _chained(key, paths)
        yield Folder(name.removesuffix("/"), _grown(inner, depth - 1))


def _chained(
    name: str, paths: list[tuple[str, Leaf]]
) -> tuple[str, list[tuple[str, Leaf]]]:
    """The folder with all that hold nothing but one further folder."""
    while True:
        heads = {path.partition("/")[0] if "/" in path else None for path, _ in paths}
        (head, *others) = heads
        if head is None or others:
            return name, paths
        name += f"{head}/"
        paths = [(path.partition("/")[2], leaf) for path, leaf in paths]
