from pytest_django import DjangoAssertNumQueries

from preceptor.accounts.backends import Backend
from preceptor.accounts.models import Membership, User
from tests.cast import Cast
from tests.factories import MembershipFactory, OrganisationFactory


def asked(user: User) -> User:
    found = Backend().get_user(user.pk)
    assert isinstance(found, User)
    return found


def test_a_user_comes_with_where_they_may_go(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    harbour = OrganisationFactory.create(name="Alder Harbour")
    other = MembershipFactory.create(user=cast.mei.user, organisation=harbour)
    with django_assert_num_queries(1):
        user = asked(cast.mei.user)
        assert user.places == [other, cast.mei]
        assert all(one.user is user for one in user.places)
        assert user.places[0].organisation.name == "Alder Harbour"


def test_a_user_without_a_place_is_signed_in_all_the_same(cast: Cast) -> None:
    Membership.objects.filter(pk=cast.mei.pk).update(is_active=False)
    assert asked(cast.mei.user).places == []


def test_a_closed_user_is_nobody(cast: Cast) -> None:
    User.objects.filter(pk=cast.mei.user_id).update(is_active=False)
    assert Backend().get_user(cast.mei.user_id) is None
    assert Backend().get_user(0) is None
