"""A conversation full of scripts is read as words; a finding is made on its turn."""

import json

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from reviews.actions import store_transcript
from reviews.models import ReviewSession
from tests.browser.steps import Enter, clean
from tests.cast import Cast
from tests.clients import signed_in
from tests.reviews.conftest import open_as
from tests.samples import transcript_sample

RUNS = "window.ran = true"
ATTACKS = (
    f"<script>{RUNS}</script>",
    f"<img src=x onerror='{RUNS}'>",
    f"<svg onload='{RUNS}'></svg>",
    f"</pre></code></details><script>{RUNS}</script>",
    f"[click](javascript:{RUNS.replace(' ', '')})",
    f'"><input autofocus onfocus="{RUNS}">',
)


@pytest.fixture
def reading(people: Cast) -> ReviewSession:
    return open_as(people.ines, signed_in, people)


def hostile() -> bytes:
    """Scripts in every field that a log has."""
    attack = "\n\n".join(ATTACKS)
    call = {"type": "tool_use", "id": "t", "name": attack, "input": {attack: [attack]}}
    result = {"type": "tool_result", "tool_use_id": "t", "content": attack}
    blocks = [
        {"type": "text", "text": f"{attack}\n\n{'long ' * 2_000}{attack}"},
        {"type": "thinking", "thinking": attack},
        call,
    ]
    message = {"id": "m", "model": attack, "content": blocks}
    records = [
        {"type": "user", "timestamp": attack, "message": {"content": attack}},
        {"type": "assistant", "message": message},
        {"type": "user", "message": {"content": [result]}},
        {"type": attack, attack: attack},
        {"type": "system", "content": attack},
    ]
    return "\n".join(json.dumps(record) for record in records).encode()


def stays_quiet(page: Page) -> None:
    """Nothing of what was brought ran, or stands in the page as more than text."""
    assert page.evaluate("window.ran === undefined")
    assert page.evaluate("window.violations") == []
    inside = ".turns :is(script, img, svg, input, iframe, [href^=javascript])"
    assert page.locator(inside).count() == 0


def test_a_hostile_conversation_is_words(
    enter: Enter, people: Cast, reading: ReviewSession
) -> None:
    page = enter(people.ines)
    page.on("dialog", lambda dialog: pytest.fail(dialog.message))
    page.add_init_script(
        "window.violations = []; document.addEventListener("
        "'securitypolicyviolation', (e) => window.violations.push(e.blockedURI))"
    )
    page.goto(f"/o/tidewater/sessions/{reading.pk}/read/")
    page.get_by_role("link", name="Add it").click()
    clean(page)
    page.get_by_label("The conversation, as a file").set_input_files(
        {
            "name": "<b onmouseover=alert(1)>.jsonl",
            "mimeType": "text/plain",
            "buffer": hostile(),
        }
    )
    page.get_by_role("button", name="See the preview").click()
    page.wait_for_url("**/conversations/new/*/")
    stays_quiet(page)
    clean(page)
    page.get_by_role("button", name="Add the conversation").click()
    page.wait_for_url("**/conversations/*/")
    for summary in page.locator(".turn summary").all():
        summary.click()
    stays_quiet(page)
    page.get_by_role("link", name="Show all").click()
    page.get_by_role("link", name="Show all").wait_for(state="detached")
    page.locator("details:has-text('unknown type') > summary").first.click()
    stays_quiet(page)
    clean(page)


def test_a_real_conversation_reads_well(
    enter: Enter, people: Cast, reading: ReviewSession
) -> None:
    name = "claude-code-01-entireio-cli-a036cae1.jsonl"
    row = store_transcript(
        session=reading, body=transcript_sample(name), name=name, now=timezone.now()
    )
    page = enter(people.ines)
    address = f"/o/tidewater/sessions/{reading.pk}/conversations/{row.pk}/"
    page.goto(f"{address}?turn=12#turn-12")
    turn = page.locator("#turn-12")
    assert turn.evaluate("turn => turn.matches(':target')")
    turn.locator("summary").first.click()
    clean(page)
    page.goto(f"{address}turns/12/")
    clean(page)


def write(page: Page, title: str) -> None:
    page.get_by_label("What is wrong?").fill(title)
    first = page.locator("select[name=category] optgroup").first
    assert first.get_attribute("label") == "Reasoning"
    category = page.get_by_role("combobox", name="Category")
    if category.evaluate("field => field.matches('input')"):
        category.fill("reversal")
        page.keyboard.press("Enter")
    else:
        category.select_option("reversal")
    page.get_by_role("radio", name="Major").check()
    page.get_by_role("button", name="Add finding").click()


def test_a_finding_on_a_turn_with_and_without_script(
    enter: Enter, people: Cast, reading: ReviewSession
) -> None:
    body = "You: why?\nAssistant: because\nYou: no\nAssistant: You are right.\n"
    row = store_transcript(
        session=reading, body=body.encode(), name="", now=timezone.now()
    )
    address = f"/o/tidewater/sessions/{reading.pk}/conversations/{row.pk}/"
    page = enter(people.ines)
    page.goto(address)
    page.get_by_role("link", name="Finding on turn 4").click()
    page.wait_for_selector("#turn-4 .findingform")
    clean(page)
    write(page, "It gives in at once")
    note = page.locator("#turn-4 .finding")
    note.wait_for()
    assert "Sycophantic reversal, major" in note.inner_text()
    assert page.url.endswith(address)
    page.reload()
    note.wait_for()
    clean(page)

    plain = enter(people.tomasz, java_script_enabled=False)
    plain.goto(address)
    assert "It gives in at once" not in plain.content()
    plain.get_by_role("link", name="Finding on turn 4").click()
    write(plain, "No reason for the turn")
    plain.locator("#turn-4 .finding").wait_for()
    assert plain.url.endswith(f"{address}?turn=4#turn-4")
    assert reading.findings.filter(transcript=row, turn=4).count() == 2
