"""What junior and mentor say of each other, and the release of averages."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from statistics import fmean

from django.db import transaction
from django.utils.translation import gettext as _

from pairings.models import Pairing
from preceptor.accounts.models import Membership
from preceptor.http import Conflict
from progress.models import Batch, JuniorEvaluation, MentorEvaluation, Release
from progress.questions import OF_MENTOR, digest

FEWEST = 3
"""So many juniors of a mentor have answered before anything is released."""


class StaleAnswers(Conflict):
    """Others were given since by the same person, say in another tab."""


@transaction.atomic
def evaluate_mentor(
    *,
    pairing: Pairing,
    occasion: str,
    answers: Mapping[str, int],
    today: date,
    seen: str | None = None,
) -> None:
    """Keeps a junior's answers, which may be changed until they are released.

    `seen` is the digest of those that the form showed; None where nobody looked.
    The third junior of a batch closes it. Juniors of one mentor who answer at the
    same moment wait for each other at the mentor's row.
    """
    mentor = pairing.mentor.membership_id
    Membership.objects.select_for_update(of=("self",)).get(pk=mentor)
    own = MentorEvaluation.objects.filter(pairing=pairing, occasion=occasion)
    row = own.select_related("batch").first()
    if row and row.batch.closed_on:
        raise Conflict(
            _("These answers are released already, in averages; they stay as they are.")
        )
    _refuse_stale(seen, digest(row.answers if row else {}), digest(answers))
    if row is None:
        row = MentorEvaluation(
            organisation_id=pairing.organisation_id,
            pairing=pairing,
            occasion=occasion,
            batch=_open_batch(pairing),
        )
    row.answers = dict(answers)
    row.save()
    _release(row.batch, today)


def _refuse_stale(seen: str | None, stands: str, sent: str) -> None:
    """By digests; what is sent twice is what stands already."""
    if seen is not None and stands not in (seen, sent):
        raise StaleAnswers(_("You gave other answers meanwhile, in another tab."))


def _open_batch(pairing: Pairing) -> Batch:
    """The one that waits for more answers; the mentor's row is held."""
    return Batch.objects.get_or_create(
        mentor_id=pairing.mentor.membership_id,
        closed_on=None,
        defaults={"organisation_id": pairing.organisation_id},
    )[0]


def _release(batch: Batch, today: date) -> None:
    """Writes the averages and closes the batch, once three juniors have answered."""
    by_junior: dict[int, list[Mapping[str, int]]] = defaultdict(list)
    rows = batch.evaluations.values_list("pairing__junior__membership", "answers")
    for junior, answers in rows:
        by_junior[junior].append(answers)
    if len(by_junior) < FEWEST:
        return
    Release.objects.bulk_create(
        Release(
            organisation_id=batch.organisation_id,
            batch=batch,
            question=question,
            n=len(values),
            mean=_rounded(fmean(values)),
        )
        for question in OF_MENTOR
        if len(values := _means(question, by_junior.values())) >= FEWEST
    )
    batch.closed_on = today
    batch.save()


def _means(
    question: str, answers: Iterable[Iterable[Mapping[str, int]]]
) -> list[float]:
    """One value for each junior who answered the question, once or twice."""
    own = ([one[question] for one in rows if question in one] for rows in answers)
    return [fmean(values) for values in own if values]


def _rounded(mean: float) -> Decimal:
    return Decimal(mean).quantize(Decimal("0.01"), ROUND_HALF_UP)


@transaction.atomic
def evaluate_junior(
    *,
    pairing: Pairing,
    occasion: str,
    answers: Mapping[str, int],
    word: str,
    now: datetime,
    seen: str | None = None,
) -> None:
    """Gives a mentor's answers to the junior, in place of any given before.

    `seen` is the digest of those that the form showed; None where nobody looked.
    """
    Pairing.objects.select_for_update(of=("self",)).get(pk=pairing.pk)
    given = JuniorEvaluation.objects.filter(pairing=pairing, occasion=occasion).first()
    stands = digest(given.answers, given.word) if given else digest({})
    _refuse_stale(seen, stands, digest(answers, word))
    JuniorEvaluation.objects.update_or_create(
        pairing=pairing,
        occasion=occasion,
        defaults={
            "organisation_id": pairing.organisation_id,
            "answers": dict(answers),
            "word": word,
            "given_at": now,
        },
    )
