from collections.abc import Callable
from datetime import date, time, timedelta
from decimal import Decimal

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from pairings.lists import PersonRow
from pairings.models import Enrolment, MentorRecord, Pairing
from pairings.tasks import tell_enrolled
from preceptor.accounts.models import Membership, User
from tests.cast import Cast
from tests.factories import (
    EnrolmentFactory,
    MembershipFactory,
    PairingFactory,
    UserFactory,
    give_skills,
)

As = Callable[[Membership], Client]


def page(cast: Cast, rest: str) -> str:
    return f"/o/tidewater/programs/{cast.program.pk}/{rest}"


def answers(cast: Cast, **changed: str) -> dict[str, str]:
    return {
        "email": "noor@example.com",
        "full_name": "Noor Haddad",
        "side": "junior",
        "team": "Routing",
        "skills": "go, Rust:3; Go:1",
        "heads": "3",
        "hours": "5.5",
        "last_on": cast.program.last_on.isoformat(),
        "manager": "lars.nilsen@example.com",
        **changed,
    }


def test_people_shows_each_what_is_theirs(cast: Cast, as_: As) -> None:
    def shown(member: Membership) -> list[str]:
        response = as_(member).get(page(cast, "people/"))
        return [str(row.person) for row in response.context["rows"]]

    everybody = [
        "Anjali Mehta",
        "Devon Marsh",
        "Ines Carvalho",
        "Mai Tran",
        "Tomasz Wieczorek",
    ]
    assert shown(cast.ruth) == shown(cast.otis) == shown(cast.mark) == everybody
    assert shown(cast.tomasz) == ["Ines Carvalho", "Tomasz Wieczorek"]
    assert shown(cast.lars) == shown(cast.ines) == ["Ines Carvalho"]
    assert shown(cast.anjali) == ["Anjali Mehta"]
    assert as_(cast.mei).get(page(cast, "people/")).status_code == 404


def test_people_filters(cast: Cast, as_: As) -> None:
    def shown(query: str) -> list[str]:
        response = as_(cast.ruth).get(page(cast, f"people/?{query}"))
        return [str(row.person) for row in response.context["rows"]]

    assert shown("side=mentor") == ["Anjali Mehta", "Tomasz Wieczorek"]
    assert shown("team=Billing") == ["Anjali Mehta", "Mai Tran"]
    assert shown("q=devon.marsh@") == ["Devon Marsh"]
    assert shown("q=nobody") == []
    assert len(shown("page=99")) == 5


def test_people_asks_as_much_for_three_more_as_for_none(
    cast: Cast, as_: As, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = as_(cast.ruth)
    client.get(page(cast, "people/"))
    with django_assert_num_queries(10):
        client.get(page(cast, "people/?q=ines"))
    for _ in range(2):
        junior = EnrolmentFactory.create(
            program=cast.program,
            membership=MembershipFactory.create(
                organisation=cast.tidewater,
                user=UserFactory.create(full_name=f"Ines {_}"),
            ),
            line_manager=cast.lars,
        )
        PairingFactory.create(
            program=cast.program, junior=junior, mentor=cast.anjali_enrolled
        )
    with django_assert_num_queries(10):
        client.get(page(cast, "people/?q=ines"))


def test_people_names_who_is_proposed_to_who_pairs_them(cast: Cast, as_: As) -> None:
    """A proposal holds its seat, and its junior is not to be paired again."""
    today = timezone.localdate()
    begins = today + timedelta(days=400)
    common = {"program": cast.program, "mentor": cast.tomasz_enrolled}
    PairingFactory.create(
        **common,
        junior=cast.mai_enrolled,
        state=Pairing.State.PROPOSED,
        proposed_at=timezone.now(),
        starts_on=today,
    )
    PairingFactory.create(
        **common, junior=cast.devon_enrolled, kind="secondary", starts_on=today
    )
    PairingFactory.create(
        **common,
        junior=EnrolmentFactory.create(program=cast.program),
        starts_on=begins,
        ends_on=begins + timedelta(days=9),
    )

    def rows(member: Membership) -> dict[str, PersonRow]:
        response = as_(member).get(page(cast, "people/"))
        return {str(row.person): row for row in response.context["rows"]}

    seen, observed = rows(cast.ruth), rows(cast.otis)
    assert (seen["Tomasz Wieczorek"].taken, len(seen["Tomasz Wieczorek"].pairs)) == (
        2,
        3,
    )
    assert [one.mentor for one in seen["Mai Tran"].asked] == [cast.tomasz_enrolled]
    assert observed["Tomasz Wieczorek"].taken == 1
    assert not any(row.asked for row in observed.values())
    html = as_(cast.ruth).get(page(cast, "people/")).content.decode()
    assert "Pair<span" not in html
    assert (html.count(">proposed<"), html.count("from ")) == (2, 2)


def test_people_offers_nobody_who_has_left(cast: Cast, as_: As) -> None:
    def shown() -> str:
        return as_(cast.ruth).get(page(cast, "people/?q=mai.tran")).content.decode()

    assert "Pair<span" in shown()
    Enrolment.objects.filter(pk=cast.mai_enrolled.pk).update(
        ends_on=timezone.localdate()
    )
    assert "Pair<span" not in shown()
    assert "has left" in shown()


def test_export_people_is_for_who_oversees(cast: Cast, as_: As) -> None:
    Enrolment.objects.filter(pk=cast.tomasz_enrolled.pk).update(
        product_areas=["Freight", "Rates"],
        languages=["en", "pt"],
        works_from=time(8, 30),
        works_until=time(16, 45),
    )
    MentorRecord.objects.create(
        organisation=cast.tidewater,
        membership=cast.tomasz,
        trained_on=date(2025, 3, 31),
        employed_since=date(2019, 9, 1),
    )
    response = as_(cast.otis).get(page(cast, "people.csv?side=mentor"))
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    disposition = 'attachment; filename="preceptorship-spring.csv"'
    assert response.headers["Content-Disposition"] == disposition
    assert response.content.decode("utf-8-sig").splitlines() == [
        "name,e-mail,side,team,skills,heads,hours,line manager e-mail,time zone,"
        "product areas,languages,works from,works until,training done,employed since",
        "Anjali Mehta,anjali.mehta@example.com,mentor,Billing,postgresql:2; python:2,"
        "3,6.0,,Europe/London,,,,,,",
        "Tomasz Wieczorek,tomasz.wieczorek@example.com,mentor,Integrations,"
        "postgresql:2; python:2,3,6.0,,Europe/London,Freight; Rates,en; pt,08:30,"
        "16:45,2025-03-31,2019-09-01",
    ]
    assert as_(cast.tomasz).get(page(cast, "people.csv")).status_code == 403


def test_export_people_holds_no_live_formula(cast: Cast, as_: As) -> None:
    Enrolment.objects.filter(pk=cast.mai_enrolled.pk).update(
        team='=HYPERLINK("http://evil")'
    )
    give_skills(cast.mai_enrolled, **{"+1": 3, "@home": 1})
    body = as_(cast.ruth).get(page(cast, "people.csv?q=mai")).content.decode()
    assert '"\'=HYPERLINK(""http://evil"")",\'+1:3; @home:1,' in body


def test_enrol_somebody_new(cast: Cast, as_: As) -> None:
    response = as_(cast.ruth).post(page(cast, "enrol/"), answers(cast))
    assert response.status_code == 303
    enrolment = Enrolment.objects.get(membership__user__email="noor@example.com")
    user = enrolment.membership.user
    assert (user.full_name, user.time_zone) == ("Noor Haddad", "Europe/London")
    assert not user.has_usable_password()
    assert (enrolment.membership.role, enrolment.organisation) == (
        "member",
        cast.tidewater,
    )
    assert (enrolment.side, enrolment.team, enrolment.degrees) == (
        "junior",
        "Routing",
        (("Rust", 3), ("go", 2)),
    )
    assert (enrolment.hours, enrolment.line_manager) == (Decimal("5.5"), cast.lars)
    address = EmailAddress.objects.get(user=user)
    assert (address.primary, address.verified) == (True, False)


def test_enrol_a_member_by_address_alone(cast: Cast, as_: As) -> None:
    form = answers(cast, email="MEI.LIN@example.com", full_name="Somebody Else")
    assert as_(cast.ruth).post(page(cast, "enrol/"), form).status_code == 303
    enrolment = Enrolment.objects.get(membership=cast.mei)
    assert str(enrolment) == "Mei Lin"
    assert User.objects.filter(email__iexact="mei.lin@example.com").count() == 1


def test_enrol_tells_them_if_ticked(
    cast: Cast,
    as_: As,
    settings: Settings,
    django_capture_on_commit_callbacks: Callable[..., object],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told: list[tuple[int, int]] = []
    monkeypatch.setattr(tell_enrolled, "delay", lambda *ids: told.append(ids))
    client = as_(cast.ruth)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        client.post(page(cast, "enrol/"), answers(cast))
    assert told == []
    form = answers(cast, email="omar@example.com", full_name="Omar Said", tell="on")
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        client.post(page(cast, "enrol/"), form)
    omar = Enrolment.objects.get(membership__user__email="omar@example.com")
    assert told == [(omar.pk, cast.ruth.pk)]
    tell_enrolled(*told[0])
    [message] = mail.outbox
    assert message.to == ["omar@example.com"]
    assert message.subject == "You are in Preceptorship, spring"
    assert "Ruth Adeyemi enrolled you in Preceptorship, spring as junior" in str(
        message.body
    )
    Membership.objects.filter(pk=omar.membership_id).update(is_active=False)
    tell_enrolled(*told[0])
    assert len(mail.outbox) == 1


@pytest.mark.parametrize(
    ("changed", "field", "error"),
    [
        ({"email": "ines.carvalho@example.com"}, "email", "is in this program already"),
        ({"full_name": ""}, "full_name", "say who it is"),
        ({"manager": "nobody@example.com"}, "manager", "Nobody in the organisation"),
        ({"manager": "otto.lang@example.com"}, "manager", "Nobody in the organisation"),
        ({"manager": "noor@example.com"}, "manager", "Nobody in the organisation"),
        (
            {"email": "lars.nilsen@example.com"},
            "manager",
            "Nobody is their own line manager.",
        ),
        ({"last_on": "2020-01-01"}, "last_on", "The program runs from"),
        ({"skills": "s" * 61}, "skills", "is too long for a skill"),
        ({"skills": "go:4"}, "skills", "“go:4”: behind a skill and a colon"),
        ({"heads": "21"}, "heads", "Write 20 or less."),
        ({"hours": "-1"}, "hours", "Write 0 or more."),
        ({"hours": "5.25"}, "hours", "Write 1 digit behind the point at most."),
        ({"full_name": "n" * 121}, "full_name", "121 characters long; 120 are the"),
        ({"side": "boss"}, "side", "Select a valid choice"),
    ],
)
def test_enrol_says_what_is_wrong(
    cast: Cast, as_: As, changed: dict[str, str], field: str, error: str
) -> None:
    before = User.objects.count()
    form = answers(cast, **changed)
    response = as_(cast.ruth).post(page(cast, "enrol/"), form)
    assert response.status_code == 422
    assert error in response.context["form"].errors[field][0]
    assert "Routing" in response.content.decode()
    assert User.objects.count() == before


def test_enrol_refuses_somebody_deactivated(cast: Cast, as_: As) -> None:
    Membership.objects.filter(pk=cast.mei.pk).update(is_active=False)
    form = answers(cast, email=cast.mei.user.email)
    response = as_(cast.ruth).post(page(cast, "enrol/"), form)
    assert response.context["form"].errors == {
        "email": ["Mei Lin is deactivated. Activate them first."]
    }


def test_enrol_is_for_who_writes(cast: Cast, as_: As) -> None:
    for member in (cast.otis, cast.tomasz, cast.ines, cast.lars):
        assert as_(member).get(page(cast, "enrol/")).status_code == 403
    assert as_(cast.mei).get(page(cast, "enrol/")).status_code == 404


def test_edit_enrolment(cast: Cast, as_: As) -> None:
    address = f"/o/tidewater/enrolments/{cast.mai_enrolled.pk}/"
    client = as_(cast.ruth)
    assert 'value="postgresql:2; python:2"' in client.get(address).content.decode()
    form = answers(cast, side="mentor", manager="")
    assert client.post(address, form).status_code == 303
    row = Enrolment.objects.get(pk=cast.mai_enrolled.pk)
    assert (row.side, row.team, row.line_manager) == ("mentor", "Routing", None)
    assert row.membership == cast.mai
    assert as_(cast.otis).get(address).status_code == 403
    assert as_(cast.otto).get(address).status_code == 404


def test_edit_enrolment_keeps_the_ground_under_pairings(cast: Cast, as_: As) -> None:
    address = f"/o/tidewater/enrolments/{cast.ines_enrolled.pk}/"
    response = as_(cast.ruth).post(address, answers(cast, side="mentor"))
    assert response.context["form"].errors == {
        "side": [
            "Ines Carvalho has pairings as junior; the side stays while they are kept."
        ]
    }
    early = (cast.program.last_on - timedelta(days=1)).isoformat()
    response = as_(cast.ruth).post(address, answers(cast, last_on=early))
    [error] = response.context["form"].errors["last_on"]
    assert error.startswith("A pairing of theirs runs to")


def test_remove_enrolment(cast: Cast, as_: As) -> None:
    address = f"/o/tidewater/enrolments/{cast.mai_enrolled.pk}/remove/"
    client = as_(cast.ruth)
    assert "Remove Mai Tran from the program?" in client.get(address).content.decode()
    assert client.post(address).status_code == 303
    assert not Enrolment.objects.filter(pk=cast.mai_enrolled.pk).exists()
    assert Membership.objects.filter(pk=cast.mai.pk).exists()


def test_remove_enrolment_is_refused_while_pairings_are_kept(
    cast: Cast, as_: As
) -> None:
    address = f"/o/tidewater/enrolments/{cast.ines_enrolled.pk}/remove/"
    response = as_(cast.ruth).post(address)
    assert response.status_code == 422
    assert "Ines Carvalho has 1 pairing in this program" in response.content.decode()
    assert Enrolment.objects.filter(pk=cast.ines_enrolled.pk).exists()
