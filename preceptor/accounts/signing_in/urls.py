"""How people come in, beside what the sign-in library has."""

from django.urls import path

from preceptor.accounts.signing_in import views

app_name = "entrance"
urlpatterns = [
    path("through/<slug:code>/", views.begin, name="begin"),
    path("through/<slug:code>/callback/", views.callback, name="callback"),
    path("through/<slug:code>/acs/", views.acs, name="acs"),
    path("through/<slug:code>/back/", views.back, name="back"),
    path("through/<slug:code>/metadata/", views.metadata, name="metadata"),
    path("identities/", views.identities, name="identities"),
    path("enter/<slug:organisation>/", views.enter, name="enter"),
]
