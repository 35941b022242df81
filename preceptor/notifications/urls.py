from django.urls import path

from preceptor.notifications import views

app_name = "calendar"
urlpatterns = [
    path("", views.subscription, name="subscription"),
    path("new/", views.subscribe, name="subscribe"),
    path("revoke/", views.unsubscribe, name="unsubscribe"),
]
