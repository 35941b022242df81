"""What an organisation's owners change about how people come in."""

from datetime import datetime
from hashlib import sha256
from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from preceptor.accounts.models import Membership, Organisation
from preceptor.accounts.signing_in import domains
from preceptor.accounts.signing_in.gate import ask_anew, rules_of
from preceptor.accounts.signing_in.models import Domain, Provider, Rules
from preceptor.http import Conflict
from preceptor.seen import Seen, changed

REACHED_BY = (
    "issuer",
    "client_id",
    "sealed_secret",
    "metadata_url",
    "metadata",
    "vouches",
)
MOST_PROVIDERS = 5
MOST_DOMAINS = 100


@transaction.atomic
def add_provider(*, actor: Membership, kind: str, said: dict[str, Any]) -> Provider:
    _lock(actor)
    rows = Provider.objects.filter(organisation=actor.organisation_id)
    if rows.count() >= MOST_PROVIDERS:
        raise Conflict(_("Remove a provider that you no longer need first."))
    return Provider.objects.create(
        organisation_id=actor.organisation_id, kind=kind, **said
    )


@transaction.atomic
def change_provider(
    *, actor: Membership, provider: Provider, said: dict[str, Any]
) -> None:
    """What was tried before counts no more once it is reached in another way.

    While it is on, what runs out alone is renewed.
    """
    _lock(actor)
    row = Provider.objects.get(pk=provider.pk)
    changed = {name: value for name, value in said.items() if value != _of(row, name)}
    if row.is_on and changed.keys() & set(REACHED_BY) - _renewed(row, said):
        raise Conflict(
            _(
                "%(name)s is on, and a slip here would shut everybody out. Add it anew"
                " beside this one, try that, and turn it on in its place."
            )
            % {"name": row}
        )
    if not row.is_on and changed.keys() & set(REACHED_BY):
        changed["tested_at"] = None
    if changed:
        Provider.objects.filter(pk=row.pk).update(**changed)
        ask_anew(actor.organisation_id)


def _renewed(row: Provider, said: dict[str, Any]) -> set[str]:
    """Secrets, and certificates from the very address that was tried."""
    is_same = row.metadata_url and row.metadata_url == said.get("metadata_url")
    return {"sealed_secret", "metadata"} if is_same else {"sealed_secret"}


def _of(row: Provider, name: str) -> object:
    value = getattr(row, name)
    return bytes(value) if isinstance(value, memoryview) else value


def note_test(*, provider: Provider, reached_by: str, now: datetime) -> bool:
    """Whether it is still the provider that was tried."""
    row = Provider.objects.filter(pk=provider.pk).first()
    if row is None or fingerprint(row) != reached_by:
        return False
    return bool(Provider.objects.filter(pk=row.pk).update(tested_at=now))


def fingerprint(provider: Provider) -> str:
    """Of all that decides what is reached, so that a test stands for just that."""
    parts = [repr(_of(provider, name)) for name in REACHED_BY]
    return sha256("|".join(parts).encode()).hexdigest()


@transaction.atomic
def turn_on(*, actor: Membership, provider: Provider) -> None:
    """In place of the one that was on, if another was."""
    _lock(actor)
    others = Provider.objects.filter(organisation=actor.organisation_id)
    others.exclude(pk=provider.pk).update(is_on=False)
    rows = Provider.objects.filter(pk=provider.pk, tested_at__isnull=False)
    if not rows.update(is_on=True):
        raise Conflict(
            _("Test the provider first: it can be turned on once that works.")
        )
    ask_anew(actor.organisation_id)


@transaction.atomic
def turn_off(*, actor: Membership, provider: Provider) -> None:
    _lock(actor)
    Provider.objects.filter(pk=provider.pk).update(is_on=False)
    ask_anew(actor.organisation_id)


@transaction.atomic
def remove_provider(*, actor: Membership, provider: Provider) -> None:
    """Its identities go with it; accounts and memberships stay."""
    _lock(actor)
    if not Provider.objects.filter(pk=provider.pk, is_on=False).delete()[0]:
        raise Conflict(_("Turn it off first."))
    SocialAccount.objects.filter(provider=provider.code).delete()


@transaction.atomic
def add_domain(*, actor: Membership, name: str) -> Domain:
    _lock(actor)
    rows = Domain.objects.filter(organisation=actor.organisation_id)
    if rows.filter(name=name).exists():
        raise Conflict(_("%(name)s is in the list already.") % {"name": name})
    if rows.count() >= MOST_DOMAINS:
        raise Conflict(_("Remove a domain that you no longer need first."))
    return Domain.objects.create(organisation_id=actor.organisation_id, name=name)


def check_domain(*, actor: Membership, domain: Domain, now: datetime) -> bool:
    """Asks the name servers; whether the record was there. Raises domains.NoAnswer.

    A domain that changed hands goes along: whose record is no longer there gives way.
    """
    if not domains.says(domain.name, domain.record):
        return False
    gives_way = _gave_up(domain)
    try:
        with transaction.atomic():
            _lock(actor, *([gives_way] if gives_way else []))
            if gives_way is not None and Domain.objects.verified().filter(
                pk=gives_way.pk
            ).update(verified_at=None):
                ask_anew(gives_way.organisation_id)
            if not Domain.objects.filter(pk=domain.pk).update(verified_at=now):
                raise Conflict(_gone())
            ask_anew(actor.organisation_id)
    except IntegrityError as error:
        raise Conflict(
            _(
                "Another organisation here has verified %(name)s, and its record is"
                " still in the domain. Take that record out, then check again."
            )
            % {"name": domain}
        ) from error
    return True


def _gave_up(domain: Domain) -> Domain | None:
    """Another organisation's row of the same domain, which no longer says it is its."""
    rows = Domain.objects.verified().filter(name=domain.name)
    held = rows.exclude(organisation=domain.organisation_id).first()
    if held is None or domains.says(held.name, held.record):
        return None
    return held


@transaction.atomic
def remove_domain(*, actor: Membership, domain: Domain) -> None:
    _lock(actor)
    if not Domain.objects.filter(pk=domain.pk).delete()[0]:
        raise Conflict(_gone())
    ask_anew(actor.organisation_id)


@transaction.atomic
def set_rules(*, actor: Membership, said: dict[str, bool], seen: Seen) -> None:
    """Writes what the sender changed; what another owner did meanwhile stays."""
    _lock(actor)
    stands = rules_of(actor.organisation_id)
    own = changed(seen, said, {name: getattr(stands, name) for name in said})
    provider = Provider.objects.on().filter(organisation=actor.organisation_id)
    if own.get("only_provider") and not provider.exists():
        raise Conflict(_("Turn a provider on first: nobody could come in otherwise."))
    if own:
        Rules.objects.update_or_create(
            organisation_id=actor.organisation_id, defaults=own
        )
        ask_anew(actor.organisation_id)


def _lock(*of: Membership | Domain) -> None:
    """The organisations of these rows, in one order whoever asks."""
    wanted = [one.organisation_id for one in of]
    rows = Organisation.objects.select_for_update(no_key=True).order_by("pk")
    list(rows.filter(pk__in=wanted).values_list("pk"))


def _gone() -> str:
    return _("It was removed in between.")
