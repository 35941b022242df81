"""The rows of the history: what triggers wrote of changes, and what acts left."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q

from preceptor.history import Kind, Verb


class HistoryEntry(models.Model):
    """That something was changed or done: by whom, when, from what to what.

    Written by triggers (`preceptor/history.py`) and by `preceptor.accounts.acts`; the
    database refuses to change one, and to remove one within a year. Rows are named by
    number, without keys: an entry stays when what it tells of goes. `person_id` and
    `other_id` are the memberships that it is about, `actor_id` is whose doing it was;
    of nobody's, `through` says which task, command or role of the database wrote.
    """

    at = models.DateTimeField()
    organisation = models.ForeignKey(
        "accounts.Organisation",
        on_delete=models.DO_NOTHING,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    kind = models.CharField(max_length=12, choices=Kind)
    what = models.CharField(max_length=60)
    """A model, as `pairings.pairing`, or a kind of `acts.Act`."""

    row_id = models.BigIntegerField(null=True)
    verb = models.CharField(max_length=10, choices=Verb)
    program_id = models.BigIntegerField(null=True)
    person_id = models.BigIntegerField(null=True)
    other_id = models.BigIntegerField(null=True)
    actor_id = models.BigIntegerField(null=True)
    request = models.CharField(max_length=64, blank=True)
    """What one request or task wrote bears one number."""

    through = models.CharField(max_length=100)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    """Of what was changed, the fields that changed alone."""

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["organisation", "at", "id"], name="entry_by_day"),
            models.Index(
                fields=["organisation", "kind", "at", "id"], name="entry_by_kind"
            ),
            *(
                models.Index(
                    fields=[f"{name}_id", "at", "id"],
                    condition=Q(**{f"{name}_id__isnull": False}),
                    name=f"entry_by_{name}",
                )
                for name in ("program", "person", "other", "actor")
            ),
            BrinIndex(fields=["at"], autosummarize=True, name="entry_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.row_id} {self.verb}"
