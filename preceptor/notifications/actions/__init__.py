from preceptor.notifications.actions.calendar import subscribe, unsubscribe
from preceptor.notifications.actions.chat import connect_chat, remove_chat, try_chat
from preceptor.notifications.actions.inbox import (
    mark_all_read,
    mark_read,
    put_off,
    wake,
)
from preceptor.notifications.actions.preferences import choose, plan_anew, turn_off

__all__ = [
    "choose",
    "connect_chat",
    "mark_all_read",
    "mark_read",
    "plan_anew",
    "put_off",
    "remove_chat",
    "subscribe",
    "try_chat",
    "turn_off",
    "unsubscribe",
    "wake",
]
