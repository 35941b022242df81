"""What a junior answered about a mentor is read by their own form alone."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from pairings.models import Pairing
from preceptor.accounts.models import Membership
from preceptor.http import url
from progress.models import Batch, MentorEvaluation
from tests.access.routes import ROUTES
from tests.access.world import PEOPLE, World, make_world
from tests.cast import Cast

As = Callable[[Membership], Client]
AUTHOR = "ines"
COLUMN = '"progress_mentorevaluation"."answers"'


def answered(world: World) -> None:
    """Ines answered about Tomasz near the end, and may do so still."""
    ends_on = timezone.localdate() + timedelta(days=10)
    Pairing.objects.filter(pk=world.cast.pairing.pk).update(ends_on=ends_on)
    batch = Batch.objects.create(
        organisation=world.cast.tidewater, mentor=world.cast.tomasz
    )
    MentorEvaluation.objects.create(
        organisation=world.cast.tidewater,
        pairing=world.cast.pairing,
        occasion="completion",
        answers={"time": 1},
        batch=batch,
    )


def test_no_route_reads_somebody_elses_answers(cast: Cast, as_: As) -> None:
    """Every page, list, filter and export, as everybody, by what they ask for."""
    world = make_world(cast)
    answered(world)
    read: set[tuple[str, str]] = set()
    here: list[tuple[str, str]] = []

    def watch(
        execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        if COLUMN in sql:
            read.add(here[-1])
        return execute(sql, params, many, context)

    for person in PEOPLE:
        client = as_(getattr(cast, person))
        for route, rights in ROUTES.items():
            if "GET" not in rights.methods:
                continue
            path = url("tidewater", route, *rights.args(world))
            here.append((person, route))
            with transaction.atomic(), connection.execute_wrapper(watch):
                client.get(path, rights.query(world))
                transaction.set_rollback(True)
    assert read == {(AUTHOR, "progress:evaluate")}
