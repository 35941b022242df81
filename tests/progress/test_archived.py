"""A year in an archived program is read, and offers nothing that would be refused."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from preceptor.accounts.models import Membership
from progress.models import Goal, Milestone
from tests.access.world import World, make_world
from tests.cast import Cast

As = Callable[[Membership], Client]
GROWTH = "/o/tidewater/growth/"
HREF = re.compile(rf'<a [^>]*href="({GROWTH}[^"#?]*)')
FORM = re.compile(r'<form [^>]*?method="post".*?</form>', re.DOTALL)
ACTION = re.compile(r'action="([^"]*)"')
FRAMEWORKS = f"{GROWTH}frameworks/"
STAYS = ("/withdraw/", "/revoke/", "/logout/")
"""Who reads what stays a junior's to take back, also in an archived program."""


@pytest.fixture
def world(cast: Cast) -> World:
    """With one milestone of each kind of state, and goals to put in order."""
    world, now = make_world(cast), timezone.now()
    own = {"organisation": cast.tidewater, "plan": world.plan}
    for number in range(3):
        Goal.objects.create(
            **own,
            text=f"Goal {number}",
            position=number + 2,
            proposed_by=cast.tomasz,
            mentor_agreed_at=now,
        )
    stone = {**own, "kind": Milestone.Kind.CHECK_IN, "due_on": timezone.localdate()}
    by_junior = {"junior_signed_at": now - timedelta(days=1)}
    Milestone.objects.create(**stone, name="Half signed", **by_junior)
    Milestone.objects.create(
        **stone,
        name="Signed",
        **by_junior,
        mentor_signed_at=now,
        mentor_signed_by=cast.tomasz,
        signed_at=now,
    )
    Milestone.objects.create(
        **stone, name="Skipped", skipped_at=now, skipped_by=cast.ines, skip_reason="Ill"
    )
    return world


def offered(client: Client, first: str) -> Iterator[tuple[str, str]]:
    """Each page of the year that links lead to, and what its forms would send where."""
    seen, ahead = {first}, [first]
    while ahead:
        page = ahead.pop()
        response = client.get(page)
        if response.headers.get("Content-Type", "").split(";")[0] != "text/html":
            continue
        text = response.content.decode()
        for form in FORM.findall(text):
            if "<button" not in form:
                continue
            found = ACTION.search(form)
            yield page, found[1] if found else "by its buttons"
        links = set(HREF.findall(text)) - seen
        ahead += [one for one in links if not one.startswith(FRAMEWORKS)]
        seen |= links


@pytest.mark.parametrize("reader", ["ines", "tomasz", "ruth"])
def test_an_archived_year_offers_nothing_that_is_refused(
    reader: str, world: World, as_: As
) -> None:
    client = as_(getattr(world.cast, reader))
    first = f"{GROWTH}{world.plan.pk}/"
    before = list(offered(client, first))
    assert len(before) > (10 if reader != "ruth" else 1)
    world.cast.program.state = "archived"
    world.cast.program.save()
    found = offered(client, first)
    assert sorted(one for one in found if not one[1].endswith(STAYS)) == []
