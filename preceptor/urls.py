from django.urls import URLPattern, URLResolver, include, path

from preceptor import views
from preceptor.notifications.views.calendar import feed
from preceptor.notifications.views.health import reminders
from preceptor.notifications.views.unsubscribing import unsubscribe

organisation: list[URLPattern | URLResolver] = [
    path("", include("preceptor.insights.urls")),
    path("members/", include("preceptor.accounts.organisation_urls")),
    path("calendar/", include("preceptor.notifications.calendar_urls")),
    path("messages/", include("preceptor.notifications.message_urls")),
    path("health/", include("preceptor.notifications.health_urls")),
    path("", include("pairings.urls")),
    path("sessions/", include("reviews.urls")),
    path("growth/", include("progress.urls")),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("calendar/<str:token>.ics", feed, name="feed"),
    path("unsubscribe/<str:token>/", unsubscribe, name="unsubscribe"),
    path("healthz", views.healthz, name="healthz"),
    path("health/reminders/", reminders, name="health_reminders"),
    path("accounts/", include("allauth.urls")),
    path("account/", include("preceptor.accounts.urls")),
    path("shared/", include("progress.shared_urls")),
    path("o/<slug:slug>/", include(organisation)),
]

handler400 = "preceptor.views.bad_request"
