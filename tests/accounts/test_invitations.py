from collections.abc import Callable
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import get_user
from django.core import mail
from django.db import transaction
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from preceptor.accounts import actions
from preceptor.accounts.invitations import Invitee, hash_of, invitees_in
from preceptor.accounts.models import Invitation, Membership, User
from preceptor.http import Conflict
from tests.accounts.test_signing_in import sign_in
from tests.cast import Cast
from tests.factories import PASSWORD, UserFactory

As = Callable[[Membership], Client]
ByMail = Callable[[Callable[[], object]], list[str]]
INVITE = "/o/tidewater/members/invite/"
NADIA = {
    "full_name": "Nadia Haddad",
    "password": "tide tables and lanterns",
    "time_zone": "Europe/Lisbon",
}


def invited(
    cast: Cast, by_mail: ByMail, email: str = "nadia@example.com", role: str = "member"
) -> str:
    (link,) = by_mail(
        lambda: actions.invite(
            actor=cast.olga,
            invitees=[Invitee(email)],
            role=role,
            now=timezone.now(),
        )
    )
    return link


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a@x.org", [Invitee("a@x.org")]),
        (
            "a@x.org, B@x.org;\nc@x.org",
            ["a@x.org", "b@x.org", "c@x.org"],
        ),
        ("a@x.org b@x.org", ["a@x.org", "b@x.org"]),
        ("Ines Carvalho <Ines@x.org>", [Invitee("ines@x.org", "Ines Carvalho")]),
        ("a@x.org\nA@X.org", ["a@x.org"]),
        ("nobody", ["nobody"]),
        (" \n,;", []),
    ],
)
def test_invitees_in_reads_what_people_paste(text: str, expected: list[object]) -> None:
    assert invitees_in(text) == [
        e if isinstance(e, Invitee) else Invitee(str(e)) for e in expected
    ]


def test_invite_mails_a_link_to_each(cast: Cast, as_: As, by_mail: ByMail) -> None:
    olga = as_(cast.olga)
    links = by_mail(
        lambda: olga.post(
            INVITE,
            {
                "addresses": "Nadia Haddad <nadia@example.com>\nsam@example.com",
                "role": "manager",
            },
        )
    )
    rows = Invitation.objects.order_by("email")
    assert [(i.email, i.full_name, i.role) for i in rows] == [
        ("nadia@example.com", "Nadia Haddad", "manager"),
        ("sam@example.com", "", "manager"),
    ]
    assert [message.to for message in mail.outbox] == [
        ["nadia@example.com"],
        ["sam@example.com"],
    ]
    assert {hash_of(link.split("/")[3]) for link in links} == {
        i.token_hash for i in rows
    }
    assert mail.outbox[0].subject == "Olga Petersen invites you to Tidewater Freight"


def test_invite_leaves_members_out_and_says_so(
    cast: Cast, as_: As, by_mail: ByMail
) -> None:
    olga = as_(cast.olga)
    links = by_mail(
        lambda: olga.post(
            INVITE,
            {
                "addresses": "ines.carvalho@example.com sam@example.com",
                "role": "member",
            },
        )
    )
    assert len(links) == 1
    page = olga.get("/o/tidewater/members/invitations/").content.decode()
    assert "1 invitation is on its way." in page
    assert "Members already: ines.carvalho@example.com" in page


def test_invite_names_what_is_no_address_and_keeps_the_input(
    cast: Cast, as_: As
) -> None:
    response = as_(cast.olga).post(
        INVITE, {"addresses": "sam@example.com\nnot an", "role": "member"}
    )
    assert response.status_code == 422
    page = response.content.decode()
    assert "These are no e-mail addresses: not, an" in page
    assert "sam@example.com\nnot an</textarea>" in page
    assert Invitation.objects.count() == 0


def test_invite_again_replaces_the_link(cast: Cast, by_mail: ByMail) -> None:
    first = invited(cast, by_mail)
    second = invited(cast, by_mail, role="manager")
    assert Invitation.objects.get().role == "manager"
    assert Client().get(first).status_code == 404
    assert Client().get(second).status_code == 200


@pytest.mark.parametrize("name", ["mark", "ruth", "ines", "mei"])
def test_invite_is_for_owners(cast: Cast, as_: As, by_mail: ByMail, name: str) -> None:
    link = invited(cast, by_mail)
    pk = Invitation.objects.get().pk
    client = as_(getattr(cast, name))
    answer = {"addresses": "sam@example.com", "role": "owner"}
    assert client.get(INVITE).status_code == 403
    assert client.post(INVITE, answer).status_code == 403
    assert client.get("/o/tidewater/members/invitations/").status_code == 403
    for step in ("resend", "withdraw"):
        path = f"/o/tidewater/members/invitations/{pk}/{step}/"
        assert client.post(path).status_code == 403
    assert [i.email for i in Invitation.objects.all()] == ["nadia@example.com"]
    assert Client().get(link).status_code == 200


def test_an_owner_elsewhere_finds_no_invitation(
    cast: Cast, as_: As, by_mail: ByMail
) -> None:
    invited(cast, by_mail)
    pk = Invitation.objects.get().pk
    otto = as_(cast.otto)
    for slug in ("tidewater", "harbour"):
        path = f"/o/{slug}/members/invitations/{pk}/withdraw/"
        assert otto.post(path).status_code == 404
    assert Invitation.objects.get().withdrawn_at is None


def test_accept_makes_an_account_and_signs_in(cast: Cast, by_mail: ByMail) -> None:
    link = invited(cast, by_mail, role="manager")
    nadia = Client()
    assert 'value="Europe/London" selected' in nadia.get(link).content.decode()
    response = nadia.post(link, NADIA)
    assert (response.status_code, response["Location"]) == (303, "/o/tidewater/")
    user = User.objects.get(email="nadia@example.com")
    assert (user.full_name, user.time_zone) == ("Nadia Haddad", "Europe/Lisbon")
    assert user.check_password(NADIA["password"])
    address = EmailAddress.objects.get(user=user)
    assert (address.email, address.verified, address.primary) == (
        "nadia@example.com",
        True,
        True,
    )
    assert user.memberships.get().role == "manager"
    assert nadia.get("/o/tidewater/").status_code == 200


def test_who_joined_by_an_invitation_is_signed_out_with_all_their_browsers(
    cast: Cast, by_mail: ByMail
) -> None:
    link = invited(cast, by_mail)
    nadia, elsewhere = Client(), Client()
    nadia.post(link, NADIA)
    here = nadia.get("/accounts/sessions/").content.decode()
    assert here.count('<th scope="row">') == 1

    sign_in(elsewhere, "nadia@example.com", NADIA["password"])
    elsewhere.post("/accounts/sessions/")
    assert nadia.get("/o/tidewater/").status_code == 302


def test_who_joined_by_an_invitation_is_signed_out_when_deactivated(
    cast: Cast,
    by_mail: ByMail,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    link = invited(cast, by_mail)
    nadia = Client()
    nadia.post(link, NADIA)
    member = Membership.objects.get(user__email="nadia@example.com")
    with django_capture_on_commit_callbacks(execute=True):
        actions.deactivate(actor=cast.olga, member=member)
    assert "_auth_user_id" not in nadia.session


def test_accept_refuses_a_weak_password_beside_the_field(
    cast: Cast, by_mail: ByMail
) -> None:
    link = invited(cast, by_mail)
    response = Client().post(link, {**NADIA, "password": "nadia@example.com"})
    assert response.status_code == 422
    page = response.content.decode()
    assert "The password is too similar to the e-mail." in page
    assert 'value="Nadia Haddad"' in page
    assert not User.objects.filter(email="nadia@example.com").exists()


def test_accept_works_once(cast: Cast, by_mail: ByMail) -> None:
    link = invited(cast, by_mail)
    assert Client().post(link, NADIA).status_code == 303
    again = Client().post(link, {**NADIA, "full_name": "Mallory"})
    assert again.status_code == 410
    assert "It was used already" in again.content.decode()
    assert User.objects.get(email="nadia@example.com").full_name == "Nadia Haddad"


def test_accept_lets_one_of_two_clicks_pass(cast: Cast, by_mail: ByMail) -> None:
    """Both had read the invitation as open before either wrote."""
    invited(cast, by_mail, email="otto.lang@example.com")
    first, second = Invitation.objects.get(), Invitation.objects.get()
    now = timezone.now()
    actions.accept(actor=cast.otto.user, invitation=first, now=now)
    with pytest.raises(Conflict), transaction.atomic():
        actions.accept(actor=cast.otto.user, invitation=second, now=now)
    joined = Membership.objects.filter(user=cast.otto.user, organisation=cast.tidewater)
    assert joined.count() == 1


def test_accept_by_a_user_is_one_click(cast: Cast, as_: As, by_mail: ByMail) -> None:
    link = invited(cast, by_mail, email="otto.lang@example.com")
    otto = as_(cast.otto)
    assert "You are signed in as Otto Lang." in otto.get(link).content.decode()
    assert otto.post(link)["Location"] == "/o/tidewater/"
    roles = Membership.objects.filter(user=cast.otto.user)
    assert dict(roles.values_list("organisation__slug", "role")) == {
        "harbour": "owner",
        "tidewater": "member",
    }


def test_accept_asks_a_known_address_to_sign_in_and_comes_back(
    cast: Cast, by_mail: ByMail
) -> None:
    link = invited(cast, by_mail, email="otto.lang@example.com")
    otto = Client()
    assert f"/accounts/login/?next={link}" in otto.get(link).content.decode()
    assert otto.post(link, NADIA).status_code == 200
    assert not get_user(otto).is_authenticated
    response = otto.post(
        f"/accounts/login/?next={link}",
        {"login": "otto.lang@example.com", "password": PASSWORD},
    )
    assert response["Location"] == link


def test_accept_tells_the_wrong_person(cast: Cast, as_: As, by_mail: ByMail) -> None:
    link = invited(cast, by_mail)
    otto = as_(cast.otto)
    for response in (otto.get(link), otto.post(link)):
        assert response.status_code == 403
        assert "the invitation is for nadia@example.com" in response.content.decode()
    assert otto.get("/o/tidewater/").status_code == 404


def test_accept_needs_a_verified_address(cast: Cast, as_: As, by_mail: ByMail) -> None:
    """Writing somebody's address into one's account is not enough."""
    link = invited(cast, by_mail)
    EmailAddress.objects.create(
        user=cast.otto.user, email="nadia@example.com", verified=False
    )
    assert as_(cast.otto).post(link).status_code == 403


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            {"sent_at": timezone.now() - timedelta(days=14)},
            "ran out after 14 days",
        ),
        ({"withdrawn_at": timezone.now()}, "It was withdrawn."),
        ({"accepted_at": timezone.now()}, "It was used already"),
    ],
)
def test_a_dead_link_says_what_to_do(
    cast: Cast, by_mail: ByMail, change: dict[str, object], sentence: str
) -> None:
    link = invited(cast, by_mail)
    Invitation.objects.update(**change)
    for response in (Client().get(link), Client().post(link, NADIA)):
        assert response.status_code == 410
        assert sentence in response.content.decode()
    assert not User.objects.filter(email="nadia@example.com").exists()


def test_an_unknown_link_says_what_to_do(db: None) -> None:
    response = Client().get("/account/invitation/nothing/")
    assert response.status_code == 404
    assert "Use the link in the newest mail" in response.content.decode()


def test_resend_kills_the_old_link_at_once(
    cast: Cast, as_: As, by_mail: ByMail
) -> None:
    old = invited(cast, by_mail)
    Invitation.objects.update(sent_at=timezone.now() - timedelta(days=20))
    pk = Invitation.objects.get().pk
    olga = as_(cast.olga)
    path = f"/o/tidewater/members/invitations/{pk}/resend/"
    (new,) = by_mail(lambda: olga.post(path))
    assert Client().get(old).status_code == 404
    assert Client().post(new, NADIA).status_code == 303
    assert olga.post(path).status_code == 409


def test_withdraw_ends_it_and_a_second_one_conflicts(
    cast: Cast, as_: As, by_mail: ByMail
) -> None:
    link = invited(cast, by_mail)
    pk = Invitation.objects.get().pk
    olga = as_(cast.olga)
    path = f"/o/tidewater/members/invitations/{pk}/withdraw/"
    assert olga.post(path).status_code == 303
    assert Client().get(link).status_code == 410
    response = olga.post(path)
    assert response.status_code == 409
    assert "accepted or withdrawn in between" in response.content.decode()


def test_accept_brings_back_who_was_deactivated(
    cast: Cast, as_: As, by_mail: ByMail
) -> None:
    actions.deactivate(actor=cast.olga, member=cast.ines)
    link = invited(cast, by_mail, email="ines.carvalho@example.com", role="manager")
    ines = as_(cast.ines)
    assert ines.get("/o/tidewater/").status_code == 404
    assert ines.post(link).status_code == 303
    assert ines.get("/o/tidewater/").status_code == 200
    cast.ines.refresh_from_db()
    assert (cast.ines.is_active, cast.ines.role) == (True, "manager")


@pytest.mark.parametrize("n", [1, 3])
def test_invitations_take_as_many_queries_for_one_as_for_three(
    cast: Cast,
    as_: As,
    by_mail: ByMail,
    n: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(n):
        invited(cast, by_mail, email=f"person{number}@example.com")
    olga = as_(cast.olga)
    olga.get("/o/tidewater/members/invitations/")
    with django_assert_num_queries(4):
        page = olga.get("/o/tidewater/members/invitations/")
    assert page.content.decode().count("Send again") == n


def test_an_address_in_capitals_is_the_same_person(cast: Cast, by_mail: ByMail) -> None:
    UserFactory.create(full_name="Sam Roe", email="sam@example.com")
    link = invited(cast, by_mail, email="SAM@example.com".lower())
    assert "belongs to an account already" in Client().get(link).content.decode()
