from django.urls import path

from pairings import views

app_name = "pairings"
urlpatterns = [path("programs/", views.programs, name="programs")]
