"""The large organisation's people, programs, pairings and plans.

Users and memberships share one numbering: a lead for each program, then seven mentors
for each, then the juniors, one a pairing.
"""

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from pairings.actions.skills import listed
from pairings.models import (
    Enrolment,
    EnrolmentSkill,
    Pairing,
    Program,
    ProgramStaff,
)
from preceptor.accounts.models import Membership, User
from preceptor.insights.demo import cast
from preceptor.insights.demo.inserting import Facts, analyze, insert
from preceptor.insights.demo.material import GOALS
from preceptor.insights.demo.people import PASSWORD
from progress.models import Goal, GrowthPlan, Milestone, MilestoneCondition
from progress.schedule import points
from progress.wording import about_of, name_of

GIVEN = (
    *("Ada", "Bo", "Chiara", "Dara", "Emeka", "Farah", "Goran", "Hye-jin", "Ida"),
    *("Jamal", "Kirsi", "Lior", "Mira", "Noor", "Olek", "Pilar", "Quentin", "Rosa"),
    *("Sanjay", "Tuva", "Uma", "Viktor", "Wanjiru"),
)
FAMILY = (
    *("Abbott", "Bakker", "Castro", "Dahl", "Eze", "Farouk", "Green", "Hoang", "Ito"),
    *("Jensen", "Kowal", "Lam", "Moreau", "Nkosi", "Okafor", "Pires", "Quist", "Rossi"),
    *("Singh", "Tanaka", "Ueda", "Varga", "Weiss", "Xu", "Yilmaz", "Zhou", "Ward"),
    *("Young", "Novak"),
)
SKILLS = (
    *("Go", "Java", "Kafka", "Kotlin", "Kubernetes", "Python"),
    *("React", "Rust", "SQL", "Terraform", "testing", "TypeScript"),
)
TEAMS = ("Billing", "Customer web", "Data platform", "Integrations", "Routing")
EVERYBODY = "generate_series(0, %(programs)s * 8 + %(pairings)s - 1) u"
MENTORS = "generate_series(0, %(programs)s * 7 - 1) m"
ASKED = {"sessions_held": 24, "sessions_led": 12, "findings_explained": 12}
"""What each milestone asks for that is not signed yet."""

PAIRINGS = "generate_series(0, %(pairings)s - 1) p"


def write(facts: Facts) -> None:
    """Everything but the sessions."""
    _people(
        dict(facts)
        | {
            "given": list(GIVEN),
            "family": list(FAMILY),
            "domain": cast.DOMAIN,
            "password": make_password(PASSWORD),
        }
    )
    _programs(facts)
    _enrolments(dict(facts) | {"teams": list(TEAMS)})
    _pairings(facts)
    _plans(facts)


def _people(facts: Facts) -> None:
    name = (
        "(%(given)s::text[])[mod(u, cardinality(%(given)s::text[])) + 1] || ' ' || "
        "(%(family)s::text[])[mod(u, cardinality(%(family)s::text[])) + 1]"
    )
    address = "'person-' || u || '.' || %(user_id)s || '@' || %(domain)s"
    insert(
        User,
        {
            "id": "%(user_id)s + u",
            "email": address,
            "full_name": name,
            "password": "%(password)s",
        },
        EVERYBODY,
        facts,
    )
    insert(
        EmailAddress,
        {
            "user": "%(user_id)s + u",
            "email": address,
            "verified": "true",
            "primary": "true",
        },
        EVERYBODY,
        facts,
    )
    insert(
        Membership,
        {
            "id": "%(membership_id)s + u",
            "organisation": "%(organisation)s",
            "user": "%(user_id)s + u",
        },
        EVERYBODY,
        facts,
    )
    analyze(User, Membership)


def _programs(facts: Facts) -> None:
    every = "generate_series(0, %(programs)s - 1) k"
    insert(
        Program,
        {
            "id": "%(program_id)s + k",
            "organisation": "%(organisation)s",
            "name": "'Site ' || %(program_id)s + k",
            "state": f"'{Program.State.RUNNING.value}'",
            "starts_on": "%(starts_on)s",
            "ends_on": "%(ends_on)s",
            # Months are counted from the one in which a program was entered.
            "created_at": "%(starts_on)s",
        },
        every,
        facts,
    )
    insert(
        ProgramStaff,
        {
            "organisation": "%(organisation)s",
            "program": "%(program_id)s + k",
            "membership": "%(membership_id)s + k",
            "role": f"'{ProgramStaff.Role.LEAD.value}'",
        },
        every,
        facts,
    )
    analyze(Program)


def _enrolments(facts: Facts) -> None:
    common = {
        "organisation": "%(organisation)s",
        "ends_on": "%(ends_on)s",
    }
    insert(
        Enrolment,
        common
        | {
            "id": "%(enrolment_id)s + m",
            "program": "%(program_id)s + m / 7",
            "membership": "%(membership_id)s + %(programs)s + m",
            "side": "'mentor'",
            "team": "(%(teams)s::text[])[mod(m, 5) + 1]",
        },
        MENTORS,
        facts,
    )
    insert(
        Enrolment,
        common
        | {
            "id": "%(enrolment_id)s + %(programs)s * 7 + p",
            "program": "%(program_id)s + p / 20",
            "membership": "%(membership_id)s + %(programs)s * 8 + p",
            "side": "'junior'",
            "team": "(%(teams)s::text[])[mod(p, 5) + 1]",
            "line_manager": "%(membership_id)s + p / 20",
        },
        PAIRINGS,
        facts,
    )
    analyze(Enrolment)
    _skills(facts)


def _skills(facts: Facts) -> None:
    """Three of the list for everybody, in each degree."""
    of_list = listed(facts["organisation"], SKILLS)
    insert(
        EnrolmentSkill,
        {
            "organisation": "%(organisation)s",
            "enrolment": "%(enrolment_id)s + e",
            "skill": "(%(skills)s::bigint[])[mod(e + n * 5, 12) + 1]",
            "degree": "3 - n",
        },
        "generate_series(0, %(programs)s * 7 + %(pairings)s - 1) e "
        "CROSS JOIN generate_series(0, 2) n",
        dict(facts) | {"skills": list(of_list.values())},
    )
    analyze(EnrolmentSkill)


def _pairings(facts: Facts) -> None:
    insert(
        Pairing,
        {
            "id": "%(pairing_id)s + p",
            "organisation": "%(organisation)s",
            "program": "%(program_id)s + p / 20",
            "mentor": "%(enrolment_id)s + p / 20 * 7 + mod(p, 20) / 3",
            "junior": "%(enrolment_id)s + %(programs)s * 7 + p",
            "phase": "(array['mentor_leads', 'junior_leads', 'independent'])"
            "[mod(p, 3) + 1]",
            "starts_on": "%(starts_on)s",
            "ends_on": "%(ends_on)s",
        },
        PAIRINGS,
        facts,
    )
    analyze(Pairing)


def _plans(facts: Facts) -> None:
    insert(
        GrowthPlan,
        {
            "id": "%(plan_id)s + p",
            "organisation": "%(organisation)s",
            "junior": "%(enrolment_id)s + %(programs)s * 7 + p",
            "starts_on": "%(starts_on)s",
            "version": "%(version)s",
        },
        PAIRINGS,
        facts,
    )
    analyze(GrowthPlan)
    _milestones(facts)
    agreed_at = "%(starts_on)s::date + 10 + time '11:05'"
    insert(
        Goal,
        {
            "organisation": "%(organisation)s",
            "plan": "%(plan_id)s + p",
            "text": "(%(goals)s::text[])[mod(p + g, %(goal_count)s) + 1]",
            "position": "g",
            "proposed_by": "%(membership_id)s + %(programs)s * 8 + p",
            "created_at": agreed_at,
            "junior_agreed_at": agreed_at,
            "mentor_agreed_at": agreed_at,
        },
        f"{PAIRINGS} CROSS JOIN generate_series(0, 1) g",
        dict(facts)
        | {"goals": [goal.text for goal in GOALS], "goal_count": len(GOALS)},
    )


def _milestones(facts: Facts) -> None:
    """Signed if due a week ago or earlier."""
    wished = points(
        Program.Template.PRECEPTORSHIP_YEAR, facts["starts_on"], facts["ends_on"]
    )
    columns = {
        "kinds": [point.kind for point in wished],
        "months": [point.month for point in wished],
        "names": [name_of(point) for point in wished],
        "abouts": [about_of(point) for point in wished],
        "days": [point.due_on for point in wished],
    }
    if_signed = "CASE WHEN day < %(today)s::date - 7 THEN {} END"
    signed_at = if_signed.format("day + time '15:40'")
    mentor = "%(membership_id)s + %(programs)s + p / 20 * 7 + mod(p, 20) / 3"
    insert(
        Milestone,
        {
            "organisation": "%(organisation)s",
            "plan": "%(plan_id)s + p",
            "kind": "kind",
            "month": "month",
            "name": "name",
            "about": "about",
            "due_on": "day",
            "junior_signed_at": signed_at,
            "mentor_signed_at": signed_at,
            "signed_at": signed_at,
            "mentor_signed_by": if_signed.format(mentor),
        },
        f"{PAIRINGS} CROSS JOIN "
        "unnest(%(kinds)s::text[], %(months)s::int[], %(names)s::text[], "
        "%(abouts)s::text[], %(days)s::date[]) "
        "AS point (kind, month, name, about, day)",
        dict(facts) | columns,
    )
    _conditions(facts)


def _conditions(facts: Facts) -> None:
    """The same of every milestone that is open."""
    insert(
        MilestoneCondition,
        {
            "organisation": "%(organisation)s",
            "milestone": "milestone.id",
            "position": "place",
            "kind": "asked",
            "wanted": "many",
        },
        "progress_milestone milestone CROSS JOIN "
        "unnest(%(asked)s::text[], %(many)s::int[]) "
        "WITH ORDINALITY AS condition (asked, many, place) "
        "WHERE milestone.plan_id >= %(plan_id)s "
        "AND milestone.plan_id < %(plan_id)s + %(pairings)s "
        "AND milestone.signed_at IS NULL",
        dict(facts) | {"asked": list(ASKED), "many": list(ASKED.values())},
    )
