"""One round: what falls due, what fails meanwhile, and what must have arrived."""

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from threading import Event

from django.db import connection
from django.utils import timezone

from pairings.models import Program
from preceptor.accounts.models import Membership
from preceptor.notifications.delivering.parcels import STANDS_FOR
from preceptor.notifications.models import (
    Delivery,
    KindPreference,
    Preferences,
    Timing,
    Webhook,
)
from preceptor.notifications.webhooks import seal
from progress.models import GrowthPlan, Milestone
from tests.factories import EnrolmentFactory, ProgramFactory
from tests.faults.chat import Chat
from tests.faults.machinery import Machinery
from tests.faults.server import SLOW_SECONDS, Manner, Server

JUNIORS = 16
CANCELLED = 4
SPAN_SECONDS = 2.5
"""How long after a round began its fault may come."""
PATIENCE_SECONDS = 120.0
IN_HAND = STANDS_FOR + timedelta(seconds=2 * SLOW_SECONDS)
"""How long a mail may be under way since it was asked whether it stands."""

DIGEST_SECONDS = 1.5
"""How long after a round began the hour of its digests comes."""
SOON = timedelta(minutes=1)
DIGEST, CHAT = 2, 3
"""Of every four juniors who hears in a digest, and who in a chat."""

State = Delivery.State
UNDER_WAY = (State.PENDING, State.CLAIMED, State.HELD)
ACCEPTS = "killed as the server accepts"
MANNERS = [
    f"{server} {manner.value}"
    for server in ("mail", "chat")
    for manner in Manner
    if manner is not Manner.WELL
]
FAULTS = [
    "worker killed",
    f"worker {ACCEPTS}",
    "beat killed",
    "broker killed",
    "database killed",
    f"database {ACCEPTS}",
    "mail refused",
    *MANNERS,
]


@dataclass(frozen=True, slots=True)
class Outcome:
    """`faults` is empty where all that was due arrived and nothing else."""

    number: int
    fault: str
    due: int
    delivered: int
    doubled: int
    may_double: int
    cancelled: int
    faults: tuple[str, ...]

    @property
    def figures(self) -> dict[str, int]:
        return {
            "due": self.due,
            "delivered": self.delivered,
            "doubled": self.doubled,
            "may_double": self.may_double,
            "cancelled": self.cancelled,
            "wrong": bool(self.faults),
        }

    def __str__(self) -> str:
        words = (
            f"{self.number:4}  {self.fault:45} due {self.due:2}"
            f"  delivered {self.delivered:2}  doubled {self.doubled}"
            f" (at most {self.may_double})  cancelled in time {self.cancelled}"
        )
        return "\n".join([words, *(f"      WRONG: {one}" for one in self.faults)])


def prepare(chat: Chat) -> list[GrowthPlan]:
    """Juniors of one program, without mentors, who hear at any hour.

    Half of them at once by mail, the others in a digest, in their chat, or in both.
    """
    program = ProgramFactory.create(state=Program.State.RUNNING)
    enrolled = EnrolmentFactory.create_batch(JUNIORS, program=program)
    for number, one in enumerate(enrolled):
        _choose(one.membership, chat.address(number), in_chat=number % 4 == CHAT)
        if number % 4 == DIGEST or number % 8 == CHAT:
            KindPreference.objects.create(
                organisation=program.organisation,
                member=one.membership,
                kind="milestone",
                timing=Timing.DAILY,
            )
    return [
        GrowthPlan.objects.create(
            organisation=program.organisation, junior=one, starts_on=program.starts_on
        )
        for one in enrolled
    ]


def _choose(member: Membership, address: str, *, in_chat: bool) -> None:
    Preferences.objects.create(
        organisation=member.organisation,
        member=member,
        working_days=[1, 2, 3, 4, 5, 6, 7],
        quiet_from="00:00",
        quiet_until="00:00",
        weekly_budget=1_000,
        by_email=not in_chat,
        by_chat=in_chat,
    )
    if in_chat:
        Webhook.objects.create(
            organisation=member.organisation,
            member=member,
            service=Webhook.Service.MATTERMOST,
            sealed=seal(address),
            host="127.0.0.1",
            made_at=timezone.now(),
        )


class Round:
    """Some reminders fall due at once; a few are cancelled while one thing fails."""

    def __init__(
        self, number: int, chance: Random, machinery: Machinery, plans: list[GrowthPlan]
    ) -> None:
        self.number, self._chance = number, chance
        self._machinery, self._mail = machinery, machinery.mail
        self._plans = plans
        self._fault = chance.choice(FAULTS)
        self._cancelled: dict[int, datetime] = {}
        self._kills = 0
        self._servers: dict[str, Server | Chat] = {
            "mail": machinery.mail,
            "chat": machinery.chat,
        }
        self._before = [
            (server, len(server.arrivals), server.unheard)
            for server in self._servers.values()
        ]

    def play(self) -> Outcome:
        wanted = self._fall_due()
        moments = [self._chance.uniform(0, SPAN_SECONDS) for _ in range(CANCELLED + 1)]
        began, fails_at = time.monotonic(), moments.pop()
        if self._fault.endswith(ACCEPTS):
            fails_at = 0.0  # it waits for its moment itself
        who = self._chance.sample(wanted, CANCELLED)
        cancels = list(zip(sorted(moments), who, strict=True))
        before = [one for one in cancels if one[0] <= fails_at]
        after = [one for one in cancels if one[0] > fails_at]
        self._cancel(before, began)
        _sleep_until(began + fails_at)
        for _ in self._failing():
            self._cancel(after, began)
        self._settled(wanted)
        return self._outcome(wanted)

    def _fall_due(self) -> list[int]:
        """A milestone each, whose first reminder is due by now; digests go soon."""
        at = timezone.localtime() + timedelta(seconds=DIGEST_SECONDS)
        Preferences.objects.update(digest_at=at.time())
        due_on = timezone.localdate() + timedelta(days=10)
        made = Milestone.objects.bulk_create(
            Milestone(
                organisation_id=plan.organisation_id,
                plan=plan,
                kind=Milestone.Kind.CHECK_IN,
                name=f"Round {self.number}",
                due_on=due_on,
            )
            for plan in self._plans
        )
        return [one.pk for one in made]

    def _cancel(self, moments: list[tuple[float, int]], began: float) -> None:
        """Each at its moment, or once the database answers again."""
        for moment, milestone in moments:
            _sleep_until(began + moment)
            somebody = self._plans[0].junior.membership
            Milestone.objects.filter(pk=milestone).update(
                skipped_at=timezone.now(), skipped_by=somebody, skip_reason="Away"
            )
            self._cancelled[milestone] = timezone.now()

    def _failing(self) -> Iterator[None]:
        """Lets the fault happen, and yields once, while it lasts where that can be."""
        what, _, how = self._fault.partition(" ")
        if what in self._servers and how != "refused":
            server = self._servers[what]
            server.manner = Manner(how)
            yield
            time.sleep(self._chance.uniform(0.5, 3))
            server.manner = Manner.WELL
            return
        name = f"worker {self._chance.randrange(2)}" if what == "worker" else what
        if how == ACCEPTS:
            self._kill_as_it_accepts(name)
        elif what == "mail":
            self._machinery.parts["mail"].down()
        else:
            self._killed(name)
        if what != "database":
            yield
        time.sleep(self._chance.uniform(0, 1.5))
        if what == "mail":
            self._machinery.parts["mail"].up()
        else:
            self._machinery.restart(name)
        if what == "database":
            connection.close()
            yield

    def _killed(self, name: str) -> None:
        """Both workers may have had a mail in hand when their database went."""
        self._machinery.kill(name)
        self._kills += {"worker": 1, "database": 2}.get(name.partition(" ")[0], 0)

    def _kill_as_it_accepts(self, name: str) -> None:
        """Or after a while, where no mail comes."""
        is_killed = Event()

        def kill() -> None:
            self._killed(name)
            is_killed.set()

        self._mail.on_accepting = kill
        if not is_killed.wait(2 * SPAN_SECONDS):
            self._mail.on_accepting = None
            if not is_killed.wait(0.1):
                self._killed(name)

    def _settled(self, wanted: list[int]) -> None:
        """Waits until nothing of the round is under way."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            rows = Delivery.objects.carriers().filter(
                kind="milestone", subject__in=wanted
            )
            states = Counter(rows.values_list("state", flat=True))
            under_way = sum(states[one] for one in UNDER_WAY)
            gone = states[State.SENT] + states[State.DIGESTED]
            if not under_way and gone >= JUNIORS - len(self._cancelled):
                return
            # What was planned after the hour of digests waits for that of tomorrow.
            now = timezone.now()
            late = rows.filter(state=State.HELD, not_before__gt=now + SOON)
            late.update(not_before=now)
            time.sleep(0.1)

    def _outcome(self, wanted: list[int]) -> Outcome:
        arrivals = [
            one
            for server, before, _ in self._before
            for one in server.arrivals[before:]
        ]
        number = Counter(one.milestone for one in arrivals)
        doubled = sum(number.values()) - len(number)
        unheard = sum(server.unheard - before for server, _, before in self._before)
        may_double = self._kills + unheard
        due = [one for one in wanted if one not in self._cancelled]
        late = [
            one.milestone
            for one in arrivals
            if one.milestone in self._cancelled
            and one.at > self._cancelled[one.milestone] + IN_HAND
        ]
        ids = {(one.milestone, one.message_id) for one in arrivals}
        wrong = {
            "never came": [one for one in due if not number[one]],
            "came though it was cancelled": late,
            "came under two Message-IDs": [one for one, _ in ids - set(_first(ids))],
            "is of another round": [one for one in number if one not in wanted],
            "doubled beyond the allowed case": (
                [one for one in number if number[one] > 1]
                if doubled > may_double
                else []
            ),
        }
        return Outcome(
            self.number,
            self._fault,
            len(due),
            sum(1 for one in due if number[one]),
            doubled,
            may_double,
            sum(1 for one in self._cancelled if not number[one]),
            tuple(f"{what}: {which}" for what, which in wrong.items() if which),
        )


def _first(ids: set[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """One Message-ID of each milestone."""
    seen = set()
    for milestone, message_id in sorted(ids):
        if milestone not in seen:
            seen.add(milestone)
            yield milestone, message_id


def _sleep_until(moment: float) -> None:
    time.sleep(max(0.0, moment - time.monotonic()))
