"""The files of a deployment name what exists; they can't be run by the tests."""

import importlib.util
import os
import re
import secrets
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path
from runpy import run_path
from typing import Any
from unittest.mock import patch

import pytest
import yaml
from celery.app.utils import find_app
from django.core.exceptions import ImproperlyConfigured
from django.core.management import get_commands
from django.utils.module_loading import import_string

from preceptor.production import DEVELOPMENT_KEY, REQUIRED_IN_PRODUCTION

ROOT = Path(__file__).resolve().parent.parent
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
DOCKERFILE = (ROOT / "Dockerfile").read_text()
OURS = ("migrate", "web", "worker", "beat")
SETTINGS = (ROOT / "preceptor" / "settings.py").read_text()


def command(service: str) -> list[str]:
    """What the service runs: its own command, else the image's."""
    own: list[str] | None = COMPOSE["services"][service].get("command")
    if own:
        return own
    image = re.search(r"^CMD \[(.*)\]", DOCKERFILE, re.MULTILINE | re.DOTALL)
    assert image
    return re.findall(r'"([^"]+)"', image.group(1))


def test_compose_lists_the_services() -> None:
    assert set(COMPOSE["services"]) == {"postgres", "valkey", *OURS}
    assert all("healthcheck" in COMPOSE["services"][name] for name in OURS[1:])
    mounted = {
        volume.split(":")[0]
        for service in COMPOSE["services"].values()
        for volume in service.get("volumes", [])
    }
    assert mounted == set(COMPOSE["volumes"])


@pytest.mark.parametrize("service", OURS)
def test_command_exists(service: str) -> None:
    program, *words = command(service)
    if words[0] == "-m":
        assert importlib.util.find_spec(words[1])
        return
    if program == "python":
        assert (ROOT / words[0]).is_file()
        assert words[1] in get_commands()
        return
    assert importlib.util.find_spec(program)
    if program == "celery":
        assert find_app(words[words.index("--app") + 1]).main == "preceptor"
    else:
        assert callable(import_string(words[-1].replace(":", ".")))


@pytest.mark.parametrize("service", OURS)
def test_each_variable_is_read_by_the_settings(service: str) -> None:
    variables = set(COMPOSE["services"][service]["environment"])
    read = set(re.findall(r'env\.\w+\(\s*"(\w+)"', SETTINGS))
    assert variables <= read


def units(kind: str) -> dict[str, ConfigParser]:
    """Those of systemd, by name; of a key that stands twice the last is kept."""
    found = {}
    for path in (ROOT / "docs" / "systemd").glob(f"preceptor*.{kind}"):
        found[path.stem] = ConfigParser(strict=False, interpolation=None)
        found[path.stem].read(path)
    return found


@pytest.mark.parametrize("name", ["web@", "worker", "beat", "backup"])
def test_unit_runs_what_exists_and_may_do_little(name: str) -> None:
    service = units("service")[f"preceptor-{name}"]["Service"]
    program, *words = service["ExecStart"].split()
    assert program.startswith("/opt/preceptor/.venv/bin/")
    if program.endswith("celery"):
        assert find_app(words[words.index("--app") + 1]).main == "preceptor"
    elif words[0] == "-m":
        assert importlib.util.find_spec(words[1])
    else:
        assert words[:2] == ["manage.py", name]
        assert name in get_commands()
    assert service["User"] == "preceptor"
    assert service["ProtectSystem"] == "strict"
    assert service["NoNewPrivileges"] == "yes"
    assert service["CapabilityBoundingSet"] == ""


def test_units_may_write_where_the_page_puts_what_they_write() -> None:
    operations = (ROOT / "docs" / "operations.md").read_text()
    named = re.findall(r"manage\.py (?:backup|erased --again) (/[\w/]+)", operations)
    assert set(named) == {"/var/backups/preceptor", "/var/backups/preceptor/erased"}
    for name in ("worker", "backup"):
        service = units("service")[f"preceptor-{name}"]["Service"]
        assert service["StateDirectory"] == "preceptor"
        assert service["ReadWritePaths"] == "-/var/backups/preceptor"


def test_units_give_what_runs_the_time_to_end() -> None:
    """The parent alone is told; it needs its drain and its grace."""
    for name, unit, seconds in (("web", "web@", 45), ("worker", "worker", 120)):
        service = units("service")[f"preceptor-{unit}"]["Service"]
        assert (service["KillMode"], int(service["TimeoutStopSec"])) == (
            "mixed",
            seconds,
        )
        grace = COMPOSE["services"][name]["stop_grace_period"]
        assert int(grace.removesuffix("s")) >= seconds - 5
    wanted = units("target")["preceptor"]["Unit"]["Wants"].split()
    named = {re.sub(r"\d*\.service$", "", one) for one in wanted}
    assert named <= set(units("service"))
    assert set(units("timer")) <= set(units("service"))


def test_units_wait_for_their_servers_by_the_names_of_debian() -> None:
    for name in ("web@", "worker", "beat"):
        after = units("service")[f"preceptor-{name}"]["Unit"]["After"].split()
        assert {"redis-server.service", "valkey-server.service"} <= set(after)


def test_the_proxy_knows_both_webs() -> None:
    """Restarted one after the other, they let no request fall."""
    wanted = units("target")["preceptor"]["Unit"]["Wants"]
    ports = re.findall(r"preceptor-web@(\d+)", wanted)
    operations = (ROOT / "docs" / "operations.md").read_text()
    upstream = re.search(r"upstream preceptor \{(.*?)\}", operations, re.DOTALL)
    assert upstream
    assert re.findall(r"server 127.0.0.1:(\d+)", upstream.group(1)) == ports
    assert len(ports) == 2
    assert f"for port in {' '.join(ports)}; do systemctl restart" in operations


def test_production_gets_all_that_it_needs() -> None:
    environment = COMPOSE["services"]["web"]["environment"]
    assert set(REQUIRED_IN_PRODUCTION) <= set(environment)
    assert environment["PRECEPTOR_ENV"] == "production"


def complete(**changes: str) -> dict[str, str]:
    """An environment in which production starts, but for the changes; "" is unset."""
    named = {
        "PRECEPTOR_ENV": "production",
        "PRECEPTOR_SECRET_KEY": secrets.token_urlsafe(50),
        "PRECEPTOR_ALLOWED_HOSTS": "preceptor.example",
        "PRECEPTOR_BASE_URL": "https://preceptor.example",
        "PRECEPTOR_EMAIL_URL": "submission://mail.example:587",
        "PRECEPTOR_EMAIL_FROM": "preceptor@preceptor.example",
        "DATABASE_URL": "postgres://database.example/preceptor",
        "REDIS_URL": "redis://cache.example:6379",
    }
    return {**os.environ, **named, **changes}


def settings(environment: dict[str, str]) -> dict[str, Any]:
    """What the settings file says when it is read anew in this environment."""
    with patch.dict(os.environ, environment, clear=True):
        return run_path(str(ROOT / "preceptor" / "settings.py"))


def refusal(environment: dict[str, str]) -> str:
    """What the settings say that end a start; nothing where they accept it."""
    try:
        settings(environment)
    except ImproperlyConfigured as error:
        return str(error)
    return ""


def start(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """A process of its own that reads the settings and ends."""
    return subprocess.run(
        [sys.executable, "-c", "import preceptor.settings"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_production_starts_once_all_is_named() -> None:
    done = start(complete())
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("name", REQUIRED_IN_PRODUCTION)
def test_production_names_what_is_missing(name: str) -> None:
    assert refusal(complete(**{name: ""})) == (
        "Production needs these environment variables:\n"
        f"  {name}: {REQUIRED_IN_PRODUCTION[name]}"
    )


def test_production_names_all_that_is_missing() -> None:
    done = start(complete(**dict.fromkeys(REQUIRED_IN_PRODUCTION, "")))
    assert done.returncode == 1
    text = done.stderr.partition("ImproperlyConfigured: ")[2]
    assert re.findall(r"^  (\w+): ", text, re.MULTILINE) == list(REQUIRED_IN_PRODUCTION)


def test_production_wants_https() -> None:
    plain = complete(PRECEPTOR_BASE_URL="http://preceptor.example")
    assert refusal(plain) == "PRECEPTOR_BASE_URL must begin with https://"


@pytest.mark.parametrize(
    "key",
    [
        "x",
        "abcde" * 9 + "abcd",
        "abcd" * 20,
        "django-insecure-" + "0123456789abcdef" * 4,
        DEVELOPMENT_KEY,
    ],
)
def test_production_refuses_a_key_that_can_be_guessed(key: str) -> None:
    text = refusal(complete(PRECEPTOR_SECRET_KEY=key))
    assert text.startswith("PRECEPTOR_SECRET_KEY can be guessed: ")
    program = re.search(r"python3 -c '(.+)'$", text)
    assert program
    made = subprocess.check_output([sys.executable, "-c", program.group(1)], text=True)
    assert refusal(complete(PRECEPTOR_SECRET_KEY=made.strip())) == ""


def test_production_debugs_nothing_whatever_is_asked() -> None:
    for name in ("DEBUG", "DJANGO_DEBUG", "PRECEPTOR_DEBUG"):
        assert settings(complete(**{name: "1"}))["DEBUG"] is False


def test_mistyped_environment_is_not_taken_for_development() -> None:
    assert refusal(complete(PRECEPTOR_ENV="prod")) == (
        "PRECEPTOR_ENV is prod: it must be development or production"
    )


def test_empty_data_folder_means_the_usual_one() -> None:
    """As `make up` and `make reset` take it."""
    assert settings({**os.environ, "PRECEPTOR_DATA": ""})["DATA_DIR"] == ROOT / "var"


def test_no_secret_in_the_file() -> None:
    """Each value that somebody could abuse comes from outside, and must be given."""
    for service in COMPOSE["services"].values():
        for name, value in service.get("environment", {}).items():
            if re.search("SECRET|PASSWORD|EMAIL_URL|DATABASE_URL", name):
                assert re.search(r"\$\{\w+:\?.+\}", value), name


def test_operations_explains_each_variable() -> None:
    table = (ROOT / "docs" / "operations.md").read_text()
    explained = set(re.findall(r"^\| `([A-Z_]+)` \|", table, re.MULTILINE))
    assert explained == set(re.findall(r'env\.\w+\(\s*"(\w+)"', SETTINGS))


@pytest.mark.parametrize(
    ("address", "means"),
    [
        (
            "submission://me:secret@mail.example:587",
            ("mail.example", 587, "me", True, False),
        ),
        (
            "smtp://me:secret@mail.example:465/?ssl=True",
            ("mail.example", 465, "me", False, True),
        ),
        ("smtp://mail.example:25", ("mail.example", 25, None, False, False)),
    ],
)
def test_mail_server_as_operations_writes_it(
    address: str, means: tuple[object, ...]
) -> None:
    read = settings({**os.environ, "PRECEPTOR_EMAIL_URL": address})
    assert read["EMAIL_BACKEND"].endswith("smtp.EmailBackend")
    names = ("HOST", "PORT", "HOST_USER", "USE_TLS", "USE_SSL")
    assert tuple(read[f"EMAIL_{name}"] for name in names) == means


def test_mail_server_that_is_none() -> None:
    text = refusal({**os.environ, "PRECEPTOR_EMAIL_URL": "carrier-pigeon://mail"})
    assert "must begin with submission:// or smtp://" in text


def test_history_is_kept_for_a_year_at_least() -> None:
    assert "history stays for a year at least" in refusal(
        {**os.environ, "PRECEPTOR_HISTORY_DAYS": "365"}
    )
    assert settings({**os.environ, "PRECEPTOR_HISTORY_DAYS": "366"})["HISTORY_DAYS"]


def test_beat_asks_for_tasks_that_are_there() -> None:
    """Each of its entries names one that a worker knows."""
    app = find_app("preceptor.celery:app")
    app.loader.import_default_modules()
    asked = {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert asked <= set(app.tasks)
    assert "preceptor.notifications.tasks.prune_outbox" in asked
