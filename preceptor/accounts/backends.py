from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.models import AbstractBaseUser

from preceptor.accounts.models import Membership
from preceptor.prepared import Prepared

PLACES = Prepared(
    lambda user: Membership.objects.places_of(user).select_related("user"), user=int
)


class Backend(AuthenticationBackend):  # type: ignore[misc] # allauth is untyped
    """Whoever is signed in comes with where they may go, in one look-up a request."""

    def get_user(self, user_id: int) -> AbstractBaseUser | None:
        rows = PLACES(user=user_id)
        if not rows:
            return super().get_user(user_id)  # type: ignore[no-any-return]
        user = rows[0].user
        user.places = rows
        for row in rows:
            row.user = user
        return user if self.user_can_authenticate(user) else None
