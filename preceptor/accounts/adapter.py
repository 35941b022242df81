from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from preceptor import mail

SUBJECTS = {
    "account_already_exists": _("You have an account already"),
    "email_confirmation": _("%(code)s is your code"),
    "email_confirmation_signup": _("%(code)s is your code"),
    "login_code": _("%(code)s is your sign-in code"),
    "password_reset_key": _("Choose a new password"),
    "unknown_account": _("There is no account with this address"),
}
CHANGES = {
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
                "email": email,
                "heading": subject,
            },
        )


def _button_of(name: str, context: dict[str, Any]) -> dict[str, Any]:
    if name == "password_reset_key":
        return {
            "link": context["password_reset_url"],
            "button": _("Choose a password"),
        }
    if name == "account_already_exists":
        return {"link": context["password_reset_url"], "button": _("Set a password")}
    if name in CHANGES:
        return {
            "link": settings.BASE_URL + reverse("accounts:profile"),
            "button": _("Look at your account"),
        }
    return {}
