import os
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import override_settings
from playwright.sync_api import BrowserType, expect

from tests.chromium import ARGUMENTS, NoChromium, found

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
def collected_static_files() -> None:
    """The live server serves what stands in STATIC_ROOT, under plain names."""
    storage = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with override_settings(STORAGES={"staticfiles": storage}):
        call_command("collectstatic", interactive=False, verbosity=0)
