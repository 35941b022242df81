"""The composition root: it imports everything; the start of the app imports it."""

from pairings import ports
from pairings import reminders as pairing_reminders
from preceptor.accounts import holidays
from preceptor.celery import app as celery_app
from preceptor.notifications import feeds, kinds
from preceptor.notifications.reminders import INVITATION_UNANSWERED
from progress import rescheduling
from progress.actions import begin_plan, move_for_pause
from progress.actions.frameworks import copy_choice
from progress.feed import entries_of_milestones
from progress.foresight import told_of_milestones
from progress.holidays import move_for_holidays, would_move
from progress.reminders import KINDS as OF_YEARS
from progress.standings import reached
from reviews import reminders as review_reminders
from reviews.actions import (
    call_off_all,
    call_off_beyond,
    call_off_outside,
    call_off_paused,
    sessions_outside,
)
from reviews.feed import entries_of_sessions


def connect() -> None:
    """Attaches what upper apps do to the ports and registries of lower ones."""
    celery_app.set_default()
    ports.started.append(begin_plan)
    ports.ended.append(call_off_all)
    ports.shortened.append(call_off_beyond)
    ports.paused += [move_for_pause, call_off_paused]
    ports.resumed.append(move_for_pause)
    ports.phase_asked.append(reached)
    ports.duplicated.append(copy_choice)
    ports.foreseen.append(told_of_milestones)
    ports.rescheduling += [rescheduling.moves, sessions_outside]
    ports.rescheduled += [rescheduling.move, call_off_outside]
    holidays.changing.append(would_move)
    holidays.changed.append(move_for_holidays)
    feeds.register(entries_of_milestones)
    feeds.register(entries_of_sessions)
    of_pairs, of_reviews = pairing_reminders.KINDS, review_reminders.KINDS
    for kind in (*of_pairs, *of_reviews, *OF_YEARS, INVITATION_UNANSWERED):
        kinds.register(kind)
