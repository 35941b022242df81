"""No template writes a link to another site by hand, past what marks it."""

import re
from pathlib import Path

from django.conf import settings

TEMPLATES = Path(settings.TEMPLATES[0]["DIRS"][0])
A_LINK = re.compile(
    r"<(?:a|area|form)\b[^>]*?\b(?:href|action)=\"([^\"]*)\"", re.DOTALL
)
OURS = {
    *(
        "path",
        "action",
        "request.path",
        "back",
        "cancel",
        "above",
        "there",
        "fresh",
        "preferences",
    ),
    *("step.path", "one.path", "entry.path", "card.evidence_path"),
    *("finding.beyond", "other.url", "login_url", "signup_url"),
    *("request_login_code_url", "request.session.bound_for"),
}
"""What views of ours, or of the sign-in library, put into a template as an address."""
PROGRAMS = {"webcal"}
"""Opens a calendar program, and no page."""


def addresses() -> set[tuple[str, str]]:
    """Where each template but those of mails leads to, by its file."""
    return {
        (str(path.relative_to(TEMPLATES)), address)
        for path in TEMPLATES.rglob("*.html")
        if "emails" not in path.parts
        for address in A_LINK.findall(path.read_text())
    }


def test_no_template_names_another_site_but_through_its_mark() -> None:
    assert {one for one in addresses() if re.match("(?:[a-z]+:|//)", one[1])} == set()


def test_each_address_that_a_template_is_given_is_ours() -> None:
    """What people typed goes through `{% elsewhere %}`; who adds one thinks of it."""
    given = {
        match[1]
        for _path, address in addresses()
        if (match := re.match(r"\{\{\s*([\w.]+)", address))
    }
    assert given == OURS | PROGRAMS
