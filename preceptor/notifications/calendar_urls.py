from django.urls import path

from preceptor.notifications.views import calendar

app_name = "calendar"
urlpatterns = [
    path("", calendar.subscription, name="subscription"),
    path("new/", calendar.subscribe, name="subscribe"),
    path("revoke/", calendar.unsubscribe, name="unsubscribe"),
]
