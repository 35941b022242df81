from preceptor.notifications.models.calendars import (
    CalendarSubscription,
    CalendarSubscriptionQuerySet,
)
from preceptor.notifications.models.channels import Host, Webhook, WebhookQuerySet
from preceptor.notifications.models.deliveries import (
    Delivery,
    DeliveryQuerySet,
    Timing,
    told,
)
from preceptor.notifications.models.preferences import (
    KindPreference,
    Preferences,
)
from preceptor.notifications.models.programs import ProgramMessages, Wording
from preceptor.notifications.models.pulses import Pulse
from preceptor.notifications.models.snoozes import Snooze, SnoozeQuerySet

__all__ = [
    "CalendarSubscription",
    "CalendarSubscriptionQuerySet",
    "Delivery",
    "DeliveryQuerySet",
    "Host",
    "KindPreference",
    "Preferences",
    "ProgramMessages",
    "Pulse",
    "Snooze",
    "SnoozeQuerySet",
    "Timing",
    "Webhook",
    "WebhookQuerySet",
    "Wording",
    "told",
]
