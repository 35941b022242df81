"""Files that wait to be confirmed, once somebody whom they name is erased."""

from datetime import UTC, datetime

import pytest
from tablib import Dataset

from preceptor.accounts.models import Membership, StagedUpload
from preceptor.personal import actions, erasing
from tests.cast import Cast

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
HEADERS = ["name", "email"]
pytestmark = pytest.mark.django_db


def waits(owner: Membership, name: str, body: bytes) -> None:
    StagedUpload.objects.create(
        organisation=owner.organisation,
        owner=owner,
        purpose="roster",
        name=name,
        body=body,
    )


def roster(member: Membership) -> Dataset:
    return Dataset([member.full_name, member.user.email], headers=HEADERS)


def test_what_names_them_goes_and_what_cannot_be_looked_into(cast: Cast) -> None:
    ines = roster(cast.ines)
    waits(cast.ruth, "ines.csv", ines.export("csv").encode())
    waits(cast.ruth, "ines.xlsx", ines.export("xlsx"))
    waits(cast.ruth, "ines-utf-16.csv", ines.export("csv").encode("utf-16"))
    waits(cast.ruth, "For Ines Carvalho.csv", b"name,email\n")
    waits(cast.ruth, "devon.csv", roster(cast.devon).export("csv").encode())
    waits(cast.otto, "elsewhere.xlsx", ines.export("xlsx"))

    erasure = actions.erase(actor=cast.olga, member=cast.ines, now=NOW)
    erasing.take_up(erasure.pk)

    left = StagedUpload.objects.order_by("pk").values_list("name", flat=True)
    assert list(left) == ["devon.csv", "elsewhere.xlsx"]
