from django.contrib.postgres.operations import (
    AddIndexConcurrently,
    RemoveIndexConcurrently,
)
from django.db import migrations, models


class Migration(migrations.Migration):
    """The days on which pairs met are read without their sessions.

    Nobody waits meanwhile, so it runs outside a transaction.
    """

    atomic = False
    dependencies = [("reviews", "0019_released_sessions")]

    operations = [
        AddIndexConcurrently(
            "reviewsession",
            models.Index(
                fields=["pairing", "-held_on"],
                include=["state", "next_on"],
                name="session_days_by_pairing",
            ),
        ),
        RemoveIndexConcurrently("reviewsession", "session_by_pairing"),
    ]
