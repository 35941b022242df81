from typing import Any
from urllib.parse import quote, urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from preceptor import mail
from preceptor.accounts import entrance
from preceptor.accounts.models import Membership, User
from preceptor.accounts.signing_in.devices import device
from preceptor.accounts.signing_in.gate import owns_any
from preceptor.accounts.signing_in.models import Rules
from preceptor.doors import address_of

SUBJECTS = {
    "account_already_exists": _("You have an account already"),
    "email_confirmation": _("%(code)s is your code"),
    "email_confirmation_signup": _("%(code)s is your code"),
    "login_code": _("%(code)s is your sign-in code"),
    "password_reset_key": _("Choose a new password"),
    "unknown_account": _("There is no account with this address"),
}
CHANGES = {
    "account_connected": _("Your organisation’s sign-in opens your account now"),
    "account_disconnected": _("A provider no longer opens your account"),
    "email_changed": _("Your primary e-mail address was changed"),
    "email_confirm": _("An e-mail address was added to your account"),
    "email_deleted": _("An e-mail address was removed from your account"),
    "password_changed": _("Your password was changed"),
    "password_reset": _("Your password was set anew"),
    "password_set": _("A password was set for your account"),
    "recovery_codes_generated": _("New recovery codes were made"),
    "totp_activated": _("An authenticator app was set up"),
    "totp_deactivated": _("Your authenticator app was switched off"),
    "webauthn_added": _("A passkey was added to your account"),
    "webauthn_removed": _("A passkey was removed from your account"),
}


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc] # untyped library
    """Registration is closed unless the installation opens it; mail in our look."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return settings.REGISTRATION_IS_OPEN

    def get_client_ip(self, request: HttpRequest) -> str:
        return address_of(request)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """In place of the library's count, which a stranger can fill for anybody."""
        account = credentials.get("email", "")
        self._tried = entrance.knock(request, entrance.SIGN_IN, account)

    def authenticate(
        self, request: HttpRequest, **credentials: Any
    ) -> AbstractBaseUser | None:
        user: AbstractBaseUser | None = super().authenticate(request, **credentials)
        if user:
            entrance.let_in(self._tried)
        return user

    def post_login(
        self, request: HttpRequest, user: User, **kwargs: Any
    ) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **kwargs)
        entrance.remember(request, response, user.email)
        return response

    def is_safe_url(self, url: str) -> bool:
        """Of this product alone: not of a host that a request names as its own."""
        own = urlsplit(settings.BASE_URL)
        return url_has_allowed_host_and_scheme(
            url, allowed_hosts={own.netloc}, require_https=own.scheme == "https"
        )

    def get_reset_password_from_key_url(self, key: str) -> str:
        """By our own word of who we are: the request's was written by whoever asked."""
        path = reverse("account_reset_password_from_key", args=["UID", "KEY"])
        return str(settings.BASE_URL + path.replace("UID-KEY", quote(key)))

    def can_delete_email(self, email_address: EmailAddress) -> bool:
        """Not one by which an organisation's own provider is asked for.

        Who took it off their account would come in without that provider.
        """
        bound = Rules.objects.filter(
            only_provider=True,
            organisation__in=Membership.objects.active()
            .filter(user=email_address.user_id)
            .values("organisation"),
        )
        if any(owns_any([email_address.email], one.organisation_id) for one in bound):
            return False
        return bool(super().can_delete_email(email_address))

    def send_mail(
        self, template_prefix: str, email: str, context: dict[str, Any]
    ) -> None:
        """Of the library's mails, each has its subject here.

        A change to how somebody signs in is told in the subject; one text serves all.
        """
        name = template_prefix.rsplit("/", 1)[-1]
        is_change = name in CHANGES
        subject = str(CHANGES[name] if is_change else SUBJECTS[name])
        mail.send(
            to=email,
            subject=subject % context if "%(" in subject else subject,
            template="account/changed" if is_change else f"account/{name}",
            context={
                **context,
                **_button_of(name, context),
                **_told_of(context),
                "email": email,
                "heading": subject,
            },
        )


def _told_of(context: dict[str, Any]) -> dict[str, str]:
    """A browser says of itself what it likes: of that the mail names what is known."""
    said = context.get("user_agent")
    return {"user_agent": device(said)} if said else {}


def _button_of(name: str, context: dict[str, Any]) -> dict[str, Any]:
    if name == "password_reset_key":
        return {
            "link": context["password_reset_url"],
            "button": _("Choose a password"),
        }
    if name == "account_already_exists":
        link = settings.BASE_URL + reverse("account_reset_password")
        return {"link": link, "button": _("Set a password")}
    if name in CHANGES:
        return {
            "link": settings.BASE_URL + reverse("accounts:profile"),
            "button": _("Look at your account"),
        }
    return {}
