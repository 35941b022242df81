from django.urls import path

from preceptor.insights import views

app_name = "insights"
urlpatterns = [
    path("", views.today, name="today"),
    path("reports/", views.reports, name="reports"),
    path("pairings/<int:pk>/", views.pairing, name="pairing"),
]
