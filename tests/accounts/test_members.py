from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from preceptor.accounts import actions
from preceptor.accounts.models import Membership, Organisation
from tests.cast import Cast
from tests.factories import MembershipFactory, OrganisationFactory, UserFactory

As = Callable[[Membership], Client]
MEMBERS = "/o/tidewater/members/"


def names_on(page: str, cast: Cast) -> set[str]:
    """The members whose page the list links to."""
    rows = Membership.objects.filter(organisation=cast.tidewater)
    return {
        str(row)
        for row in rows.select_related("user")
        if f'href="{MEMBERS}{row.pk}/"' in page
    }


def test_members_are_listed_to_an_owner(cast: Cast, as_: As) -> None:
    page = as_(cast.olga).get(MEMBERS).content.decode()
    assert names_on(page, cast) == {
        "Anjali Mehta",
        "Devon Marsh",
        "Ines Carvalho",
        "Lars Nilsen",
        "Mai Tran",
        "Mark Osei",
        "Mei Lin",
        "Olga Petersen",
        "Otis Grant",
        "Ruth Adeyemi",
        "Tomasz Wieczorek",
    }
    assert "Otto Lang" not in page


def test_two_owners_who_give_a_role_at_once_see_both(cast: Cast, as_: As) -> None:
    olga, path = as_(cast.olga), f"/o/tidewater/members/{cast.mei.pk}/"
    seen = olga.get(path).context["seen"]
    assert olga.post(path, {"role": "manager", "seen": seen}).status_code == 303
    late = olga.post(path, {"role": "owner", "seen": seen})
    assert late.status_code == 409
    assert "Yours: Owner" in late.text
    assert "Saved by now: Manager" in late.text
    assert Membership.objects.get(pk=cast.mei.pk).role == "manager"
    again = {"role": "owner", "seen": late.context["seen"]}
    assert olga.post(path, again).status_code == 303
    assert Membership.objects.get(pk=cast.mei.pk).role == "owner"


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("?q=M", {"Anjali Mehta", "Mark Osei"}),
        ("?q=carvalho@example", {"Ines Carvalho"}),
        ("?q=ruth&show=deactivated", set()),
        ("?show=deactivated", {"Mai Tran"}),
        ("?q=mai tran&show=all", {"Mai Tran"}),
        ("?show=nonsense&page=99", {"Ines Carvalho"}),
    ],
)
def test_members_can_be_searched(
    cast: Cast, as_: As, query: str, names: set[str]
) -> None:
    actions.deactivate(actor=cast.olga, member=cast.mai)
    response = as_(cast.olga).get(MEMBERS + query)
    assert response.status_code == 200
    assert names <= names_on(response.content.decode(), cast)
    if "nonsense" not in query and "q=M" not in query:
        assert names_on(response.content.decode(), cast) == names


def test_members_come_in_pages(cast: Cast, as_: As) -> None:
    for _ in range(45):
        MembershipFactory.create(organisation=cast.tidewater)
    olga = as_(cast.olga)
    first = olga.get(MEMBERS + "?show=all").content.decode()
    second = olga.get(MEMBERS + "?show=all&page=2").content.decode()
    assert "56 people" in first
    assert 'href="?show=all&amp;page=2"' in first
    assert len(names_on(first, cast)) == 50
    assert len(names_on(second, cast)) == 6


@pytest.mark.parametrize("n", [1, 3])
def test_members_take_as_many_queries_for_one_as_for_three(
    as_: As, n: int, django_assert_num_queries: DjangoAssertNumQueries, db: None
) -> None:
    owner = MembershipFactory.create(organisation__slug="quay", role="owner")
    for _ in range(n - 1):
        MembershipFactory.create(organisation=owner.organisation)
    client = as_(owner)
    client.get("/o/quay/members/")
    with django_assert_num_queries(4):
        page = client.get("/o/quay/members/").content.decode()
    assert page.count('data-label="Role"') == n


@pytest.mark.parametrize("name", ["mark", "ruth", "tomasz", "ines", "lars", "mei"])
def test_members_shows_others_the_organisation_alone(
    cast: Cast, as_: As, name: str
) -> None:
    client = as_(getattr(cast, name))
    page = client.get(MEMBERS).content.decode()
    assert "Tidewater Freight" in page
    assert "olga.petersen@example.com" not in page
    for path in (
        f"{MEMBERS}{cast.mai.pk}/",
        f"{MEMBERS}{cast.mai.pk}/deactivate/",
        f"{MEMBERS}settings/",
    ):
        assert client.get(path).status_code == 403
        assert client.post(path, {"role": "owner"}).status_code == 403
    assert client.post(f"{MEMBERS}{cast.mai.pk}/reactivate/").status_code == 403
    cast.mai.refresh_from_db()
    assert (cast.mai.role, cast.mai.is_active) == ("member", True)


def test_an_owner_elsewhere_is_a_stranger(cast: Cast, as_: As) -> None:
    otto = as_(cast.otto)
    assert otto.get(MEMBERS).status_code == 404
    for slug in ("tidewater", "harbour"):
        assert otto.get(f"/o/{slug}/members/{cast.mai.pk}/").status_code == 404
        path = f"/o/{slug}/members/{cast.mai.pk}/deactivate/"
        assert otto.post(path).status_code == 404
    cast.mai.refresh_from_db()
    assert cast.mai.is_active


def test_nobody_gets_in_without_signing_in(cast: Cast) -> None:
    response = Client().get(MEMBERS)
    assert response["Location"] == f"/accounts/login/?next={MEMBERS}"


def test_a_refusal_says_why(cast: Cast, as_: As) -> None:
    page = as_(cast.mei).get(f"{MEMBERS}settings/").content.decode()
    assert "You belong to this organisation, but this page is read by others." in page


def test_member_gets_another_role(cast: Cast, as_: As) -> None:
    response = as_(cast.olga).post(f"{MEMBERS}{cast.ruth.pk}/", {"role": "manager"})
    assert response.status_code == 303
    cast.ruth.refresh_from_db()
    assert cast.ruth.role == "manager"


def test_deactivate_ends_the_access_at_once_everywhere(cast: Cast, as_: As) -> None:
    """Ines is signed in, and her next click is refused: pages and fragments."""
    ines, olga = as_(cast.ines), as_(cast.olga)
    fragment = {"HX-Request": "true"}
    assert ines.get("/o/tidewater/").status_code == 200
    asked = olga.get(f"{MEMBERS}{cast.ines.pk}/deactivate/").content.decode()
    assert "Tidewater Freight is closed to them" in asked
    assert olga.post(f"{MEMBERS}{cast.ines.pk}/deactivate/").status_code == 303
    for path in ("", "sessions/", "growth/", "programs/", "members/"):
        assert ines.get(f"/o/tidewater/{path}").status_code == 404
        response = ines.get(f"/o/tidewater/{path}", headers=fragment)
        assert (response.status_code, response.headers["HX-Refresh"]) == (404, "true")
        assert ines.post(f"/o/tidewater/{path}").status_code == 404
    home = ines.get("/")
    assert (home.status_code, "in an organisation yet" in home.content.decode()) == (
        200,
        True,
    )


def test_reactivate_gives_it_back(cast: Cast, as_: As) -> None:
    actions.deactivate(actor=cast.olga, member=cast.ines)
    ines, olga = as_(cast.ines), as_(cast.olga)
    assert ines.get("/o/tidewater/").status_code == 404
    path = f"{MEMBERS}{cast.ines.pk}/reactivate/"
    assert olga.post(path)["Location"] == f"{MEMBERS}{cast.ines.pk}/"
    assert ines.get("/o/tidewater/").status_code == 200


def test_leave_asks_and_then_ends_the_own_access(cast: Cast, as_: As) -> None:
    mei = as_(cast.mei)
    asked = mei.get(f"{MEMBERS}leave/").content.decode()
    assert "You lose access to Tidewater Freight at once." in asked
    assert mei.post(f"{MEMBERS}leave/").status_code == 303
    assert mei.get("/o/tidewater/").status_code == 404


def test_settings_refuse_an_unknown_zone_and_keep_the_input(
    cast: Cast, as_: As
) -> None:
    answer = {"name": "Tidewater Lines", "time_zone": "Mars/Base"}
    response = as_(cast.olga).post(f"{MEMBERS}settings/", answer)
    assert response.status_code == 422
    assert 'value="Tidewater Lines"' in response.content.decode()
    assert Organisation.objects.get(slug="tidewater").name == "Tidewater Freight"


def test_the_foot_switches_between_organisations(cast: Cast, as_: As) -> None:
    harbour = MembershipFactory.create(
        user=cast.ines.user, organisation=cast.otto.organisation
    )
    ines = as_(cast.ines)
    tidewater = ines.get("/o/tidewater/members/").content.decode()
    assert 'href="/o/harbour/"' in tidewater
    assert "Switch to Harbour Works" in tidewater
    ines.get("/o/harbour/")
    assert ines.get("/")["Location"] == "/o/harbour/"
    ines.get("/o/tidewater/")
    assert ines.get("/")["Location"] == "/o/tidewater/"
    account = ines.get("/account/").content.decode()
    assert 'href="/o/tidewater/members/"' in account
    Membership.objects.filter(pk=harbour.pk).update(is_active=False)
    assert "Harbour Works" not in ines.get("/o/tidewater/members/").content.decode()


def test_the_foot_asks_nothing_for_other_organisations(
    cast: Cast, as_: As, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    mei = as_(cast.mei)
    mei.get(MEMBERS)
    with django_assert_num_queries(2):
        mei.get(MEMBERS)
    MembershipFactory.create(
        user=cast.mei.user, organisation=OrganisationFactory.create()
    )
    with django_assert_num_queries(2):
        mei.get(MEMBERS)


def test_a_closed_user_is_no_active_member(cast: Cast) -> None:
    user = UserFactory.create(full_name="Sam Roe", is_active=False)
    MembershipFactory.create(organisation=cast.tidewater, user=user)
    active = Membership.objects.active().filter(organisation=cast.tidewater)
    assert active.filter(user=user).count() == 0
    assert active.count() == 11
