from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """Holds what is closed from now on; rows that are there are not looked at.

    So the lock that writers wait for is as short as one without any rows.
    """

    dependencies = [("reviews", "0015_was_safe_of_the_closed")]

    operations = [
        AddConstraintNotValid(
            "reviewsession",
            models.CheckConstraint(
                condition=~Q(state="closed")
                | Q(is_logged=True)
                | ~Q(tool="") & ~Q(driver=""),
                name="reviewsession_closed_has_provenance",
            ),
        )
    ]
