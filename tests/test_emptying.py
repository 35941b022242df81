import pytest
from django.apps import apps
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType

from preceptor.accounts.entries import HistoryEntry
from tests.cast import Cast
from tests.emptying import empty


@pytest.mark.django_db(transaction=True)
def test_nothing_that_was_committed_stays_but_what_migrating_left(cast: Cast) -> None:
    """Nor what triggers keep of it, which nothing else deletes."""
    migrated = ContentType.objects.count(), Permission.objects.count()
    assert HistoryEntry.objects.exists()

    empty()

    models = apps.get_models(include_auto_created=True)
    filled = {model for model in models if model._base_manager.exists()}
    assert filled == {ContentType, Permission}
    assert (ContentType.objects.count(), Permission.objects.count()) == migrated
