"""How a diff is laid out is chosen in sight, and kept by the server's cookie alone."""

from playwright.sync_api import expect

from tests.browser.steps import ContextOf
from tests.browser.test_reading import opened, reading
from tests.cast import Cast


def test_a_layout_that_was_chosen_stays(people: Cast, context_of: ContextOf) -> None:
    context = context_of(people.ines)
    page = reading(context, opened(people))
    # The first is the server's to lay out, so its page comes anew with its cookie.
    for name, view in (("As it fits", "file"), ("Unified", "unified")):
        link = page.locator(".views").get_by_text(name)
        with page.expect_request_finished(lambda sent: "?view=" in sent.url):
            link.click()
        expect(link).to_have_attribute("aria-current", "true")
        kept = [one for one in context.cookies() if one["name"] == "view"]
        assert [(one["value"], one["httpOnly"]) for one in kept] == [(view, True)]
    page.reload()
    unified = page.locator(".views a[data-view=unified]")
    expect(unified).to_have_attribute("aria-current", "true")
