"""Codes of the ways in: beyond guessing, for one browser, once, and not for long."""

import math
import random
import re
from datetime import timedelta

import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core import mail
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from preceptor.accounts.entries import HistoryEntry
from preceptor.accounts.models import User
from preceptor.accounts.signing_in import seeds
from tests.accounts.test_signing_in import (
    NEW,
    code_in_mail,
    current_code,
    location,
    sign_in,
    sign_in_twice,
)
from tests.cast import Cast

INES = "ines.carvalho@example.com"
ASK, CONFIRM = "/accounts/login/code/", "/accounts/login/code/confirm/"
SECOND = "/accounts/2fa/authenticate/"


def asked() -> tuple[Client, str]:
    """A browser that asked for a code, and the code."""
    client = Client()
    client.post(ASK, {"email": INES})
    return client, code_in_mail()


def test_a_mailed_code_is_of_twenty_bits_at_least(cast: Cast) -> None:
    codes = [asked()[1].replace("-", "") for _ in range(3)]
    letters = re.fullmatch(r"[A-Z0-9]{6,}", codes[0])
    assert letters
    # Letters that are mistaken for others are left out: no fewer than 20 stay.
    assert min(map(len, codes)) * math.log2(20) >= 20
    assert len(set(codes)) == 3


def test_a_mailed_code_belongs_to_the_browser_that_asked(cast: Cast) -> None:
    owner, code = asked()
    other = Client()
    assert other.post(CONFIRM, {"code": code}).headers["Location"] != "/"
    assert "_auth_user_id" not in other.session
    third, _own = asked()
    third.post(CONFIRM, {"code": code})
    assert "_auth_user_id" not in third.session
    assert location(owner.post(CONFIRM, {"code": code})) == "/"


def test_a_mailed_code_works_once(cast: Cast) -> None:
    owner, code = asked()
    assert location(owner.post(CONFIRM, {"code": code})) == "/"
    owner.post("/accounts/logout/")
    owner.post(CONFIRM, {"code": code})
    assert "_auth_user_id" not in owner.session


def test_a_mailed_code_runs_out(cast: Cast) -> None:
    owner, code = asked()
    with time_machine.travel(timezone.now() + timedelta(minutes=10)):
        owner.post(CONFIRM, {"code": code})
        assert "_auth_user_id" not in owner.session
    assert len(mail.outbox) == 1


def test_a_code_for_a_new_address_runs_out(cast: Cast) -> None:
    for minutes, counts in ((9, True), (11, False)):
        address = f"ines{minutes}@home.example"
        client = Client()
        sign_in_twice(client, INES)
        client.post("/accounts/email/", {"email": address, "action_add": ""})
        code = code_in_mail()
        with time_machine.travel(timezone.now() + timedelta(minutes=minutes)):
            client.post("/accounts/confirm-email/", {"code": code})
        found = EmailAddress.objects.filter(email=address, verified=True)
        assert found.exists() is counts


def half_way() -> Client:
    client = Client()
    assert sign_in(client, INES) == SECOND
    return client


def test_a_code_of_an_app_works_once_and_not_for_long(cast: Cast) -> None:
    secret = generate_totp_secret()
    TOTP.activate(cast.ines.user, secret)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        code = current_code(secret)
        assert location(half_way().post(SECOND, {"code": code})) == "/"
        assert half_way().post(SECOND, {"code": code}).status_code == 422
        clock.shift(30)
        late = current_code(secret)
        clock.shift(30)
        assert half_way().post(SECOND, {"code": late}).status_code == 422
        assert location(half_way().post(SECOND, {"code": current_code(secret)})) == "/"


def test_a_recovery_code_works_once(cast: Cast) -> None:
    TOTP.activate(cast.ines.user, generate_totp_secret())
    first, second, *_others = codes_of(cast.ines.user)
    assert location(half_way().post(SECOND, {"code": first})) == "/"
    assert half_way().post(SECOND, {"code": first}).status_code == 422
    assert location(half_way().post(SECOND, {"code": second})) == "/"


def codes_of(user: User) -> list[str]:
    found: list[str] = RecoveryCodes.activate(user).get_unused_codes()
    return found


def test_a_new_password_goes_past_no_second_step(cast: Cast) -> None:
    """Whoever reads somebody's mail has one of two proofs."""
    TOTP.activate(cast.ines.user, generate_totp_secret())
    reader = Client()
    reader.post("/accounts/password/reset/", {"email": INES})
    (link,) = re.findall(r"^http://\S+$", str(mail.outbox[-1].body), re.MULTILINE)
    form = location(reader.get(link.removeprefix("http://localhost:8000")))
    reader.post(form, {"password1": NEW, "password2": NEW})
    assert "_auth_user_id" not in reader.session
    assert sign_in(reader, INES, NEW) == SECOND
    assert "_auth_user_id" not in reader.session
    assert reader.get("/o/tidewater/").status_code == 302


def test_all_of_them_are_drawn_by_the_system(cast: Cast) -> None:
    """Who knew what Python draws by lot, from a seed, would know none of them."""

    def drawn() -> list[object]:
        random.seed(1)
        Authenticator.objects.all().delete()
        client, code = asked()
        assert location(client.post(CONFIRM, {"code": code})) == "/"
        key = client.cookies["sessionid"].value
        assert re.fullmatch("[a-z0-9]{32}", key)
        return [key, code, generate_totp_secret(), *codes_of(cast.ines.user)]

    first, second = drawn(), drawn()
    assert len(first) == 13
    assert set(first).isdisjoint(second)


def with_both(user: User, secret: str) -> tuple[Authenticator, Authenticator]:
    app = TOTP.activate(user, secret).instance
    return app, RecoveryCodes.activate(user).instance


def test_seeds_are_kept_sealed(cast: Cast) -> None:
    secret = generate_totp_secret()
    app, recovery = with_both(cast.ines.user, secret)
    kept = Authenticator.objects.order_by("pk").values_list("data", flat=True)
    assert [list(data) for data in kept] == [["secret"], ["seed", "used_mask"]]
    assert secret not in str(list(kept))
    assert app.data["secret"].startswith(seeds.SEALED)
    assert recovery.data["seed"].startswith(seeds.SEALED)
    assert location(half_way().post(SECOND, {"code": current_code(secret)})) == "/"


def test_seeds_that_an_earlier_version_kept_open_are_sealed(cast: Cast) -> None:
    """Until then they are read as they stand, and nothing is told of in the history."""
    secret = generate_totp_secret()
    app, recovery = with_both(cast.ines.user, secret)
    app.data = {"secret": secret}
    app.save()
    recovery.data = {"seed": RecoveryCodes.generate_seed(), "used_mask": 4}
    recovery.save()
    codes, told = codes_of(cast.ines.user), HistoryEntry.objects.count()
    assert location(half_way().post(SECOND, {"code": current_code(secret)})) == "/"
    assert (seeds.seal_seeds(), seeds.seal_seeds()) == (2, 0)
    kept = Authenticator.objects.order_by("pk").values_list("data", flat=True)
    first, second = kept
    assert first["secret"].startswith(seeds.SEALED)
    assert second["seed"].startswith(seeds.SEALED)
    assert second["used_mask"] == 4
    assert codes_of(cast.ines.user) == codes
    assert location(half_way().post(SECOND, {"code": codes[0]})) == "/"
    assert HistoryEntry.objects.count() == told


def test_no_code_fits_a_seed_whose_key_is_gone(cast: Cast, settings: Settings) -> None:
    secret = generate_totp_secret()
    app, _recovery = with_both(cast.ines.user, secret)
    codes = codes_of(cast.ines.user)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another" * 10, []
    for known in (secret, ""):
        assert not TOTP(app).validate_code(current_code(known))
    assert not set(codes) & set(codes_of(cast.ines.user))
