"""A lead pairs a cohort, and no junior is lost when a mentor leaves."""

import re

from playwright.sync_api import FilePayload, Page, expect

from pairings.models import Enrolment, MatchRun, Pairing, Program
from preceptor.accounts.models import Membership
from progress.actions import begin_plan
from tests.browser.steps import Enter, clean
from tests.cast import Cast

ROSTER = """name,e-mail,side,team,skills,heads,hours
Noor Haddad,noor@example.com,mentor,Billing,Python:3; SQL:2,2,8
Femi Adeleke,femi@example.com,junior,Billing,SQL:3,,
Hana Sato,hana@example.com,junior,Routing,Python:2,,
"""


def press(page: Page, name: str | re.Pattern[str]) -> None:
    page.get_by_role("button", name=name).first.click()


def member(email: str) -> Membership:
    return Membership.objects.select_related("user").get(user__email=email)


def bring_roster(ruth: Page, program: Program) -> None:
    ruth.goto(f"/o/tidewater/programs/{program.pk}/roster/")
    file = FilePayload(name="cohort.csv", mimeType="text/csv", buffer=ROSTER.encode())
    ruth.locator("[name=file]").set_input_files(file)
    press(ruth, "Show what it would do")
    clean(ruth)
    ruth.locator("main button.primary").click()
    expect(ruth.get_by_text("Femi Adeleke").first).to_be_visible()


def tune_and_run(ruth: Page, program: Program) -> None:
    """The tenure rule off, choices weighing nothing; then one pair pinned."""
    ruth.goto(f"/o/tidewater/programs/{program.pk}/matching/")
    clean(ruth)
    ruth.get_by_label("fewer months in the organisation than").uncheck()
    ruth.get_by_label("The junior’s own choice").fill("0")
    press(ruth, "Run")
    expect(ruth.get_by_role("heading", name="proposed pairs")).to_be_visible()
    clean(ruth)
    press(ruth, re.compile("^Pin Femi Adeleke"))
    expect(ruth.get_by_role("button", name=re.compile("^Unpin Femi"))).to_be_visible()
    press(ruth, "Run again")
    expect(ruth.get_by_text("pinned", exact=True)).to_be_visible()


def publish(ruth: Page) -> None:
    for box in ruth.locator("input[name=pair]").all():
        box.check()
    press(ruth, re.compile("^Propose 4 pairs"))
    clean(ruth)
    press(ruth, "Publish 4 pairs")


def test_a_cohort_is_paired_and_a_junior_handed_over(
    people: Cast, enter: Enter
) -> None:
    begin_plan(people.pairing)
    Program.objects.filter(pk=people.program.pk).update(approval="both")
    ruth = enter(people.ruth)
    bring_roster(ruth, people.program)
    tune_and_run(ruth, people.program)
    assert MatchRun.objects.filter(state="done").count() == 2
    publish(ruth)
    proposed = Pairing.objects.filter(state="proposed")
    femi = Enrolment.objects.get(membership=member("femi@example.com"))
    first = proposed.with_people().get(junior=femi)
    assert proposed.count() == 4

    declines(enter(member("femi@example.com")), first)
    ruth.goto(f"/o/tidewater/programs/{people.program.pk}/proposals/")
    expect(ruth.get_by_text("I work nights")).to_be_visible()
    clean(ruth)
    press(ruth, re.compile("^Propose "))
    second = Pairing.objects.with_people().get(
        junior=femi, state="proposed", declined_at=None
    )
    assert second.mentor != first.mentor
    for who in (second.junior, second.mentor):
        page = enter(who.membership)
        page.goto(f"/o/tidewater/pairings/{second.pk}/proposal/")
        press(page, "Accept")
    assert Pairing.objects.get(pk=second.pk).state == "active"

    hand_over(people, enter, ruth)


def declines(page: Page, pairing: Pairing) -> None:
    page.goto(f"/o/tidewater/pairings/{pairing.pk}/proposal/")
    clean(page)
    page.get_by_role("link", name="Decline").click()
    page.locator("[name=reason]").fill("I work nights")
    press(page, "Decline")
    expect(page.get_by_text("You declined.")).to_be_visible()


def hand_over(people: Cast, enter: Enter, ruth: Page) -> None:
    """Tomasz leaves; Ines passes to another mentor with what she releases."""
    olga = enter(people.olga)
    olga.goto(f"/o/tidewater/members/{people.tomasz.pk}/deactivate/")
    press(olga, "End the access")
    ruth.goto("/o/tidewater/")
    expect(ruth.get_by_text("Tomasz Wieczorek is deactivated").first).to_be_visible()
    clean(ruth)
    ruth.get_by_role("link", name="Choose for Ines").click()
    ruth.locator("input[name=mentor]:not([disabled])").first.check()
    clean(ruth)
    press(ruth, "Propose this pair")
    successor = Pairing.objects.with_people().get(
        junior=people.ines_enrolled, state="proposed"
    )
    path = f"/o/tidewater/pairings/{successor.pk}/"
    ines, mentor = enter(people.ines), enter(successor.mentor.membership)
    assert Pairing.objects.get(pk=people.pairing.pk).state == "active"
    for page in (ines, mentor):
        page.goto(f"{path}proposal/")
        press(page, "Accept")
    assert Pairing.objects.get(pk=people.pairing.pk).state == "ended"
    mentor.goto(f"{path}handover/")
    expect(mentor.get_by_text("looks at the handover first")).to_be_visible()
    ines.goto(f"{path}handover/")
    clean(ines)
    press(ines, "Release the handover")
    mentor.goto(f"{path}handover/")
    clean(mentor)
    press(mentor, "I have read it")
    ines.goto(f"{path}handover/")
    expect(ines.get_by_text(f"{successor.mentor} acknowledged it")).to_be_visible()
