"""What the people of the story say of themselves, and whom the juniors would like."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta

from pairings.actions.skills import set_skills
from pairings.models import Avoidance, Choice, Enrolment, MentorRecord
from preceptor.insights.demo import cast

NINE_TO_FIVE = (9, 17)


@dataclass(frozen=True)
class Profile:
    """`also` are skills beside those of the cast, with their degrees."""

    about: str
    areas: tuple[str, ...]
    also: tuple[tuple[str, int], ...] = ()
    languages: tuple[str, ...] = ("en",)
    hours: tuple[int, int] = NINE_TO_FIVE


PROFILES: Mapping[str, Profile] = {
    "Tomasz Wieczorek": Profile(
        "Eleven years of message queues. I ask what happens when it runs twice.",
        ("Carrier links", "Webhooks"),
        (("Python", 3), ("webhooks", 2)),
        ("en", "pl"),
        (8, 16),
    ),
    "Luis Ortega": Profile(
        "I keep the ledger honest. Bring me the test that you don’t trust.",
        ("Invoicing", "Ledger"),
        (("Python", 2), ("SQL", 2)),
        ("en", "es"),
        (9, 18),
    ),
    "Anjali Mehta": Profile(
        "I read a change from the outside in: who may call it, and with what.",
        ("Carrier links", "Customer accounts"),
        (("Python", 2), ("API design", 2)),
        ("en", "hi"),
    ),
    "Stefan Brandt": Profile(
        "Route planning for ten years; I like a proof that fits on a page.",
        ("Route planning",),
        (("Go", 2), ("Python", 1)),
        ("en", "de"),
        (7, 15),
    ),
    "Margaret Oyelaran": Profile(
        "Data that is a day late and right, over data that is here and wrong.",
        ("Reporting", "Rates"),
        (("Python", 3), ("SQL", 3)),
        ("en", "yo"),
    ),
    "Henrik Aalto": Profile(
        "I run what I write. We will read more dashboards than code at first.",
        ("Route planning", "Fleet"),
        (("Python", 2), ("concurrency", 2)),
        ("en", "fi", "sv"),
    ),
    "Nadia Karimi": Profile(
        "A page is done when somebody can use it without seeing it.",
        ("Tracking page", "Customer accounts"),
        (("CSS", 3), ("Go", 1)),
        ("en", "fa", "fr"),
        (10, 18),
    ),
    "Grace Whitfield": Profile(
        "Twenty years of payments, and still I count to the penny by hand.",
        ("Invoicing", "Rates"),
        (("SQL", 3), ("Python", 2)),
    ),
    "Ines Carvalho": Profile(
        "I came from support, so I know what a lost parcel sounds like.",
        ("Webhooks",),
        (("concurrency", 3),),
        ("en", "pt"),
    ),
    "Devon Marsh": Profile(
        "I like to see it move. I want to know why it moved.",
        ("Tracking page",),
        (("API design", 2), ("testing", 2)),
    ),
    "Mai Tran": Profile(
        "Mathematics first, code second. I want to see things under load.",
        ("Invoicing",),
        (("payments", 2),),
        ("en", "vi"),
    ),
    "Oisín Byrne": Profile(
        "A year of reports in SQL. I want to write what they read from.",
        ("Ledger",),
        (("testing", 3), ("Python", 1)),
        ("en", "ga"),
    ),
    "Femi Adeleke": Profile(
        "I learn by breaking a copy of it.",
        ("Reporting",),
        (("payments", 2),),
        ("en", "yo"),
    ),
    "Callum Reid": Profile(
        "New to all of this. I write everything down.",
        ("Carrier links",),
        (("security review", 2),),
    ),
    "Leila Haddad": Profile(
        "I did a thesis on locks, and would like to see one in the wild.",
        ("Customer accounts",),
        (("security review", 3),),
        ("en", "ar", "fr"),
    ),
    "Kwame Boateng": Profile(
        "I drove a van for a summer; the routes could be better.",
        ("Route planning",),
        (("algorithms", 3),),
    ),
    "Sofia Petrova": Profile(
        "From a bootcamp, with more questions than answers.",
        ("Fleet",),
        (("testing", 1),),
        ("en", "bg"),
        (8, 16),
    ),
    "Elif Demir": Profile(
        "I want to know what a query costs before I run it.",
        ("Rates",),
        (("SQL at scale", 3),),
        ("en", "tr"),
    ),
    "Hana Sato": Profile(
        "Careful and slow. I would like to stay careful and be less slow.",
        ("Reporting",),
        (("testing", 2), ("SQL at scale", 2)),
        ("en", "ja"),
    ),
    "Clara Nguyen": Profile(
        "I moved from operations, and I still read the logs first.",
        ("Fleet",),
        (("observability", 2),),
        ("en", "vi", "fr"),
    ),
    "Jonas Lindqvist": Profile(
        "I build small robots at home; their code is worse than yours.",
        ("Fleet",),
        (("observability", 3),),
        ("en", "sv"),
        (8, 17),
    ),
    "Theo Marchetti": Profile(
        "Physics degree. I believe a graph before I believe a comment.",
        ("Route planning",),
        (("Go", 2), ("concurrency", 1)),
        ("en", "it"),
    ),
    "Priya Raghunathan": Profile(
        "I want to build pages that my grandmother can use.",
        ("Tracking page",),
        (("accessibility", 3),),
        ("en", "ta"),
    ),
    "Amara Diallo": Profile(
        "Designer until last spring. I know how it should look.",
        ("Tracking page",),
        (("TypeScript", 3), ("accessibility", 2)),
        ("en", "fr"),
    ),
    "Yusuf Kaya": Profile(
        "I like compilers and dislike meetings before ten.",
        ("Customer accounts",),
        (("TypeScript", 1),),
        ("en", "tr"),
        (10, 19),
    ),
    "Greta Lund": Profile(
        "Accounting first, so the ledger is home.",
        ("Ledger",),
        (("payments", 3), ("SQL at scale", 1)),
        ("en", "da"),
    ),
    "Beatriz Lopes": Profile(
        "I taught school for four years. Ask me to explain it back.",
        ("Invoicing",),
        (("payments", 2), ("SQL", 2)),
        ("en", "pt"),
    ),
    "Rosa Delgado": Profile(
        "I wrote our carrier mock over a weekend and want to know why it held.",
        ("Carrier links",),
        (),
        ("en", "es"),
    ),
    "Tariq Hussain": Profile(
        "From accounting: I know the books, and want to know the code.",
        ("Invoicing",),
        (),
        ("en", "ur"),
    ),
    "Wen Zhao": Profile(
        "I like a query plan more than I should.",
        ("Reporting",),
        (),
        ("en", "zh"),
        (8, 16),
    ),
    "Freya Holm": Profile(
        "I wrote a chat server that lost every third word. I want to know why.",
        ("Webhooks",),
        (("Python", 2),),
        ("en", "da"),
    ),
    "Mateo Silva": Profile(
        "Two years of calling other people’s interfaces; now I write one.",
        ("Carrier links", "Webhooks"),
        (("testing", 2),),
        ("en", "pt"),
    ),
    "Aisha Bello": Profile(
        "I read the incident reports first, wherever I come.",
        ("Customer accounts",),
        (("Go", 2),),
        ("en", "fr"),
    ),
    "Piotr Zielinski": Profile(
        "Chess, then graphs, then routes.",
        ("Route planning",),
        (),
        ("en", "pl"),
        (8, 16),
    ),
    "Chloe Martin": Profile(
        "A number that nobody can explain keeps me up.",
        ("Reporting", "Rates"),
        (("Python", 1),),
        ("en", "fr"),
    ),
    "Kenji Mori": Profile(
        "I tested by hand for three years and would like to stop.",
        ("Tracking page",),
        (),
        ("en", "ja"),
    ),
    "Lucia Romano": Profile(
        "From print design. The keyboard comes first.",
        ("Tracking page",),
        (("TypeScript", 2),),
        ("en", "it"),
        (10, 18),
    ),
    "Arjun Nair": Profile(
        "With the crew in Sydney; late hours are fine.",
        ("Fleet",),
        (("Python", 2),),
        ("en", "hi"),
        (12, 20),
    ),
    "Hugo Bernard": Profile(
        "From the finance desk; I read ledgers better than stack traces.",
        ("Invoicing",),
        (("SQL", 2),),
        ("en", "fr"),
    ),
    "Salma Idrissi": Profile(
        "I ran the night shift’s dashboards and want to know what feeds them.",
        ("Fleet",),
        (("concurrency", 2),),
        ("en", "fr"),
    ),
    "Dara Sokolova": Profile(
        "I test with a screen reader on, always.",
        ("Tracking page",),
        (("TypeScript", 3),),
    ),
    "Eamon Walsh": Profile(
        "Second year here. I want fewer alerts that nobody reads.",
        ("Route planning",),
        (("concurrency", 1),),
    ),
    "Nikhil Rao": Profile(
        "In Sydney with the on-call crew, and glad of late hours.",
        ("Tracking page",),
        (("accessibility", 1), ("observability", 2)),
        ("en", "hi"),
        (12, 20),
    ),
}
CHOICES = {
    "Rosa Delgado": ("Tomasz Wieczorek", "Anjali Mehta"),
    "Mateo Silva": ("Anjali Mehta", "Tomasz Wieczorek"),
    "Chloe Martin": ("Margaret Oyelaran",),
    "Ines Carvalho": ("Tomasz Wieczorek", "Anjali Mehta"),
    "Mai Tran": ("Luis Ortega", "Margaret Oyelaran", "Tomasz Wieczorek"),
    "Leila Haddad": ("Anjali Mehta",),
    "Clara Nguyen": ("Margaret Oyelaran", "Stefan Brandt"),
    "Priya Raghunathan": ("Nadia Karimi",),
    "Greta Lund": ("Grace Whitfield",),
    "Nikhil Rao": ("Nadia Karimi", "Henrik Aalto", "Grace Whitfield"),
}
AVOIDANCES = {
    "Clara Nguyen": "Luis Ortega",
    "Theo Marchetti": "Grace Whitfield",
    "Kenji Mori": "Margaret Oyelaran",
}
TRAINED = {
    "Tomasz Wieczorek": (34, 101),
    "Luis Ortega": (34, 64),
    "Anjali Mehta": (34, 88),
    "Stefan Brandt": (31, 120),
    "Margaret Oyelaran": (31, 52),
    "Henrik Aalto": (13, 73),
    "Nadia Karimi": (None, 41),
    "Grace Whitfield": (13, 247),
}
"""Weeks since the training, and months with the company."""
AWAY = "Stefan Brandt"
"""Takes no junior beyond those he has until the rewrite is out."""


def write(
    enrolled: Mapping[str, Enrolment],
    people: tuple[cast.Mentor | cast.Junior, ...],
    today: date,
) -> None:
    """Profiles, wishes and records of everybody in one program."""
    organisation = next(iter(enrolled.values())).organisation_id
    set_skills(organisation, {enrolled[one.name].pk: _degrees(one) for one in people})
    # A record is of the person: who was a mentor before has theirs.
    MentorRecord.objects.bulk_create(
        (_record(enrolled[name], name, today) for name in TRAINED if name in enrolled),
        ignore_conflicts=True,
    )
    Choice.objects.bulk_create(
        Choice(
            organisation_id=organisation,
            program=enrolled[name].program,
            junior=enrolled[name],
            mentor=enrolled[mentor],
            rank=rank,
        )
        for name, mentors in CHOICES.items()
        if name in enrolled
        for rank, mentor in enumerate(mentors, start=1)
        if mentor in enrolled
    )
    Avoidance.objects.bulk_create(
        Avoidance(
            organisation_id=organisation,
            program=enrolled[name].program,
            junior=enrolled[name],
            person=enrolled[mentor].membership,
            slot=1,
        )
        for name, mentor in AVOIDANCES.items()
        if name in enrolled
    )


def said_of(name: str) -> dict[str, object]:
    """The fields of an enrolment that hold somebody's profile."""
    profile = PROFILES[name]
    first, last = profile.hours
    return {
        "product_areas": list(profile.areas),
        "languages": list(profile.languages),
        "works_from": time(first),
        "works_until": time(last),
        "about": profile.about,
    }


def _degrees(person: cast.Mentor | cast.Junior) -> list[tuple[str, int]]:
    own = [(name, 3 - min(place, 1)) for place, name in enumerate(person.skills)]
    return [*own, *PROFILES[person.name].also]


def _record(mentor: Enrolment, name: str, today: date) -> MentorRecord:
    weeks, months = TRAINED[name]
    is_away = name == AWAY
    return MentorRecord(
        organisation_id=mentor.organisation_id,
        membership=mentor.membership,
        trained_on=None if weeks is None else today - timedelta(weeks=weeks),
        employed_since=(today - timedelta(days=round(months * 30.44))).replace(day=1),
        is_available=not is_away,
        away_until=today + timedelta(weeks=11) if is_away else None,
    )
