from django.urls import URLPattern, URLResolver, include, path

from preceptor import views
from preceptor.accounts.signing_in import views as signing_in
from preceptor.notifications.views.calendar import feed
from preceptor.notifications.views.health import reminders
from preceptor.notifications.views.unsubscribing import unsubscribe
from preceptor.personal.views import privacy

# What polls comes first, and all that a word begins: they are looked through in turn.
organisation: list[URLPattern | URLResolver] = [
    path("sessions/", include("reviews.urls")),
    path("growth/", include("progress.urls")),
    path(
        "members/sign-in/", include("preceptor.accounts.signing_in.organisation_urls")
    ),
    path("members/", include("preceptor.accounts.organisation_urls")),
    path("calendar/", include("preceptor.notifications.calendar_urls")),
    path("messages/", include("preceptor.notifications.message_urls")),
    path("health/", include("preceptor.notifications.health_urls")),
    path("my-data/", include("preceptor.personal.urls")),
    path("", include("preceptor.insights.urls")),
    path("", include("pairings.urls")),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("calendar/<str:token>.ics", feed, name="feed"),
    path("unsubscribe/<str:token>/", unsubscribe, name="unsubscribe"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("metrics", views.metrics, name="metrics"),
    path("health/reminders/", reminders, name="health_reminders"),
    path("privacy/", privacy, name="privacy"),
    path("accounts/login/", signing_in.login, name="account_login"),
    # Not all of the library: organisations' own providers have routes of ours.
    path("accounts/", include("allauth.account.urls")),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("accounts/sessions/", signing_in.sessions, name="usersessions_list"),
    path("account/", include("preceptor.accounts.urls")),
    path("account/", include("preceptor.accounts.signing_in.urls")),
    path("shared/", include("progress.shared_urls")),
    path("o/<slug:slug>/", include(organisation)),
]

handler400 = "preceptor.views.bad_request"
