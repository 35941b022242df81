from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    """Looks the rows through that were there, while others read and write on."""

    dependencies = [("reviews", "0017_provenance_of_the_closed")]

    operations = [
        ValidateConstraint("reviewsession", "reviewsession_closed_has_provenance")
    ]
