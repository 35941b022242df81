"""What the browser tests have in common."""

from collections.abc import Callable

from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import BrowserContext, Page

from preceptor.accounts.models import Membership

ContextOf = Callable[..., BrowserContext]
Enter = Callable[..., Page]


def signed_in(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def clean(page: Page) -> None:
    """No fault that axe finds."""
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
