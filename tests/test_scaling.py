"""What docs/scaling.md says of the tables: each row says whose it is."""

import re
from pathlib import Path

from django.apps import apps
from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models

ROOT = Path(__file__).resolve().parent.parent
OURS = ("preceptor", "pairings", "reviews", "progress")
SHARED = {"accounts.User", "accounts.Organisation", "notifications.Host"} | {
    "notifications.Pulse",
    "accounts.User_groups",
    "accounts.User_user_permissions",
}
"""What is no organisation's: who signs in, and the machinery."""
BEYOND = {
    "signing_in.Domain name",
    "signing_in.Provider code",
    "accounts.Invitation token_hash",
    "notifications.CalendarSubscription token_hash",
    "progress.PlanLink token_hash",
    "reviews.ReviewSession staged_as",
    "reviews.Revision staged_as",
    "reviews.Transcript staged_as",
    "notifications.Webhook program_id",
    "notifications.ProgramMessages program_id",
    "notifications.Wording program_id, kind",
}
"""Unique without the organisation, and over no row that has one: what the page says
must change before tables lie in several databases."""


def ours() -> list[type[models.Model]]:
    found = apps.get_models(include_auto_created=True)
    return [one for one in found if one.__module__.split(".")[0] in OURS]


def keys(model: type[models.Model]) -> list[list[str]]:
    """The fields of each unique key but the primary one."""
    alone = [
        [one.name] for one in model._meta.fields if one.unique and not one.primary_key
    ]
    found = [
        [*one.fields, *re.findall(r"\bF\((\w+)\)", str(one.expressions))]
        for one in model._meta.constraints
        if isinstance(one, models.UniqueConstraint)
    ]
    return alone + found


def names_organisation(model: type[models.Model], key: list[str]) -> bool:
    """By itself, or by a row that has one organisation."""
    if any("organisation" in part for part in key):
        return True
    fields = {field.name: field for field in model._meta.fields}
    targets = [fields[name].related_model for name in key if name in fields]
    return any(
        target in ours() and target._meta.label not in SHARED
        for target in targets
        if target
    )


def test_every_table_of_the_domain_carries_its_organisation() -> None:
    without = {
        one._meta.label
        for one in ours()
        if "organisation" not in {field.name for field in one._meta.fields}
    }
    assert without == SHARED


def test_what_is_unique_beyond_an_organisation_is_named() -> None:
    beyond = {
        f"{model._meta.label} {', '.join(key)}"
        for model in ours()
        if model._meta.label not in SHARED
        for key in keys(model)
        if not names_organisation(model, key)
    }
    assert beyond == BEYOND
    page = (ROOT / "docs" / "scaling.md").read_text()
    for named in ("domain_of_one", "Provider.code", "staged_as", "program_id"):
        assert f"`{named}`" in page


def test_exclusions_are_over_rows_of_one_organisation() -> None:
    page = (ROOT / "docs" / "scaling.md").read_text()
    for model in ours():
        for one in model._meta.constraints:
            if isinstance(one, ExclusionConstraint):
                assert f"`{one.name}`" in page
