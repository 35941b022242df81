import sys
from argparse import ArgumentParser
from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management import BaseCommand, CommandError
from django.db import IntegrityError
from django.urls import reverse
from django.utils.text import slugify

from preceptor.accounts import actions
from preceptor.accounts.models import Membership, Organisation, User

QUESTIONS = {
    "organisation": "Name of the organisation",
    "slug": "Its word in addresses",
    "email": "E-mail of its first owner",
    "name": "Full name of the owner",
    "time_zone": "Time zone",
}


class Command(BaseCommand):
    help = "Makes a new organisation and its first owner, and prints the way in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--organisation", help="its name")
        parser.add_argument("--slug", help="its word in addresses: /o/<slug>/")
        parser.add_argument("--email", help="the owner's e-mail address")
        parser.add_argument("--name", help="the owner's full name")
        parser.add_argument("--time-zone", help="such as Europe/London (default UTC)")

    def handle(self, *args: Any, **options: Any) -> None:
        asks = sys.stdin.isatty()
        answers = {"time_zone": "UTC"} if not asks else {}
        for name, question in QUESTIONS.items():
            if options[name]:
                answers[name] = options[name].strip()
            elif asks:
                answers[name] = self._ask(question, _default(name, answers))
            elif name == "slug":
                answers[name] = _default(name, answers)
        _refuse_missing(answers)
        owner = _found(answers)
        self.stdout.write(f"{owner.organisation} is at {_home(owner.organisation)}")
        self.stdout.write(_way_in(owner.user))

    def _ask(self, question: str, default: str) -> str:
        shown = f" [{default}]" if default else ""
        return input(f"{question}{shown}: ").strip() or default


def _default(name: str, answers: dict[str, str]) -> str:
    if name == "slug":
        return slugify(answers.get("organisation", ""))
    return "UTC" if name == "time_zone" else ""


def _refuse_missing(answers: dict[str, str]) -> None:
    missing = [name for name in QUESTIONS if not answers.get(name)]
    if missing:
        flags = ", ".join("--" + name.replace("_", "-") for name in missing)
        raise CommandError(f"Not said: {flags}. Name each, or answer in a terminal.")


def _found(answers: dict[str, str]) -> Membership:
    name, slug = answers["organisation"], answers["slug"]
    email, zone = answers["email"].lower(), answers["time_zone"]
    try:
        Organisation(name=name, slug=slug, time_zone=zone).full_clean()
        owner = User(email=email, full_name=answers["name"], time_zone=zone)
        owner.clean_fields(exclude=["password"])
        return actions.found(
            name=name,
            slug=slug,
            time_zone=zone,
            email=email,
            full_name=answers["name"],
        )
    except ValidationError as error:
        raise CommandError(_sentences(error)) from error
    except IntegrityError as error:
        raise CommandError(f"The address /o/{slug}/ was taken just now.") from error


def _sentences(error: ValidationError) -> str:
    if not hasattr(error, "error_dict"):
        return " ".join(error.messages)
    return "\n".join(
        f"{field}: {' '.join(messages)}"
        for field, messages in error.message_dict.items()
    )


def _home(organisation: Organisation) -> str:
    path = reverse("insights:today", args=[organisation.slug])
    return f"{settings.BASE_URL}{path}"


def _way_in(user: User) -> str:
    """Who has no password chooses one by a link that works once, for three days."""
    if user.has_usable_password():
        path = reverse("account_login")
        return f"{user} has an account; sign in at {settings.BASE_URL}{path}"
    key = default_token_generator.make_token(user)
    path = reverse(
        "account_reset_password_from_key", args=[user_pk_to_url_str(user), key]
    )
    return (
        f"{user} chooses a password at {settings.BASE_URL}{path}\n"
        "The link works once and for three days; after that, --email gets a new one"
        f" at {settings.BASE_URL}{reverse('account_reset_password')}"
    )
