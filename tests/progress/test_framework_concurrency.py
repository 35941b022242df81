"""Frameworks at the same moment, on real connections of their own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from preceptor.accounts.models import Membership
from preceptor.http import Conflict
from progress.actions.frameworks import (
    adopt_starter,
    begin_draft,
    publish,
    version_to_begin_with,
)
from progress.frameworks.changes import fingerprint
from progress.models import Area, Framework, FrameworkVersion
from tests.cast import Cast, make_cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def draft(cast: Cast) -> FrameworkVersion:
    version = adopt_starter(organisation_id=cast.tidewater.pk, now=timezone.now())
    return begin_draft(actor=cast.mark, framework=version.framework, now=timezone.now())


def while_open(first: Callable[[], object], second: Callable[[], object]) -> str:
    """Begins the second in the first one's transaction; how the second went.

    The first one's stays open until the second has had time to run into it.
    """
    is_written, has_begun = Event(), Event()

    def opening() -> None:
        with transaction.atomic():
            first()
            is_written.set()
            has_begun.wait(timeout=10)
            Event().wait(0.4)
        connection.close()

    def following() -> str:
        is_written.wait(timeout=10)
        has_begun.set()
        try:
            second()
        except (IntegrityError, Conflict) as refusal:
            return type(refusal).__name__
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(2) as pool:
        before, after = pool.submit(opening), pool.submit(following)
        before.result(timeout=30)
        return after.result(timeout=30)


def test_two_first_plans_adopt_the_starter_once(cast: Cast) -> None:
    def begin() -> object:
        return transaction.atomic(version_to_begin_with)(cast.program)

    assert while_open(begin, begin) == "done"
    assert Framework.objects.get().is_default


def test_no_row_slips_into_a_version_while_it_is_published(
    cast: Cast, draft: FrameworkVersion
) -> None:
    def publishing() -> None:
        FrameworkVersion.objects.filter(pk=draft.pk).update(published_at=timezone.now())

    def adding() -> None:
        Area.objects.create(
            organisation=cast.tidewater, version=draft, name="Late", position=99
        )

    assert while_open(publishing, adding) == "IntegrityError"
    assert not Area.objects.filter(name="Late").exists()


def test_a_version_is_published_after_the_row_that_is_being_written(
    cast: Cast, draft: FrameworkVersion
) -> None:
    seen = fingerprint(draft.content())

    def adding() -> None:
        Area.objects.create(
            organisation=cast.tidewater, version=draft, name="In time", position=99
        )

    assert while_open(adding, publishing(cast.mark, draft, seen)) == "Unseen"
    draft.refresh_from_db()
    assert draft.is_draft


def test_two_publish_one_draft_once(cast: Cast, draft: FrameworkVersion) -> None:
    seen = fingerprint(draft.content())
    one, other = (publishing(member, draft, seen) for member in (cast.mark, cast.olga))
    assert while_open(one, other) == "Conflict"
    draft.refresh_from_db()
    assert draft.published_by == cast.mark


def publishing(
    member: Membership, draft: FrameworkVersion, seen: str
) -> Callable[[], object]:
    return lambda: publish(
        actor=member, draft=draft, note="", seen=seen, now=timezone.now()
    )
