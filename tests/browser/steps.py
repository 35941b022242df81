"""What the browser tests have in common."""

from collections.abc import Callable
from urllib.parse import urljoin

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

ContextOf = Callable[..., BrowserContext]
Enter = Callable[..., Page]
CONTRAST = {"runOnly": ["color-contrast"], "resultTypes": ["violations"]}
UNDERWAY = ".htmx-request, .htmx-swapping, .htmx-added, .htmx-settling"


def settled(page: Page) -> None:
    """The page has come whole, and no answer to it is on its way."""
    page.wait_for_load_state()
    expect(page.locator(UNDERWAY)).to_have_count(0)


def clean(page: Page) -> None:
    """No fault that axe finds."""
    settled(page)
    # Without motion no colour is on its way to another while it is looked at.
    page.emulate_media(reduced_motion="reduce")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def problems(page: Page) -> list[str]:
    """What axe finds in light and in dark, and whether the page scrolls sideways.

    Dark differs in its colours alone, so that only contrast is looked at again.
    """
    settled(page)
    axe = Axe()
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    violations = axe.run(page).response["violations"]
    page.emulate_media(color_scheme="dark")
    violations += axe.run(page, options=CONTRAST).response["violations"]
    found = [f"{v['id']}: {v['nodes'][0]['html']}" for v in violations]
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        found.append("it scrolls sideways")
    return found


def copied(page: Page) -> str:
    """What is on the clipboard. No page of ours may read it: one beside them has to."""
    beside = page.context.new_page()
    beside.route("**/beside", lambda route: route.fulfill(body="beside"))
    beside.goto(urljoin(page.url, "/beside"))
    beside.bring_to_front()
    text: str = beside.evaluate("navigator.clipboard.readText()")
    beside.close()
    return text
