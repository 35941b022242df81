from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc] # untyped library
    """Registration is closed unless the installation opens it."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return settings.REGISTRATION_IS_OPEN
