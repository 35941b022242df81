"""Who works at Tidewater Freight, and how each pair of the story fares."""

import unicodedata
from dataclasses import dataclass
from typing import Literal

NAME = "Tidewater Freight"
SLUG = "tidewater"
TIME_ZONE = "Europe/London"
DOMAIN = "tidewater.example"

OWNER = "Victoria Lindgren"
MANAGER = "Samuel Achebe"
LEAD = "Ruth Adeyemi"
OBSERVER = "Joanna Pell"
LINE_MANAGERS = ("Frances Doyle", "Mateus Rocha")

Fate = Literal["steady", "stalled", "paused", "ended"]


@dataclass(frozen=True)
class Mentor:
    """`ability` is the difficulty of a flaw that they catch in one of two cases."""

    name: str
    team: str
    skills: tuple[str, ...]
    ability: float
    time_zone: str = TIME_ZONE


@dataclass(frozen=True)
class Junior:
    """`ability` is that of the first day; `strong` and `weak` are flaw categories."""

    name: str
    team: str
    skills: tuple[str, ...]
    ability: float
    strong: tuple[str, ...]
    weak: tuple[str, ...]
    time_zone: str = TIME_ZONE


@dataclass(frozen=True)
class Plot:
    """One pairing: from and to are weeks of the program, `to_week` None to its end."""

    junior: str
    mentor: str
    phase: Literal["mentor_leads", "junior_leads", "independent"]
    fate: Fate = "steady"
    from_week: int = 0
    to_week: int | None = None


DUTIES = {
    OWNER: "owner",
    MANAGER: "manager",
    LEAD: "lead",
    OBSERVER: "observer",
    **dict.fromkeys(LINE_MANAGERS, "line manager"),
}


def email(name: str) -> str:
    """`Oisín Byrne` has `oisin.byrne@…`."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return f"{plain.lower().replace(' ', '.')}@{DOMAIN}"


@dataclass(frozen=True)
class Intake:
    """A program that began some weeks ago, with all who are in it."""

    weeks_ago: int
    mentors: tuple[Mentor, ...]
    juniors: tuple[Junior, ...]
    plots: tuple[Plot, ...]


SPRING_MENTORS = (
    Mentor("Tomasz Wieczorek", "Integrations", ("concurrency", "API design"), 0.69),
    Mentor("Luis Ortega", "Billing", ("payments", "testing"), 0.63),
    Mentor("Anjali Mehta", "Integrations", ("security review", "Go"), 0.73),
    Mentor("Stefan Brandt", "Routing", ("algorithms", "TypeScript"), 0.65),
    Mentor("Margaret Oyelaran", "Data platform", ("SQL at scale", "testing"), 0.71),
)
AUTUMN_MENTORS = (
    Mentor("Henrik Aalto", "Routing", ("Go", "observability"), 0.67, "Europe/Helsinki"),
    Mentor("Nadia Karimi", "Customer web", ("TypeScript", "accessibility"), 0.64),
    Mentor("Grace Whitfield", "Billing", ("payments", "SQL at scale"), 0.70),
)
SPRING_JUNIORS = (
    Junior(
        "Ines Carvalho",
        "Integrations",
        ("Python", "webhooks"),
        0.3,
        ("secrets", "shaped_test", "edge_case"),
        ("concurrency",),
    ),
    Junior(
        "Devon Marsh",
        "Customer web",
        ("TypeScript",),
        0.28,
        ("interface_misuse",),
        ("injection",),
    ),
    Junior("Mai Tran", "Billing", ("Python",), 0.24, ("logic",), ("load",)),
    Junior("Oisín Byrne", "Billing", ("SQL",), 0.27, ("injection",), ("resource",)),
    Junior(
        "Femi Adeleke", "Data platform", ("SQL",), 0.22, ("edge_case",), ("secrets",)
    ),
    Junior("Callum Reid", "Integrations", ("Go",), 0.2, ("resource",), ("logic",)),
    Junior(
        "Leila Haddad",
        "Integrations",
        ("Go", "Python"),
        0.38,
        ("access_control", "concurrency"),
        ("performance",),
    ),
    Junior("Kwame Boateng", "Routing", ("Go",), 0.29, ("logic",), ("unsafe_input",)),
    Junior(
        "Sofia Petrova", "Routing", ("TypeScript",), 0.26, ("hack",), ("concurrency",)
    ),
    Junior(
        "Elif Demir",
        "Data platform",
        ("SQL", "Python"),
        0.25,
        ("performance",),
        ("shaped_test",),
    ),
    Junior(
        "Hana Sato",
        "Data platform",
        ("Python",),
        0.31,
        ("false_success", "logic"),
        ("edge_case",),
    ),
    Junior("Clara Nguyen", "Routing", ("Python",), 0.27, ("secrets",), ("assumption",)),
)
AUTUMN_JUNIORS = (
    Junior(
        "Jonas Lindqvist",
        "Routing",
        ("Go",),
        0.28,
        ("resource",),
        ("secrets",),
        "Europe/Stockholm",
    ),
    Junior(
        "Theo Marchetti", "Routing", ("Python",), 0.21, ("logic",), ("access_control",)
    ),
    Junior(
        "Priya Raghunathan",
        "Customer web",
        ("TypeScript",),
        0.3,
        ("injection",),
        ("logic",),
    ),
    Junior("Amara Diallo", "Customer web", ("CSS",), 0.23, ("edge_case",), ("load",)),
    Junior("Yusuf Kaya", "Customer web", ("Go",), 0.26, ("concurrency",), ("hack",)),
    Junior(
        "Greta Lund",
        "Billing",
        ("SQL",),
        0.29,
        ("logic",),
        ("observability",),
        "Europe/Copenhagen",
    ),
    Junior("Beatriz Lopes", "Billing", ("Python",), 0.24, ("hack",), ("edge_case",)),
    Junior(
        "Nikhil Rao",
        "Customer web",
        ("TypeScript",),
        0.27,
        ("logic",),
        ("secrets",),
        "Australia/Sydney",
    ),
)

# Clara's first mentor left the story; Nikhil's gave up, and he waits for the next.
SPRING_PLOTS = (
    Plot("Ines Carvalho", "Tomasz Wieczorek", "junior_leads"),
    Plot("Devon Marsh", "Tomasz Wieczorek", "junior_leads"),
    Plot("Mai Tran", "Luis Ortega", "mentor_leads", "stalled"),
    Plot("Oisín Byrne", "Luis Ortega", "junior_leads"),
    Plot("Femi Adeleke", "Luis Ortega", "mentor_leads"),
    Plot("Callum Reid", "Anjali Mehta", "mentor_leads"),
    Plot("Leila Haddad", "Anjali Mehta", "independent"),
    Plot("Kwame Boateng", "Stefan Brandt", "junior_leads"),
    Plot("Sofia Petrova", "Stefan Brandt", "mentor_leads", "paused"),
    Plot("Clara Nguyen", "Stefan Brandt", "mentor_leads", "ended", 0, 11),
    Plot("Clara Nguyen", "Margaret Oyelaran", "mentor_leads", "steady", 11),
    Plot("Elif Demir", "Margaret Oyelaran", "mentor_leads"),
    Plot("Hana Sato", "Margaret Oyelaran", "junior_leads"),
)
AUTUMN_PLOTS = (
    Plot("Jonas Lindqvist", "Henrik Aalto", "mentor_leads"),
    Plot("Theo Marchetti", "Henrik Aalto", "mentor_leads"),
    Plot("Priya Raghunathan", "Nadia Karimi", "mentor_leads"),
    Plot("Amara Diallo", "Nadia Karimi", "mentor_leads"),
    Plot("Yusuf Kaya", "Nadia Karimi", "mentor_leads"),
    Plot("Greta Lund", "Grace Whitfield", "mentor_leads"),
    Plot("Beatriz Lopes", "Grace Whitfield", "mentor_leads"),
)
PILOT_PLOTS = (
    Plot("Nadia Karimi", "Tomasz Wieczorek", "independent", "ended", 0, 26),
    Plot("Grace Whitfield", "Margaret Oyelaran", "independent", "ended", 0, 26),
    Plot("Leila Haddad", "Margaret Oyelaran", "mentor_leads", "ended", 0, 11),
)
NEXT_JUNIORS = (
    Junior("Rosa Delgado", "Integrations", ("Python", "webhooks"), 0.25, (), ()),
    Junior("Tariq Hussain", "Billing", ("payments", "SQL"), 0.25, (), ()),
    Junior("Wen Zhao", "Data platform", ("SQL at scale",), 0.25, (), ()),
    Junior("Lucia Romano", "Customer web", ("accessibility",), 0.25, (), ()),
    Junior("Kenji Mori", "Customer web", ("API design", "testing"), 0.25, (), ()),
    Junior("Freya Holm", "Integrations", ("concurrency", "Go"), 0.25, (), ()),
    Junior("Mateo Silva", "Integrations", ("API design",), 0.25, (), ()),
    Junior("Aisha Bello", "Routing", ("security review",), 0.25, (), ()),
    Junior("Chloe Martin", "Data platform", ("testing", "SQL at scale"), 0.25, (), ()),
    Junior("Piotr Zielinski", "Routing", ("algorithms", "Python"), 0.25, (), ()),
    Junior(
        "Arjun Nair",
        "Customer web",
        ("observability",),
        0.25,
        (),
        (),
        "Australia/Sydney",
    ),
)
LATE_JUNIORS = (
    Junior("Hugo Bernard", "Billing", ("payments", "Python"), 0.25, (), ()),
    Junior("Salma Idrissi", "Routing", ("Go", "observability"), 0.25, (), ()),
    Junior("Dara Sokolova", "Customer web", ("accessibility",), 0.25, (), ()),
    Junior("Eamon Walsh", "Routing", ("Python", "observability"), 0.25, (), ()),
)
FIRST = Intake(25, SPRING_MENTORS, SPRING_JUNIORS, SPRING_PLOTS)
SECOND = Intake(9, AUTUMN_MENTORS, AUTUMN_JUNIORS, AUTUMN_PLOTS)
PILOT = Intake(
    37,
    (SPRING_MENTORS[0], SPRING_MENTORS[4]),
    (
        Junior("Nadia Karimi", "Customer web", ("TypeScript",), 0.3, (), ()),
        Junior("Grace Whitfield", "Billing", ("payments",), 0.3, (), ()),
        Junior("Leila Haddad", "Integrations", ("Go",), 0.3, (), ()),
    ),
    PILOT_PLOTS,
)
NEXT = Intake(-6, (SPRING_MENTORS[0], *SPRING_MENTORS[2:]), NEXT_JUNIORS, ())
LATE = Intake(1, AUTUMN_MENTORS, LATE_JUNIORS, ())
PILOT_OVER = "The pilot was over. Both go on as mentors."
LEFT_PILOT = "Leila Haddad"
LEFT_BECAUSE = "Leila moves to the customer launch and begins anew in the next program."
END_REASON = (
    "Stefan moves to the routing rewrite and has no hours left for a third junior. "
    "Clara goes on with Margaret."
)
GAVE_UP = (
    "Ten hours lie between Helsinki and Sydney: there was no week in which both were "
    "awake for an hour. Nikhil waits for somebody nearer."
)
DECLINED = "I review for the on-call crew until March; Dara deserves more of me."
