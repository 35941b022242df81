"""What a route takes: from its view, the forms that it names, and the page it draws."""

import inspect
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from typing import Any, Final

from django.forms.forms import BaseForm
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve
from django.urls.converters import IntConverter

ASKED: Final = re.compile(
    r"\b(GET|POST)\b(?:\.get(?:list)?\(|\[|\.)\s*[\"'](\w+)[\"']|asked\w*\([^)]*\"(\w+)\""
)
FORMS: Final = re.compile(r"\b(\w+Form)\b")
ALWAYS: Final = ("next", "page", "back", "q", "version", "seen", "key", "pairing")


@dataclass(slots=True)
class Takes:
    """The names of a route's fields, and those of its address."""

    fields: set[str] = field(default_factory=set)
    query: set[str] = field(default_factory=set)
    files: set[str] = field(default_factory=set)


def patterns() -> Iterator[tuple[str, URLPattern, bool]]:
    """Each route's name; whether it is an organisation's."""
    for one in get_resolver().url_patterns:
        if isinstance(one, URLResolver):
            yield from _within(one, (), is_ours=str(one.pattern).startswith("o/"))
        else:
            yield str(one.name), one, False


def _within(
    resolver: URLResolver, spaces: tuple[str, ...], *, is_ours: bool
) -> Iterator[tuple[str, URLPattern, bool]]:
    inner = (*spaces, resolver.app_name) if resolver.app_name else spaces
    for one in resolver.url_patterns:
        if isinstance(one, URLResolver):
            yield from _within(one, inner, is_ours=is_ours)
        else:
            yield ":".join((*inner, str(one.name))), one, is_ours


@cache
def public() -> dict[str, list[str]]:
    """Routes outside of organisations, and of what kind each part of an address is."""
    return {
        name: [
            "int" if isinstance(one, IntConverter) else "text"
            for one in pattern.pattern.converters.values()
        ]
        for name, pattern, is_ours in patterns()
        if not is_ours and name != "None"
    }


@cache
def takes(name: str) -> Takes:
    """What the view's module asks for by name, and the fields of the forms in it."""
    callback = next(one.callback for n, one, _ in patterns() if n == name)
    view: Any = inspect.unwrap(getattr(callback, "view_class", callback))
    module: Any = inspect.getmodule(view)
    found = Takes(query=set(ALWAYS))
    for kind, asked, otherwise in ASKED.findall(inspect.getsource(module)):
        (found.fields if kind == "POST" else found.query).add(asked or otherwise)
    forms = {getattr(view, "form_class", None)}
    forms |= {getattr(module, one, None) for one in _named(view)}
    for form in forms:
        if inspect.isclass(form) and issubclass(form, BaseForm):
            _add(found, form)
    return found


def _named(view: Any) -> set[str]:
    return set(FORMS.findall(inspect.getsource(inspect.getmodule(view) or view)))


def _add(found: Takes, form: Any) -> None:
    for name, one in getattr(form, "base_fields", {}).items():
        is_file = getattr(one.widget, "needs_multipart_form", False)
        (found.files if is_file else found.fields).add(name)


class Page(HTMLParser):
    """The forms of a page, by the route that each is sent to, as it would send them."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path, self.route = path, ""
        self.sent: dict[str, list[tuple[str, str]]] = defaultdict(list)
        self.files: dict[str, set[str]] = defaultdict(set)
        self.named, self.words, self.first = "", "", ""
        self.is_typed = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attrs}
        name = given.get("name", "")
        if tag == "form":
            is_post = given.get("method", "").lower() == "post"
            self.route = route_at(given.get("action") or self.path) if is_post else ""
        elif not self.route:
            return
        elif tag == "option" and self.named:
            self._option(given)
        elif tag in ("select", "textarea"):
            self.named, self.words, self.first = name, "", ""
            self.is_typed = tag == "textarea"
        elif name and given.get("type") == "file":
            self.files[self.route].add(name)
        elif name and tag in ("input", "button"):
            is_box = given.get("type") in ("checkbox", "radio")
            if not is_box or "checked" in given:
                self.sent[self.route].append((name, given.get("value", "")))

    def _option(self, given: dict[str, str]) -> None:
        value = given.get("value", "")
        self.first = self.first or value
        if "selected" in given:
            self.words = value

    def handle_data(self, data: str) -> None:
        if self.named and self.is_typed:
            self.words += data

    def handle_endtag(self, tag: str) -> None:
        if tag in ("select", "textarea") and self.named:
            value = self.words or self.first
            self.sent[self.route].append((self.named, value.strip()))
            self.named = ""
        elif tag == "form":
            self.route = ""


def route_at(path: str) -> str:
    """The name of the route that a path leads to; nothing where it leads nowhere."""
    try:
        match = resolve(path.partition("?")[0])
    except Resolver404:
        return ""
    return ":".join([*match.app_names, match.url_name or ""])
