from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.models import AbstractBaseUser

from preceptor.accounts.models import Membership


class Backend(AuthenticationBackend):  # type: ignore[misc] # allauth is untyped
    """Whoever is signed in comes with where they may go, in one look-up a request."""

    def get_user(self, user_id: int) -> AbstractBaseUser | None:
        rows = list(Membership.objects.places_of(user_id).select_related("user"))
        if not rows:
            return super().get_user(user_id)  # type: ignore[no-any-return]
        user = rows[0].user
        user.places = rows
        for row in rows:
            row.user = user
        return user if self.user_can_authenticate(user) else None
