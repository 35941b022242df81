from collections.abc import Callable

import hypothesis
import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from preceptor.accounts.models import Membership
from tests.cast import Cast, make_cast

pytest_plugins = ["tests.notifications.processes"]

# A busy machine may take longer over one example.
hypothesis.settings.register_profile(
    "patient", hypothesis.settings.default, deadline=None
)
hypothesis.settings.load_profile("patient")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What must stay together takes longest, so that a worker begins with it."""
    items.sort(key=lambda item: item.get_closest_marker("xdist_group") is None)


@pytest.fixture(autouse=True)
def quick_settings(settings: Settings) -> None:
    """Passwords are hashed quickly, and static names stay as they are.

    No test runs into the tries of those before it: all come from one address.
    """
    settings.ACCOUNT_RATE_LIMITS = False
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    storage = "django.contrib.staticfiles.storage.StaticFilesStorage"
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": storage}}


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def as_(db: None) -> Callable[[Membership], Client]:
    """A client that is signed in as a member."""

    def client_of(member: Membership) -> Client:
        client = Client()
        client.force_login(member.user)
        return client

    return client_of
