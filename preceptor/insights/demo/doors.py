"""How the company's people come in: a provider that was tried, and its domains."""

from datetime import datetime, timedelta

from preceptor.accounts.models import Organisation
from preceptor.accounts.signing_in.models import Domain, Provider, Rules


def write(organisation: Organisation, now: datetime) -> None:
    """Tested and not on: the demonstration's people sign in by their password."""
    Domain.objects.create(
        organisation=organisation,
        name="tidewater.example",
        proof="OeW7w2kTq0pX4sVb1yLzJd9c",
        verified_at=now - timedelta(days=40),
    )
    Domain.objects.create(
        organisation=organisation,
        name="tidewater-labs.example",
        proof="uR3nH8mAf6gQ5xPiK2vEtB7s",
    )
    Provider.objects.create(
        organisation=organisation,
        code="7c1d0a9e4b2f8365",
        kind=Provider.Way.OIDC,
        name="Tidewater ID",
        issuer="https://id.tidewater.example",
        client_id="preceptor",
        asks_factor=True,
        tested_at=now - timedelta(days=39),
    )
    Rules.objects.create(organisation=organisation)
