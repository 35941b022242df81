"""Columns of text in which nobody writes: machines make or read what stands there."""

from typing import Any

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models

from preceptor.accounts.held import texts

KINDS = (models.CharField, models.TextField, models.JSONField, ArrayField)
OF_LIBRARIES = {
    "account",
    "auth",
    "contenttypes",
    "mfa",
    "sessions",
    "socialaccount",
    "usersessions",
}

MACHINES = {
    # The history is struck by functions of its own.
    "accounts.HistoryEntry": {"what", "request", "through", "before", "after"},
    # People themselves: theirs goes with the account, others' names are others'.
    "accounts.User": {"password", "email", "full_name", "time_zone"},
    "accounts.Membership": {"called"},
    "accounts.Invitation": {"email", "full_name", "token_hash"},
    "accounts.Organisation": {"time_zone", "slug"},
    # Goes as a whole where it names somebody.
    "accounts.StagedUpload": {"purpose", "name", "details"},
    "reviews.DrawnFile": {"language", "path", "note", "digest"},
    "signing_in.Provider": {
        *("code", "issuer", "client_id", "metadata_url", "metadata"),
    },
    "signing_in.Domain": {"name", "proof"},
    "notifications.CalendarSubscription": {"token_hash"},
    "notifications.Webhook": {"host"},
    "notifications.Host": {"name"},
    "notifications.Snooze": {"matter"},
    "notifications.Delivery": {"kind", "matter", "occurrence"},
    "notifications.Preferences": {"working_days"},
    "notifications.KindPreference": {"kind"},
    "notifications.Wording": {"kind"},
    "notifications.Pulse": {"name"},
    "personal.Archive": {"token_hash"},
    "personal.Erasure": {"also", "struck", "failure"},
    "pairings.Enrolment": {"languages"},
    "pairings.MatchRun": {"rules", "weights", "pins"},
    "reviews.Finding": {"category"},
    "reviews.ViewedFile": {"digest"},
    "progress.Competency": {"categories"},
    "progress.AutonomyGrant": {"stood"},
    "progress.Release": {"question"},
    "progress.MentorEvaluation": {"answers"},
    "progress.JuniorEvaluation": {"answers"},
    "progress.Evidence": {"diff_sha256", "category"},
    "progress.PlanLink": {"token_hash", "parts"},
    "progress.PlanReading": {"opened_at"},
    "insights.Scenario": {"currency"},
}


def unnamed() -> list[str]:
    """Columns of text of which nobody said whether people write there."""
    written = texts()
    return [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label not in OF_LIBRARIES
        for field in model._meta.local_fields
        if is_text(field)
        and field.name not in MACHINES.get(model._meta.label, ())
        and field.name not in written.get(model, ())
    ]


def is_text(field: Any) -> bool:
    return (
        isinstance(field, KINDS)
        and not field.choices
        and not isinstance(field, models.GeneratedField)
    )
