"""The composition root: it imports everything; the start of the app imports it."""

from allauth.account.signals import password_changed, password_reset, password_set
from django.contrib.auth.signals import user_logged_in

from pairings import personal as of_programs
from pairings import ports
from pairings import reminders as pairing_reminders
from pairings.audiences import in_programs
from preceptor.accounts import clocks, held, holidays
from preceptor.accounts import personal as of_accounts
from preceptor.celery import app as celery_app
from preceptor.insights import personal as of_figures
from preceptor.insights.history.signing_in import note_password, note_sign_in
from preceptor.insights.quarterly.reminders import QUARTER_REPORT
from preceptor.notifications import feeds, kinds
from preceptor.notifications import personal as of_messages
from preceptor.notifications.reminders import INVITATION_UNANSWERED
from preceptor.personal import personal as of_itself
from preceptor.personal.reminders import KINDS as OF_DATA
from progress import personal as of_plans
from progress import rescheduling
from progress.actions import begin_plan, move_for_pause
from progress.actions.frameworks import copy_choice
from progress.feed import entries_of_milestones
from progress.foresight import told_of_milestones
from progress.holidays import move_for_holidays, would_move
from progress.reminders import KINDS as OF_YEARS
from progress.standings import reached
from reviews import personal as of_sessions
from reviews import reminders as review_reminders
from reviews.actions import (
    call_off_all,
    call_off_beyond,
    call_off_outside,
    call_off_paused,
    sessions_outside,
)
from reviews.clocks import other_days
from reviews.feed import entries_of_sessions


def connect() -> None:
    """Attaches what upper apps do to the ports and registries of lower ones."""
    celery_app.set_default()
    user_logged_in.connect(note_sign_in, dispatch_uid="history")
    for changed in (password_changed, password_set, password_reset):
        changed.connect(note_password, dispatch_uid="history")
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
    clocks.changing.append(other_days)
    holidays.changing.append(would_move)
    holidays.changed.append(move_for_holidays)
    feeds.register(entries_of_milestones)
    feeds.register(entries_of_sessions)
    of_pairs, of_reviews = pairing_reminders.KINDS, review_reminders.KINDS
    others = (INVITATION_UNANSWERED, QUARTER_REPORT, *OF_DATA)
    for kind in (*of_pairs, *of_reviews, *OF_YEARS, *others):
        kinds.register(kind)
    kinds.register_standing(in_programs)
    _hold()


def _hold() -> None:
    """The table of what is held of people, lower apps first."""
    of_ground = (of_accounts, of_messages, of_itself)
    of_apps = (*of_ground, of_programs, of_sessions, of_plans, of_figures)
    for app in of_apps:
        texts, *others = (
            getattr(app, name, None) for name in ("TEXTS", "files", "clean", "strike")
        )
        files, clean, strike = others
        held.register(
            app.HELD,
            app.IMPERSONAL,
            texts=texts,
            files=files,
            cleaning=clean,
            striking=strike,
        )
