from django.urls import path

from preceptor.accounts import views

app_name = "accounts"
urlpatterns = [
    path("", views.profile, name="profile"),
    path("invitation/<str:token>/", views.accept, name="accept"),
]
