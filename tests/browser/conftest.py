import os
from collections.abc import Callable, Iterator
from functools import wraps
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import override_settings
from playwright.sync_api import (
    Browser,
    BrowserContext,
    BrowserType,
    CDPSession,
    Locator,
    Page,
    expect,
)
from pytest_django.live_server_helper import LiveServer

from preceptor.accounts.models import Membership
from tests.browser.steps import ContextOf, Enter
from tests.cast import Cast, make_cast
from tests.chromium import ARGUMENTS, NoChromium, found
from tests.clients import signed_in

# Playwright's synchronous interface runs an event loop in the thread of the test.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
# A busy machine may take longer over a page.
expect.set_options(timeout=20_000)


@pytest.fixture(scope="session")
def browser_type_launch_args(
    browser_type_launch_args: dict[str, Any], browser_type: BrowserType
) -> dict[str, Any]:
    own = Path(browser_type.executable_path)
    try:
        path = found(own)
    except NoChromium as error:
        pytest.exit(str(error), returncode=1)
    if path is None:
        pytest.exit("There is no Chromium: `make test` brings one.", returncode=1)
    arguments = ["--no-sandbox", *ARGUMENTS] if os.geteuid() == 0 else ARGUMENTS
    named = {} if path == own else {"executable_path": path}
    return {**browser_type_launch_args, **named, "args": arguments}


@pytest.fixture(scope="session", autouse=True)
def collected_static_files(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The live server serves what stands in STATIC_ROOT, under plain names."""
    settings.STATIC_ROOT = tmp_path_factory.mktemp("static")
    storage = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with override_settings(STORAGES={"staticfiles": storage}):
        call_command("collectstatic", interactive=False, verbosity=0)


def _until_it_is_there(act: Callable[..., None]) -> Callable[..., None]:
    @wraps(act)
    def acted(locator: Locator, *args: Any, **options: Any) -> None:
        act(locator, *args, **options)
        locator.page.wait_for_load_state()

    return acted


@pytest.fixture(scope="session", autouse=True)
def pages_come_whole() -> Iterator[None]:
    """Who clicks on what leads to another page goes on once that is there.

    Playwright itself waits for the beginning of the answer: the test would type before
    the scripts of the page listen, or leave before they have done their part.
    """
    with pytest.MonkeyPatch.context() as patch:
        for name in ("click", "dblclick", "press"):
            patch.setattr(Locator, name, _until_it_is_there(getattr(Locator, name)))
        yield


@pytest.fixture
def people(transactional_db: None) -> Cast:
    return make_cast()


@pytest.fixture
def context_of(browser: Browser, live_server: LiveServer) -> Iterator[ContextOf]:
    """A browser of somebody's own, signed in; options are those of `new_context`."""
    contexts: list[BrowserContext] = []

    def open_for(member: Membership, **options: Any) -> BrowserContext:
        context = browser.new_context(base_url=live_server.url, **options)
        contexts.append(context)
        name = settings.SESSION_COOKIE_NAME
        value = signed_in(member).cookies[name].value
        context.add_cookies([{"name": name, "value": value, "url": live_server.url}])
        return context

    yield open_for
    for context in contexts:
        context.close()


@pytest.fixture
def enter(context_of: ContextOf) -> Enter:
    """The same, and its first page."""
    return lambda member, **options: context_of(member, **options).new_page()


@pytest.fixture
def authenticator(page: Page) -> Iterator[CDPSession]:
    """A device with a fingerprint reader that keeps passkeys."""
    page.set_default_timeout(30_000)
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    yield session
    session.detach()
