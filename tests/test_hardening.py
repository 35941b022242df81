"""Habits of the code as a whole, which no single page shows."""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from time import thread_time
from types import ModuleType
from typing import Any

import pytest
from django.forms import ModelForm
from django.forms.models import ALL_FIELDS

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("preceptor", "pairings", "reviews", "progress")
# Settings, processes and migrations do their work when they are imported.
NOT_IMPORTED = re.compile(r"\.(migrations|wsgi|serve|up|reset|environment|demo)\b")


def sources() -> Iterator[Path]:
    for package in PACKAGES:
        yield from (ROOT / package).rglob("*.py")


def modules() -> Iterator[ModuleType]:
    for package in PACKAGES:
        root = importlib.import_module(package)
        for found in pkgutil.walk_packages(root.__path__, f"{package}."):
            if not NOT_IMPORTED.search(f".{found.name}"):
                yield importlib.import_module(found.name)


def compiled() -> dict[str, re.Pattern[Any]]:
    """Every regular expression that a module keeps, also in a list or a table."""
    return {
        f"{module.__name__}: {one.pattern!r}": one
        for module in modules()
        if module.__name__.startswith(PACKAGES)
        for value in vars(module).values()
        for one in _patterns(value)
    }


def _patterns(value: object) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, dict):
        yield from (one for one in value.values() if isinstance(one, re.Pattern))
    elif isinstance(value, list | tuple | set | frozenset):
        for one in value:
            yield from _patterns(one) if isinstance(one, tuple) else ()
            if isinstance(one, re.Pattern):
                yield one


PIECES = (
    *("a", "A", "0", " ", "\n", "-", "=", ".", "/", "@", "a.", "a@", "a-", "0.", ": "),
    *("--- a\n", "+++ ", "@@ ", "'", '"', "`", "<", "&", "a=", "a: ", "a b ", "https:"),
    *(
        "aA0",
        "- ",
        "[",
        "](",
        "(",
        "{",
        "\t",
        "é",
        "\r",
        ",",
        ";",
        "_",
        "$ ",
        "> ",
        "#",
    ),
)
SECONDS = 0.3
"""Of the processor, over 1,500 characters: what goes back without end takes more."""


def test_no_expression_takes_long_over_hostile_text() -> None:
    slow = {}
    for name, pattern in compiled().items():
        for piece in PIECES:
            if took := _slowest(pattern, piece):
                slow[name, piece] = took
    assert slow == {}


def _slowest(pattern: re.Pattern[Any], piece: str) -> float:
    """Seconds, where they are too many; short texts first, so that it ends."""
    for length in (40, 1_500):
        text = (piece * length)[:length] + "\0"
        given = text.encode() if isinstance(pattern.pattern, bytes) else text
        began = thread_time()
        pattern.search(given)
        pattern.fullmatch(given)
        if (took := thread_time() - began) > SECONDS:
            return took
    return 0.0


SECRET = re.compile(r"(token|secret|nonce|signature|password|mac|digest)$")
NO_SECRETS = {"digest", "diff_sha256"}
"""Of what both sides have read."""


def test_secrets_are_compared_in_constant_time() -> None:
    found = set()
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Compare) and isinstance(
                node.ops[0], ast.Eq | ast.NotEq
            ):
                names = {_name(one) for one in (node.left, *node.comparators)}
                if any(SECRET.search(one) for one in names - NO_SECRETS):
                    found.add(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert found == set()


def _name(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def test_no_form_takes_more_fields_than_it_names() -> None:
    """Whose somebody is, and in which organisation, no form of a model says."""
    forms = set(_below(ModelForm))
    ours = {one for one in forms if one.__module__.startswith(PACKAGES)}
    assert len(ours) >= 10
    for form in ours:
        named = form._meta.fields
        assert named is not None, form
        assert named != ALL_FIELDS, form
        assert not {"id", "organisation", "user", "owner", "author"} & set(named), form


def _below(kind: Any) -> Iterator[Any]:
    list(modules())
    for one in kind.__subclasses__():
        yield one
        yield from _below(one)


@pytest.mark.parametrize("writes", [r"csv\.writer\(", r"\bDataset\(", r"Workbook\("])
def test_whatever_writes_a_table_goes_past_formulas(writes: str) -> None:
    """Cells that a spreadsheet would run are written behind an apostrophe."""
    bare = {
        str(path.relative_to(ROOT))
        for path in sources()
        if re.search(writes, path.read_text())
        and not re.search(r"\b(?:safe|cell)\(|import .*\bsafe\b", path.read_text())
    }
    assert bare == set()


def test_nothing_runs_what_somebody_typed() -> None:
    """No code out of text, no unpickling, no shell."""
    found = {
        f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"
        for path in sources()
        for node in ast.walk(ast.parse(path.read_text()))
        if _runs(node)
    }
    assert found == set()


def _runs(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Name(id="eval" | "exec" | "compile" | "__import__")):
            return True
        case ast.Import(names=names) if any(one.name == "pickle" for one in names):
            return True
        case ast.ImportFrom(module="pickle") | ast.keyword(arg="shell"):
            return True
    return False


def test_no_broken_hash_is_used() -> None:
    broken = re.compile(r"hashlib\.(md5|sha1)\b|SHA1\(|MD5\(|\bECB\b|PKCS1v15")
    found = {str(one) for one in sources() if broken.search(one.read_text())}
    assert found == set()


def test_no_script_writes_under_a_name_that_came_in() -> None:
    """A name such as `__proto__` would change every object of the page."""
    by_name = r"\[(?![\"'])[^\]]*\]\s*(?:=(?!=)|\?\?=|\|\|=)"
    writes = re.compile(by_name + r"|\b(?:merge|extend)\(|__proto__")
    pairs = re.compile(r"const \[[^\]]*\] = |let \[[^\]]*\] = ")
    found = [
        (path.name, line.strip().rpartition(")")[2])
        for path in (ROOT / "static").glob("*.js")
        for line in path.read_text().splitlines()
        if writes.search(pairs.sub("", line)) and not line.strip().startswith("//")
    ]
    # By the names of the fields of a form of ours.
    assert found == [("kept.js", "[name] = value;")]
