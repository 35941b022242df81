"""The diff under keys and pointer, in a real browser and under the product's CSP."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe
from playwright.sync_api import Page, Request, Route, expect

from reviews.diffs import Side, parse
from reviews.drawing import draw, outlines
from reviews.markup import Anchor, says, with_says
from reviews.models import Blob

STATIC = Path(__file__).resolve().parents[2] / "static"
SITE = "http://diff.test"
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'"
DIFF = """\
diff --git a/src/a.py b/src/a.py
--- a/src/a.py
+++ b/src/a.py
@@ -1,5 +1,7 @@
 one
-two
-three
+2
+3
+4
 four
+4.5
 five
diff --git a/b.py b/b.py
--- a/b.py
+++ b/b.py
@@ -0,0 +1,2 @@
+first
+second
"""
FORM = (
    '<form class="findingform" action="/save" data-typed="/typed" '
    'data-discard="/typed"><input type="hidden" name="csrfmiddlewaretoken">'
    '<input type="hidden" name="key"><input type="hidden" name="draft_version">'
    '<input name="title" data-focus><span class="saved" role="status"></span>'
    '<button>Add finding</button> <a href="/" data-cancel>Cancel</a></form>'
    '<dialog id="leaving"></dialog>'
)
NOTE = mark_safe('<p><a href="#own-1">a note</a></p>')


def document() -> str:
    note = {Anchor(Side.NEW, 3): says(NOTE, is_small=True)}
    change = parse(DIFF.encode())
    files = outlines(change, Blob())
    draw(change, files)
    for file in files:
        blocks = note if file.number == 1 else {}
        html = with_says(file.html, file.number, blocks).decode()
        file.table = mark_safe(html)  # noqa: S308 - as it was drawn
    parts = [render_to_string("reviews/parts/file.html", {"file": f}) for f in files]
    return (
        '<!doctype html><html lang="en"><meta name="viewport" '
        'content="width=device-width"><link rel="stylesheet" href="/app.css">'
        '<script type="module" src="/diff.js"></script>'
        '<body class="wide"><header></header><main>'
        '<a href="/form?revision=1" data-finding-form>Add a finding</a>'
        '<input id="field">'
        + render_to_string("reviews/parts/views.html", {"viewing": {"view": "file"}})
        + "".join(parts)
        + render_to_string("reviews/parts/keys.html")
        + "</main></body></html>"
    )


@pytest.fixture
def asked() -> list[Request]:
    return []


@pytest.fixture
def diff(page: Page, asked: list[Request]) -> Page:
    """The page with two files, served without a server."""
    html = document()

    def answer(route: Route) -> None:
        path = re.sub(r"\?.*", "", route.request.url.removeprefix(SITE))
        if path == "/form":
            asked.append(route.request)
            route.fulfill(body=FORM, content_type="text/html")
        elif path == "/typed":
            route.fulfill(json={"says": "Saved 14:02", "version": 1})
        elif path == "/":
            headers = {"Content-Security-Policy": POLICY}
            route.fulfill(body=html, content_type="text/html", headers=headers)
        elif (STATIC / path[1:]).is_file():
            route.fulfill(path=STATIC / path[1:])
        else:
            route.fulfill(status=404)

    page.route("**/*", answer)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(SITE + "/")
    assert errors == []
    return page


def selected(page: Page) -> list[str]:
    ids: list[str] = page.eval_on_selector_all(
        "td.sel", "cells => cells.map(cell => cell.id)"
    )
    return ids


def press(page: Page, *keys: str) -> list[str]:
    for key in keys:
        page.keyboard.press(key)
    return selected(page)


def number(page: Page, name: str) -> Callable[..., None]:
    return page.locator(f"#{name} > a").click


def test_line_by_line_side_by_side(diff: Page) -> None:
    diff.set_viewport_size({"width": 1440, "height": 900})
    seen = [press(diff, "j") for _ in range(9)]
    assert [name for (name,) in seen] == [
        *("f1-n1", "f1-n2", "f1-n3", "f1-n4", "f1-n5", "f1-n6", "f1-n7"),
        *("f2-n1", "f2-n2"),
    ]
    assert press(diff, "j") == ["f2-n2"]
    assert press(diff, "k", "k") == ["f1-n7"]


def test_line_by_line_unified(diff: Page) -> None:
    diff.set_viewport_size({"width": 360, "height": 800})
    seen = [press(diff, "j") for _ in range(5)]
    assert [name for (name,) in seen] == ["f1-n1", "f1-o2", "f1-o3", "f1-n2", "f1-n3"]


def test_changes(diff: Page) -> None:
    """The next or the previous one, and the findings that stand between them."""
    note = "document.activeElement.closest('.says') !== null"
    seen = [(*press(diff, "n"), diff.evaluate(note)) for _ in range(5)]
    assert seen == [
        ("f1-n2", False),
        ("f1-n3", True),
        ("f1-n6", False),
        ("f2-n1", False),
        ("f2-n1", False),
    ]
    back = [(*press(diff, "p"), diff.evaluate(note)) for _ in range(3)]
    assert back == [("f1-n6", False), ("f1-n3", True), ("f1-n2", False)]
    assert press(diff, "j", "p") == ["f1-n2"]


def test_stretching_and_letting_go(diff: Page) -> None:
    assert press(diff, "n", "Shift+J", "Shift+J") == ["f1-n2", "f1-n3", "f1-n4"]
    assert press(diff, "Shift+K") == ["f1-n2", "f1-n3"]
    assert press(diff, "Escape") == []


def test_one_number_in_the_tab_order(diff: Page) -> None:
    press(diff, "j", "j")
    stops = diff.eval_on_selector_all(
        "#f1 td > a:not([tabindex])", "links => links.map(link => link.hash)"
    )
    assert stops == ["#f1-n2"]
    assert diff.evaluate("document.activeElement.hash") == "#f1-n2"


def test_click_shift_click_and_address(diff: Page) -> None:
    number(diff, "f1-n2")()
    assert selected(diff) == ["f1-n2"]
    expect(diff).to_have_url(SITE + "/#f1-n2")
    number(diff, "f1-n5")(modifiers=["Shift"])
    assert selected(diff) == ["f1-n2", "f1-n3", "f1-n4", "f1-n5"]
    number(diff, "f1-o2")(modifiers=["Shift"])
    assert selected(diff) == ["f1-o2"]


def test_drag(diff: Page) -> None:
    diff.locator("#f1-n6 > a").hover()
    diff.mouse.down()
    diff.locator("#f1-n4 > a").hover()
    diff.mouse.up()
    diff.locator("#f2-n1 > a").hover()
    assert selected(diff) == ["f1-n4", "f1-n5", "f1-n6"]


def test_a_link_to_a_line_selects_it(diff: Page) -> None:
    diff.evaluate("location.hash = '#f1-o3'")
    diff.wait_for_selector("#f1-o3.sel")


def test_the_form_stands_below_the_selected_lines(
    diff: Page, asked: list[Request]
) -> None:
    press(diff, "n", "Shift+J", "c")
    diff.wait_for_selector(".findingform")
    (request,) = asked
    assert request.url == (
        SITE + "/form?revision=1&path=src%2Fa.py&side=new&from=2&to=3"
    )
    assert request.headers["hx-request"] == "true"
    assert diff.evaluate("document.activeElement.name") == "title"
    above = "document.querySelector('.findingform').closest('tbody')" + (
        ".previousElementSibling.lastElementChild.cells[1].id"
    )
    assert diff.evaluate(above) == "f1-n3"


def test_the_form_goes_and_the_run_is_whole_again(diff: Page) -> None:
    before = diff.locator("#f1 table").inner_html()
    press(diff, "n", "c")
    diff.wait_for_selector(".findingform")
    form = diff.locator(".findingform")
    diff.click("[data-cancel]")
    expect(form).to_have_count(0)
    assert selected(diff) == ["f1-n2"]
    press(diff, "c")
    expect(form).to_be_visible()
    press(diff, "Escape", "Escape")
    expect(form).to_have_count(0)
    plain = re.compile(r'\s|tabindex="-1"|class="[^"]*"')
    after = diff.locator("#f1 table").inner_html()
    assert plain.sub("", after) == plain.sub("", before)


def test_a_form_with_text_is_kept(diff: Page, asked: list[Request]) -> None:
    press(diff, "n", "c")
    diff.wait_for_selector(".findingform")
    diff.keyboard.type("jack? no")
    number(diff, "f1-n6")()
    press(diff, "c")
    assert diff.input_value(".findingform [name=title]") == "jack? no"
    assert len(asked) == 1


def test_the_button_without_a_selection_is_a_link(diff: Page) -> None:
    diff.click("[data-finding-form]")
    diff.wait_for_url(SITE + "/form?revision=1")


def test_the_button_with_a_selection_opens_the_form(diff: Page) -> None:
    number(diff, "f1-o2")()
    diff.click("[data-finding-form]")
    diff.wait_for_selector(".findingform")
    expect(diff).to_have_url(SITE + "/#f1-o2")


def test_keys_are_off_in_a_field(diff: Page) -> None:
    diff.focus("#field")
    assert press(diff, "j", "n", "?") == []
    assert diff.input_value("#field") == "jn?"
    assert not diff.locator("#keys").is_visible()


def test_the_list_of_keys(diff: Page) -> None:
    press(diff, "?")
    assert diff.locator("#keys").is_visible()
    press(diff, "?")
    assert not diff.locator("#keys").is_visible()


def test_one_file_or_all_of_them_unified(diff: Page) -> None:
    def views() -> list[bool]:
        unified: list[bool] = diff.eval_on_selector_all(
            ".file", "files => files.map(file => file.classList.contains('unified'))"
        )
        return unified

    assert views() == [False, True]
    diff.click("#f1 label:has-text('Unified')")
    assert views() == [True, True]
    with diff.expect_request(lambda sent: sent.url.endswith("?view=split")):
        diff.click(".views a:has-text('Side by side')")
    assert views() == [False, False]
    assert diff.is_checked("#f2 [value=split]")
    assert diff.get_attribute(".views [data-view=split]", "aria-current") == "true"
