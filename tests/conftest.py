import gc
from collections.abc import Callable, Iterator
from datetime import time
from uuid import uuid4

import hypothesis
import pytest
from django.conf import settings as real_settings
from django.test import Client, TransactionTestCase
from django.utils import timezone
from pytest_django import DjangoDbBlocker
from pytest_django.fixtures import Settings

from preceptor import doors
from preceptor.accounts.models import Membership
from preceptor.notifications import hours
from preceptor.notifications.models import Preferences
from tests.cast import Cast, make_cast
from tests.clients import signed_in
from tests.emptying import empty
from tests.template import template

pytest_plugins = ["tests.notifications.processes"]

# A busy machine may take longer over one example.
hypothesis.settings.register_profile(
    "patient", hypothesis.settings.default, deadline=None
)
hypothesis.settings.load_profile("patient")


# Workers take one file after the other: those that take longest come first, so that
# the workers end together.
LONGEST = (
    "tests/faults/test_faults.py",
    "tests/upgrade/test_upgrade.py",
    "tests/test_up.py",
    "tests/access/test_rights.py",
    "tests/insights/test_demo.py",
    "tests/notifications/test_celery.py",
    "tests/test_embedded.py",
    "tests/reviews/test_hidden.py",
    "tests/browser/test_year.py",
    "tests/browser/test_week.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    order = {name: number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: order.get(item.location[0], len(order)))


def pytest_collection_finish() -> None:
    """What stands by now stays: no collection of garbage looks at it again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None,
    django_db_blocker: DjangoDbBlocker,
) -> None:
    """Test databases begin as copies: migrating takes longer than most tests."""
    with django_db_blocker.unblock():
        real_settings.DATABASES["default"]["TEST"]["TEMPLATE"] = template()


@pytest.fixture(scope="session", autouse=True)
def quick_emptying() -> None:
    """After a test that commits, the tables are emptied in a tenth of the time."""
    # Django's own way has no name that its types know, and no setting.
    TransactionTestCase._fixture_teardown = lambda case: empty()  # type: ignore[attr-defined]


def at_any_hour() -> Preferences:
    return Preferences(
        working_days=[1, 2, 3, 4, 5, 6, 7], quiet_from=time(), quiet_until=time()
    )


@pytest.fixture(autouse=True)
def reachable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who never chose reads messages at any hour, or tests would depend on the day."""
    monkeypatch.setattr(hours, "usual", at_any_hour)


@pytest.fixture(autouse=True)
def at_home() -> Iterator[None]:
    """The day of a test is that of the cast, who live in London.

    In summer another day has begun there an hour before it does by UTC.
    """
    with timezone.override("Europe/London"):
        yield


@pytest.fixture(autouse=True)
def quick_settings(settings: Settings) -> None:
    """Passwords are hashed quickly, and static names stay as they are."""
    settings.ACCOUNT_RATE_LIMITS = False
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    storage = "django.contrib.staticfiles.storage.StaticFilesStorage"
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": storage}}


_COUNTED = doors._seconds


@pytest.fixture(autouse=True)
def open_doors(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test runs into the tries of those before it: all come from one address."""
    monkeypatch.setattr(doors, "_seconds", lambda *args, **kwargs: 0)


@pytest.fixture
def counted(open_doors: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The doors count as they do outside of tests, from nothing on."""
    own = uuid4().hex
    monkeypatch.setattr(doors, "_seconds", _COUNTED)
    monkeypatch.setattr(doors, "hashed", lambda text: f"{own}:{text}")


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def as_(db: None) -> Callable[[Membership], Client]:
    """A client that is signed in as a member."""
    return signed_in
