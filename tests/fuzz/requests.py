"""One request that no page of ours sends, drawn from what its route takes."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final
from urllib.parse import quote, quote_from_bytes

from hypothesis import strategies as st

from tests.access.routes import ROUTES
from tests.access.world import PEOPLE
from tests.fuzz.schema import Page, public, takes
from tests.fuzz.values import FILE_NAMES, FILES, Value, texts

NOBODY: Final = "nobody"
HEADERS: Final[dict[str, Sequence[str]]] = {
    "HX-Request": ("true", "\ud800", "false"),
    "HX-Boosted": ("true",),
    "HX-Target": ("poll", "x" * 5_000, '"><i data-hostile>'),
    "HX-Current-URL": ("https://evil.example/?next=/", "\x00", "http://[", "x" * 9_000),
    "HX-Trigger-Name": ("a", "%"),
    "Triggering-Event": ("{", "[" * 20_000),
    "Referer": ("https://evil.example/", "http://[", "//"),
    "X-Forwarded-Host": ("evil.example",),
    "X-Forwarded-For": ("1, , ::1", "x" * 3_000, "fe80::1%0"),
    "X-Request-ID": ("é", "0" * 100, "\r\nx: y"),
    "If-None-Match": ("*", '"', 'W/"a", "b'),
    "If-Modified-Since": ("x", "Thu, 01 Jan 0001 00:00:00 GMT", "9" * 40),
    "Range": ("bytes=0-,1-2", "bytes=-9999999999999"),
    "Accept-Language": ("x" * 600, "de;q=9,*", "\x7f"),
    "Accept": ("*/*;q=x", "application/json"),
    "Authorization": ("Bearer é", "Basic ===", "Negotiate"),
    "Cookie": ("a", "view=%00; known=é:x:y", "messages=[[[[; csrftoken=\x01"),
    "X-CSRFToken": ("é" * 64,),
}
KINDS: Final = (
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "application/json",
    "text/plain; charset=klingon",
    "application/x-www-form-urlencoded; charset=utf-16",
    "multipart/form-data; boundary=",
    "",
)


Pairs = st.SearchStrategy[list[Any]]


@dataclass(slots=True)
class Sent:
    """As JSON it is one line of `kept.jsonl`. `args` replaces parts of the address."""

    person: str
    route: str
    method: str
    args: dict[str, Value] = field(default_factory=dict)
    query: list[list[Value]] = field(default_factory=list)
    fields: list[list[Value]] = field(default_factory=list)
    files: list[list[str]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    kind: str = KINDS[0]
    bare: bool = False
    """Without what the page of the form would have sent beside."""

    def line(self) -> str:
        return json.dumps(asdict(self), sort_keys=True)


def kept(line: str) -> Sent:
    return Sent(**json.loads(line))


def routes() -> list[tuple[str, str]]:
    """Every route with each method that it may meet; those of forms twice."""
    ours = [(name, m) for name, one in ROUTES.items() for m in one.methods]
    writes = [one for one in ours if one[1] == "POST"]
    others = [(name, method) for name in public() for method in ("GET", "POST")]
    return [*ours, *writes, *others]


@st.composite
def hostile(draw: st.DrawFn, known: Sequence[str] = ()) -> Sent:
    """`known` are more names of fields, which pages have been seen to send."""
    route, method = draw(st.sampled_from(routes()))
    names = takes(route)
    is_post = method == "POST"
    sent = Sent(draw(who(route, method)), route, method)
    sent.bare = draw(st.integers(0, 4)) == 0
    few = st.lists(
        st.tuples(st.sampled_from(sorted(names.query)), texts()).map(list), max_size=3
    )
    sent.query = draw(few)
    if draw(st.integers(0, 9)) == 0:
        sent.args = {"0": draw(texts())}
    if draw(st.integers(0, 2)) == 0:
        name = draw(st.sampled_from(sorted(HEADERS)))
        sent.headers = {name: draw(st.sampled_from(HEADERS[name]))}
    if draw(st.integers(0, 3)) == 0:
        sent.headers["HX-Request"] = "true"
    if is_post:
        _write(draw, sent, known)
    return sent


def who(route: str, method: str) -> st.SearchStrategy[str]:
    """Two of three may come in, as far as a table says; the others are anybody."""
    anybody = [*PEOPLE, *PEOPLE, NOBODY, "otto"]
    if route in ROUTES:
        within = [p for p in PEOPLE if ROUTES[route].expected(p, method) is None]
    else:
        within = [*PEOPLE, NOBODY]
    return st.integers(0, 2).flatmap(
        lambda n: st.sampled_from(within if n else anybody)
    )


def _write(draw: st.DrawFn, sent: Sent, known: Sequence[str]) -> None:
    names = takes(sent.route)
    fields = sorted({*names.fields, *known, "version"})
    pairs: Pairs = st.tuples(st.sampled_from(fields), texts()).map(list)
    sent.fields = draw(st.lists(pairs, min_size=1, max_size=5))
    if names.files and draw(st.sampled_from([True, False])):
        one: Pairs = st.tuples(
            st.sampled_from(sorted(names.files)),
            st.sampled_from(FILE_NAMES),
            st.sampled_from(sorted(FILES)),
        ).map(list)
        sent.files = draw(st.lists(one, min_size=1, max_size=2))
        sent.kind = KINDS[1]
    else:
        common = st.just(KINDS[0])
        sent.kind = draw(st.one_of(common, common, common, st.sampled_from(KINDS)))


def urlencoded(pairs: Sequence[tuple[str, str]]) -> str:
    """As a browser writes it, and half a character as its three bytes."""
    return "&".join(f"{quote(name)}={_quoted(value)}" for name, value in pairs)


def _quoted(text: str) -> str:
    return quote_from_bytes(text.encode("utf-8", "surrogatepass"), safe="")


def multipart(
    pairs: Sequence[tuple[str, str]], files: Sequence[Sequence[str]]
) -> bytes:
    parts = [
        b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
        % (name.encode(), value.encode("utf-8", "surrogatepass"))
        for name, value in pairs
    ]
    parts += [
        b'--x\r\nContent-Disposition: form-data; name="%s"; filename="%s"\r\n'
        b"Content-Type: text/html\r\n\r\n%s\r\n"
        % (name.encode(), called.encode("utf-8", "surrogatepass"), FILES[kind]())
        for name, called, kind in files
    ]
    return b"".join([*parts, b"--x--\r\n"])


def forms_of(body: str, path: str) -> Page:
    page = Page(path)
    page.feed(body)
    return page


def as_header(text: str) -> Any:
    """What a server passes on: bytes as letters, and no line end."""
    raw = text.encode("utf-8", "surrogatepass").decode("latin-1")
    return raw.replace("\r", "").replace("\n", "")
