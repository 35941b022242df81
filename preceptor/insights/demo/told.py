"""The history of the demonstration: what its rows say of who did what, and when.

The rows are written in one go, long after what they tell of. So the triggers stand
aside meanwhile, which takes the owner of the tables, and the entries follow from the
rows. Where the role may not, the history says that the command wrote them today.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from string import Template
from typing import Any

from django.db import ProgrammingError, connection, transaction
from django.utils.translation import gettext as _

from pairings.models import Pairing, Program
from preceptor.accounts.acts import Act
from preceptor.accounts.entries import HistoryEntry
from preceptor.accounts.models import Membership, Organisation
from preceptor.history import TABLE, Kind, Verb
from preceptor.insights.demo import cast
from progress.readings import note_reading

COLUMNS = {
    "at": "timestamptz",
    "kind": "text",
    "what": "text",
    "row_id": "bigint",
    "verb": "text",
    "program_id": "bigint",
    "person_id": "bigint",
    "other_id": "bigint",
    "actor_id": "bigint",
    "before": "jsonb",
    "after": "jsonb",
}
PARTS = {
    "lead": """(SELECT s.membership_id FROM pairings_programstaff s
    WHERE s.program_id = p.id AND s.role = 'lead' ORDER BY s.id LIMIT 1)""",
    "milestone": """progress_milestone m
    JOIN progress_growthplan g ON g.id = m.plan_id
    JOIN pairings_enrolment e ON e.id = g.junior_id
    JOIN pairings_program p ON p.id = e.program_id""",
    "pair": """pairings_pairing x
    JOIN pairings_program p ON p.id = x.program_id
    JOIN pairings_enrolment j ON j.id = x.junior_id
    JOIN pairings_enrolment t ON t.id = x.mentor_id""",
}
# Each gives the COLUMNS of what rows of some programs tell.
TOLD = (
    """SELECT p.created_at, 'programs', 'pairings.program', p.id, 'added', p.id,
        NULL, NULL, $lead, NULL,
        jsonb_build_object('name', p.name, 'state', 'draft',
            'starts_on', p.starts_on, 'ends_on', p.ends_on)
    FROM pairings_program p WHERE p.id = ANY(%(programs)s)""",
    """SELECT p.created_at + interval '20 minutes', 'programs', 'pairings.program',
        p.id, 'changed', p.id, NULL, NULL, $lead,
        '{"state": "draft"}', jsonb_build_object('state', p.state)
    FROM pairings_program p
    WHERE p.id = ANY(%(programs)s) AND p.state <> 'draft'""",
    """SELECT p.created_at + interval '9 minutes', 'programs',
        'pairings.programstaff', s.id, 'added', p.id, s.membership_id, NULL, $lead,
        NULL, jsonb_build_object('role', s.role)
    FROM pairings_programstaff s JOIN pairings_program p ON p.id = s.program_id
    WHERE p.id = ANY(%(programs)s)""",
    """SELECT p.created_at + interval '1 day', 'enrolments', 'pairings.enrolment',
        e.id, 'added', p.id, e.membership_id, NULL, $lead, NULL,
        jsonb_build_object('side', e.side, 'team', e.team, 'ends_on', e.ends_on)
    FROM pairings_enrolment e JOIN pairings_program p ON p.id = e.program_id
    WHERE p.id = ANY(%(programs)s)""",
    """SELECT x.created_at, 'pairings', 'pairings.pairing', x.id, 'added', p.id,
        j.membership_id, t.membership_id, coalesce(x.created_by_id, $lead), NULL,
        jsonb_build_object('kind', x.kind, 'phase', 'mentor_leads',
            'state', CASE x.state WHEN 'proposed' THEN 'proposed' ELSE 'active' END,
            'starts_on', x.starts_on, 'ends_on', x.ends_on)
    FROM $pair WHERE p.id = ANY(%(programs)s)""",
    """SELECT x.ended_at, 'pairings', 'pairings.pairing', x.id, 'changed', p.id,
        j.membership_id, t.membership_id, $lead,
        '{"state": "active"}', '{"state": "ended"}'
    FROM $pair WHERE p.id = ANY(%(programs)s) AND x.state = 'ended'""",
    """SELECT u.created_at, 'pairings', 'pairings.pause', u.id, 'added', p.id,
        j.membership_id, t.membership_id, u.created_by_id, NULL,
        jsonb_build_object('starts_on', u.starts_on, 'back_on', u.back_on)
    FROM pairings_pause u JOIN $pair ON x.id = u.pairing_id
    WHERE p.id = ANY(%(programs)s)""",
    """SELECT u.agreed_at, 'pairings', 'pairings.phasemove', u.id, 'changed', p.id,
        j.membership_id, t.membership_id, u.agreed_by_id,
        '{"agreed_on": null}', jsonb_build_object('agreed_on', u.agreed_on)
    FROM pairings_phasemove u JOIN $pair ON x.id = u.pairing_id
    WHERE p.id = ANY(%(programs)s) AND u.agreed_at IS NOT NULL""",
    """SELECT min(g.created_at), 'milestones', 'progress.milestone', min(m.id),
        'added', p.id, e.membership_id, NULL, $lead, NULL,
        jsonb_build_object('count', count(*))
    FROM $milestone WHERE p.id = ANY(%(programs)s) GROUP BY g.id, p.id, e.id""",
    """SELECT v.moved_at, 'milestones', 'progress.milestone', m.id, 'changed', p.id,
        e.membership_id, NULL, v.moved_by_id,
        jsonb_build_object('due_on', v.from_on), jsonb_build_object('due_on', v.to_on)
    FROM progress_milestonemove v JOIN $milestone ON m.id = v.milestone_id
    WHERE p.id = ANY(%(programs)s)""",
    """SELECT m.junior_signed_at, 'milestones', 'progress.milestone', m.id, 'changed',
        p.id, e.membership_id, NULL, e.membership_id, '{"junior_signed_at": null}',
        jsonb_build_object('junior_signed_at', m.junior_signed_at)
    FROM $milestone
    WHERE p.id = ANY(%(programs)s) AND m.junior_signed_at IS NOT NULL""",
    """SELECT m.mentor_signed_at, 'milestones', 'progress.milestone', m.id, 'changed',
        p.id, e.membership_id, NULL, m.mentor_signed_by_id,
        '{"mentor_signed_at": null}',
        jsonb_build_object('mentor_signed_at', m.mentor_signed_at)
    FROM $milestone
    WHERE p.id = ANY(%(programs)s) AND m.mentor_signed_at IS NOT NULL""",
)


@contextmanager
def unseen() -> Iterator[None]:
    """No trigger of the history fires in the present transaction, if that may be."""
    may = _switch("DISABLE")
    yield
    if may:
        _switch("ENABLE")


def _switch(how: str) -> bool:
    """Whether the role owns the tables, and so may."""
    names = [f"history_{name}" for name in ("insert", "update", "delete")]
    with connection.cursor() as cursor:
        # What waits for the end of the transaction would be in the way.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE tgname ~ %s",
            [f"^pgtrigger_({'|'.join(names)})_"],
        )
        try:
            with transaction.atomic():
                for table, name in cursor.fetchall():
                    cursor.execute(f"ALTER TABLE {table} {how} TRIGGER {name}")
        except ProgrammingError:
            return False
        finally:
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return True


def tell(organisation: Organisation, first_program: int, now: datetime) -> None:
    """What the rows of the programs from this one on say, up to now."""
    programs = Program.objects.filter(organisation=organisation, pk__gte=first_program)
    values: dict[str, Any] = {
        "organisation": organisation.pk,
        "programs": list(programs.values_list("pk", flat=True)),
        "now": now,
    }
    names = ", ".join(COLUMNS)
    typed = ", ".join(f"{name}::{kind}" for name, kind in COLUMNS.items())
    for told in TOLD:
        source = Template(told).substitute(PARTS)
        query = (
            f"INSERT INTO {TABLE} ({names}, organisation_id, request, through)"  # noqa: S608 # own names
            f" SELECT {typed}, %(organisation)s, '', 'web'"
            f" FROM ({source}) AS told ({names}) WHERE at <= %(now)s"
        )
        with connection.cursor() as cursor:
            cursor.execute(query, values)


def write(
    organisation: Organisation, people: dict[str, Membership], now: datetime
) -> None:
    """The history of the company, with what changed no row."""
    tell(organisation, 0, now)
    owner, lead, manager = (people[n] for n in (cast.OWNER, cast.LEAD, cast.MANAGER))
    board = _("the pair board (%(form)s)") % {"form": "XLSX"}
    program = Program.objects.filter(organisation=organisation).order_by("pk")[0]
    signed_in = [
        _act(one, now - timedelta(days=day, minutes=7 * day), Act.SIGN_IN)
        for one in (owner, lead, manager)
        for day in (0, 1, 4, 6)
    ]
    exports = [
        _act(lead, now - timedelta(days=day, hours=1), Act.EXPORT, board, program.pk)
        for day in (1, 31, 62)
    ]
    promoted = HistoryEntry(
        at=now - timedelta(days=40),
        organisation=organisation,
        kind=Kind.PEOPLE,
        what="accounts.membership",
        row_id=manager.pk,
        verb=Verb.CHANGED,
        person_id=manager.pk,
        actor_id=owner.pk,
        through="web",
        before={"role": "member"},
        after={"role": "manager"},
    )
    HistoryEntry.objects.bulk_create([*signed_in, *exports, promoted])
    _readings(program, now)


def _readings(program: Program, now: datetime) -> None:
    """When mentors of the first program opened the years of their juniors."""
    pairs = Pairing.objects.primary().standing().filter(program=program)
    people = ("mentor__membership", "junior__plan__junior__membership__user")
    for pair in pairs.select_related(*people).order_by("pk"):
        for days, hours in ((23, 1), (9, 4), (9, 2), (2, 3)):
            at = now - timedelta(days=days, hours=hours, minutes=pair.pk % 50)
            reader, plan = pair.mentor.membership, pair.junior.plan
            note_reading(reader=reader, plan=plan, now=at)


def _act(
    member: Membership,
    at: datetime,
    act: Act,
    subject: str = "",
    program: int | None = None,
) -> HistoryEntry:
    is_sign_in = act == Act.SIGN_IN
    return HistoryEntry(
        at=at,
        organisation_id=member.organisation_id,
        kind=Kind.SIGN_INS if is_sign_in else Kind.EXPORTS,
        what=act.value,
        verb=Verb.DID,
        program_id=program,
        actor_id=member.pk,
        through="web",
        after={"subject": subject} if subject else None,
    )
