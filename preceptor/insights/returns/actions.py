"""Writes of scenarios."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from pairings.models import Program
from preceptor.accounts.models import Membership
from preceptor.http import Conflict
from preceptor.insights.models import Scenario
from preceptor.insights.returns.model import NAMES, Answers
from preceptor.seen import Seen, Values, changed


def add_scenario(
    *, actor: Membership, program: Program | None, sent: Values, now: datetime
) -> Scenario:
    """A scenario of a program, or of the whole organisation."""
    row = Scenario(
        organisation_id=actor.organisation_id,
        program=program,
        created_by=actor,
        created_at=now,
    )
    return _written(row, {**sent}, now)


@transaction.atomic
def save_scenario(
    *, actor: Membership, scenario: Scenario, sent: Values, seen: Seen, now: datetime
) -> Scenario:
    """Raises `Stale` where somebody else changed the same since the page showed it."""
    rows = Scenario.objects.select_for_update(no_key=True)
    row = rows.filter(pk=scenario.pk).first()
    if row is None:
        raise Conflict(_("This scenario was removed meanwhile. Nothing was saved."))
    return _written(row, changed(seen, sent, said_of(row)), now)


def said_of(scenario: Scenario) -> dict[str, Any]:
    """What stands, as `ScenarioForm.values` gives it."""
    found: dict[str, Any] = {"name": scenario.name, "currency": scenario.currency}
    for name in NAMES:
        one = scenario.inputs.get(name)
        found[name] = one and (one["low"], one["likely"], one["high"], one["source"])
    return found


def answers_in(sent: Values) -> Answers:
    """The inputs of what a form sent, as they are stored."""
    return {
        name: {"low": one[0], "likely": one[1], "high": one[2], "source": one[3]}
        for name in NAMES
        if (one := sent.get(name)) is not None
    }


def _written(row: Scenario, own: dict[str, Any], now: datetime) -> Scenario:
    """The row with what `own` names; of an input that is None nothing is left."""
    row.name = own.get("name", row.name)
    row.currency = own.get("currency", row.currency)
    emptied = {name for name in NAMES if name in own and own[name] is None}
    inputs = {**row.inputs, **answers_in(own)}
    row.inputs = {name: one for name, one in inputs.items() if name not in emptied}
    row.saved_at = now
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        if "scenario_name" not in str(error):
            raise
        text = _(
            "Another scenario here has this name. Give this one a name of its own."
        )
        raise ValidationError({"name": text}) from error
    return row


def remove_scenario(*, actor: Membership, scenario: Scenario) -> None:
    Scenario.objects.filter(pk=scenario.pk).delete()
