from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """The days that pairs named for their next session, and where they named none.

    Nobody waits meanwhile, so it runs outside a transaction.
    """

    atomic = False
    dependencies = [("reviews", "0020_session_days_by_pairing")]

    operations = [
        AddIndexConcurrently(
            "reviewsession",
            models.Index(
                fields=["next_on", "closed_at"],
                condition=models.Q(state="closed"),
                name="session_by_next_day",
            ),
        ),
    ]
