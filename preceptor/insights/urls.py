from django.urls import path

from preceptor.insights import pauses, views

app_name = "insights"
urlpatterns = [
    path("", views.today, name="today"),
    path("reports/", views.reports, name="reports"),
    path("pairings/<int:pk>/", views.pairing, name="pairing"),
    path("pairings/<int:pk>/pause/", pauses.pause, name="pause"),
    path("pairings/<int:pk>/resume/", pauses.resume, name="resume"),
]
