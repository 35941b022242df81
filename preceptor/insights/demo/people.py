"""The organisation and its people, who all share one printed password."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from preceptor.accounts.models import Membership, Organisation, User
from preceptor.insights.demo import cast

PASSWORD = "lantern-on-the-quay"  # noqa: S105 # printed on purpose

Everybody = Mapping[str, Membership]


def found(now: datetime) -> Organisation:
    return Organisation.objects.create(
        name=cast.NAME,
        slug=cast.SLUG,
        time_zone=cast.TIME_ZONE,
        created_at=now - timedelta(days=280),
    )


def hire(organisation: Organisation, now: datetime) -> dict[str, Membership]:
    """Users with verified addresses, and memberships, by full name."""
    zones = _time_zones()
    password = make_password(PASSWORD)
    users = User.objects.bulk_create(
        User(
            email=cast.email(name),
            full_name=name,
            time_zone=zone,
            password=password,
            joined_at=now - timedelta(days=270),
        )
        for name, zone in zones.items()
    )
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=user.email, verified=True, primary=True)
        for user in users
    )
    roles = {cast.OWNER: Membership.Role.OWNER, cast.MANAGER: Membership.Role.MANAGER}
    memberships = Membership.objects.bulk_create(
        Membership(
            organisation=organisation,
            user=user,
            role=roles.get(user.full_name, Membership.Role.MEMBER),
            created_at=user.joined_at,
        )
        for user in users
    )
    return {str(member.user): member for member in memberships}


def _time_zones() -> dict[str, str]:
    people: Iterable[cast.Mentor | cast.Junior] = (
        *cast.SPRING_MENTORS,
        *cast.AUTUMN_MENTORS,
        *cast.SPRING_JUNIORS,
        *cast.AUTUMN_JUNIORS,
        *cast.NEXT_JUNIORS,
        *cast.LATE_JUNIORS,
    )
    return dict.fromkeys(cast.DUTIES, cast.TIME_ZONE) | {
        person.name: person.time_zone for person in people
    }
