"""Profiles, choices, the list of skills and the register, in a browser."""

import re

from playwright.sync_api import expect

from pairings.models import Choice, Enrolment, Skill
from tests.browser.steps import ContextOf, problems
from tests.cast import Cast


def test_a_mentor_fills_in_their_profile(people: Cast, context_of: ContextOf) -> None:
    page = context_of(people.tomasz).new_page()
    page.goto(f"/o/tidewater/programs/{people.program.pk}/")
    page.get_by_role("link", name="Your profile").click()
    seats = page.locator("#seats")
    expect(seats).to_contain_text("3 seats: the smallest of 3 by heads")
    page.get_by_label("Juniors at most").fill("1")
    expect(seats).to_contain_text("1 seat: the smallest of 1 by heads")
    page.get_by_label("Skill", exact=True).nth(2).fill("Kafka")
    page.get_by_label("Strength").nth(2).select_option("teaches it")
    page.get_by_label("Languages").fill("English, Polish")
    assert problems(page) == []
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_have_text("The profile is saved.")
    row = Enrolment.objects.with_skills().get(pk=people.tomasz_enrolled.pk)
    assert row.degrees == (("Kafka", 3), ("postgresql", 2), ("python", 2))
    assert (row.heads, row.languages) == (1, ["en", "pl"])


def test_a_junior_chooses_mentors_without_script(
    people: Cast, context_of: ContextOf
) -> None:
    page = context_of(people.mai, java_script_enabled=False).new_page()
    page.goto(f"/o/tidewater/programs/{people.program.pk}/")
    page.get_by_role("link", name="Choose mentors").click()
    page.get_by_role("button", name="Choose Tomasz Wieczorek").click()
    page.get_by_role("button", name="Choose Anjali Mehta").click()
    page.get_by_role("button", name="Up Anjali Mehta").click()
    chosen = Choice.objects.filter(junior=people.mai_enrolled).order_by("rank")
    assert [one.mentor for one in chosen] == [
        people.anjali_enrolled,
        people.tomasz_enrolled,
    ]
    page.get_by_role("button", name="Rather not Tomasz Wieczorek").click()
    expect(page.get_by_text("Read by leads alone.")).to_be_visible()
    assert people.mai_enrolled.avoidances.get().person == people.tomasz


def listed(people: Cast) -> None:
    for name in ("Kafka", "Kubernetes", "Haskell"):
        Skill.objects.create(organisation=people.tidewater, name=name)


def test_one_click_saves_a_skill_whose_name_is_still_completed(
    people: Cast, context_of: ContextOf
) -> None:
    listed(people)
    skill = Skill.objects.get(name="Kafka")
    page = context_of(people.olga).new_page()
    page.goto(f"/o/tidewater/skills/{skill.pk}/")
    name = page.get_by_label("Name")
    name.fill("")
    name.press_sequentially("K")
    options = page.locator(".options:visible").get_by_role("option")
    expect(options).to_have_text(["Kafka", "Kubernetes"])
    assert problems(page) == []
    page.get_by_role("button", name="Save").click()
    expect(page).to_have_url(re.compile("/skills/$"))
    skill.refresh_from_db()
    assert skill.name == "K"


def test_each_skill_is_completed_by_keyboard(
    people: Cast, context_of: ContextOf
) -> None:
    listed(people)
    page = context_of(people.mai).new_page()
    page.goto(f"/o/tidewater/enrolments/{people.mai_enrolled.pk}/profile/")
    taken = page.get_by_label("Skill", exact=True).nth(0).input_value()
    options = page.locator(".options:visible")
    fields = page.get_by_label("Skill", exact=True)
    free = Enrolment.objects.with_skills().get(pk=people.mai_enrolled.pk).skill_names
    field = fields.nth(len(free))
    field.press_sequentially(taken[:2])
    expect(options.get_by_role("option", name=taken, exact=True)).to_have_count(0)
    for at, typed, name in ((0, "ka", "Kafka"), (1, "ku", "Kubernetes")):
        field = fields.nth(len(free) + at)
        field.fill("")
        field.press_sequentially(typed)
        expect(options.get_by_role("option")).to_have_text([name])
        assert problems(page) == []
        field.press("ArrowDown")
        expect(options.get_by_role("option", selected=True)).to_have_text(name)
        field.press("Enter")
        expect(field).to_have_value(name)
        expect(options.get_by_role("option")).to_have_count(0)
    page.get_by_role("button", name="Save").click()
    row = Enrolment.objects.with_skills().get(pk=people.mai_enrolled.pk)
    assert set(row.skill_names) == {*free, "Kafka", "Kubernetes"}


def test_a_list_of_skills_is_completed_name_by_name_on_a_phone(
    people: Cast, context_of: ContextOf
) -> None:
    listed(people)
    size = {"width": 360, "height": 800}
    page = context_of(people.ruth, viewport=size, has_touch=True).new_page()
    page.goto(f"/o/tidewater/programs/{people.program.pk}/enrol/")
    options = page.locator(".options:visible")
    field = page.get_by_label("Skills", exact=True)
    for typed, name, after in (
        ("kub", "Kubernetes", "Kubernetes, "),
        ("k", "Kafka", "Kubernetes, Kafka, "),
        ("post", "postgresql", "Kubernetes, Kafka, postgresql, "),
    ):
        field.press_sequentially(typed)
        options.get_by_role("option", name=name).tap()
        expect(field).to_have_value(after)
    field.press_sequentially("k")
    expect(options.get_by_role("option")).to_have_count(0)
    field.press("Escape")
    field.evaluate("field => field.setSelectionRange(14, 14)")
    field.press("Backspace")
    expect(options.get_by_role("option")).to_have_count(0)
    page.get_by_label("Team", exact=True).press_sequentially("Int")
    options.get_by_role("option", name="Integrations").tap()
    expect(page.get_by_label("Team", exact=True)).to_have_value("Integrations")
    assert problems(page) == []


def test_every_page_is_clean_on_a_phone(people: Cast, context_of: ContextOf) -> None:
    size = {"width": 360, "height": 800}
    junior = context_of(people.mai, viewport=size).new_page()
    owner = context_of(people.olga, viewport=size).new_page()
    place = f"/o/tidewater/enrolments/{people.mai_enrolled.pk}"
    for page, address in (
        (junior, f"{place}/profile/"),
        (junior, f"{place}/wishes/"),
        (owner, "/o/tidewater/skills/"),
        (owner, "/o/tidewater/skills/remove/"),
        (owner, "/o/tidewater/mentors/"),
        (owner, f"/o/tidewater/mentors/{people.tomasz.pk}/"),
    ):
        page.goto(address)
        assert problems(page) == [], address
