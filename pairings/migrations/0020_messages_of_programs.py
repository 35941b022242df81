"""What the app of messages says of programs refers to programs of the same organisation.

That app lies below this one, so the keys are added here.
"""

from django.db import migrations

TABLES = ("delivery", "webhook", "programmessages", "wording")


def add(table: str) -> str:
    return f"""
        ALTER TABLE notifications_{table}
        ADD CONSTRAINT {table}_program FOREIGN KEY (program_id, organisation_id)
        REFERENCES pairings_program (id, organisation_id) ON DELETE CASCADE
        DEFERRABLE INITIALLY DEFERRED;
    """


def drop(table: str) -> str:
    return f"ALTER TABLE notifications_{table} DROP CONSTRAINT {table}_program;"


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0004_reachable"),
        ("pairings", "0019_documents_of_version_2"),
    ]

    operations = [migrations.RunSQL(add(table), drop(table)) for table in TABLES]
