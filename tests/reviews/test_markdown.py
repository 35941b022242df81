"""Markdown of findings and lessons: what shows, and what never gets through."""

import re
from time import thread_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preceptor.leaving import leaves, link
from reviews.markdown import LONGEST, TAGS, html


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "a *b* **c** ~~d~~ `e<f`",
            "<p>a <em>b</em> <strong>c</strong> <s>d</s> <code>e&lt;f</code></p>\n",
        ),
        ("one\ntwo", "<p>one<br>\ntwo</p>\n"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"),
        ("3. a", '<ol start="3">\n<li>a</li>\n</ol>\n'),
        ("> said", "<blockquote>\n<p>said</p>\n</blockquote>\n"),
        (
            "```python\nif a < b:\n    pass\n```",
            "<pre><code>if a &lt; b:\n    pass\n</code></pre>\n",
        ),
        ("# Title", "<p><strong>Title</strong></p>\n"),
        ("Title\n---", "<p><strong>Title</strong></p>\n"),
        ("", ""),
    ],
)
def test_shows(text: str, expected: str) -> None:
    assert html(text) == expected


def test_links_say_nothing_about_us() -> None:
    assert html('[x](https://a.example/?q=1&r "t")') == (
        '<p><a href="https://a.example/?q=1&amp;r" title="t" '
        'rel="external nofollow noopener noreferrer ugc" target="_blank">'
        'x<span class="unseen">, opens another site</span></a></p>\n'
    )


@pytest.mark.parametrize(
    "address",
    ["https://a.example", "//a.example/x", "HTTP://a.example", "http://localhost:1/"],
)
def test_whatever_leads_to_another_site_is_marked(address: str) -> None:
    for text in (f"[x]({address})", f"[x]\n\n[x]: {address}"):
        assert 'rel="external ' in html(text)
    assert leaves(address)


def test_a_backslash_is_what_browsers_take_it_for() -> None:
    assert leaves("\\\\a.example")
    assert leaves("/\\a.example")
    assert 'href="/%5Ca.example"' in html("[x](/\\a.example)")


@pytest.mark.parametrize(
    "address",
    ["/o/tidewater/", "#one", "http://localhost:8000/o/x/", "mailto:a@b.example"],
)
def test_our_own_links_are_not(address: str) -> None:
    assert html(f"[x]({address})") == f'<p><a href="{address}">x</a></p>\n'


def test_an_address_that_is_none_of_the_web_is_text() -> None:
    assert link("javascript:alert(1)", "<x>") == "&lt;x&gt;"
    assert link("https://a.example/?a&b", "<x>") == (
        '<a href="https://a.example/?a&amp;b" '
        'rel="external nofollow noopener noreferrer ugc" target="_blank">'
        '&lt;x&gt;<span class="unseen">, opens another site</span></a>'
    )


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](vbscript:x)",
        "<javascript:alert(1)>",
        "![pixel](https://a.example/pixel.png)",
        '<a href="x" onclick="y">z</a>',
        "`<style>*{display:none}</style>`",
        "<!-- --><iframe src=//a.example>",
    ],
)
def test_nothing_runs_or_loads(text: str) -> None:
    found = re.findall("<([a-z]+)([^>]*)>", html(text))
    assert {name for name, _ in found} <= TAGS
    assert not any(re.search("on\\w+=|script:|data:|src=", rest) for _, rest in found)


def test_long_text_stays_as_written() -> None:
    text = "*a* <b>\n" * LONGEST
    assert html(text).startswith("<p>*a* &lt;b&gt;<br>*a* &lt;b&gt;<br>")


@pytest.mark.parametrize(
    "piece",
    ["[", "*a ", "**a_ ", "`", "> ", "- ", "[](", "<a ", "&", "\\", "~~", "![["],
)
def test_hostile_text_costs_bounded_time(piece: str) -> None:
    text = (piece * LONGEST)[:LONGEST]
    started = thread_time()
    html(text)
    assert thread_time() - started < 5


@given(st.text("<>[]()!*_`~#&;:/\\\n abjs\"'=", max_size=60))
def test_only_known_tags_ever(text: str) -> None:
    for name, attributes in re.findall("<([^ >/]*)([^>]*)>", html(text)):
        assert name.strip("/") in {*TAGS, ""}
        assert set(re.findall(r'([\w-]+)="', attributes)) <= {
            *("href", "title", "rel", "start"),
        }
