from django.urls import path

from preceptor.accounts.signing_in import views

app_name = "sign_in"
urlpatterns = [
    path("", views.sign_in, name="settings"),
    path("add/<str:kind>/", views.add, name="add"),
    path("<int:pk>/", views.edit, name="provider"),
    path("<int:pk>/test/", views.test, name="test"),
    path("<int:pk>/on/", views.turn_on, name="turn_on"),
    path("<int:pk>/off/", views.turn_off, name="turn_off"),
    path("<int:pk>/remove/", views.remove, name="remove"),
    path("domains/add/", views.add_domain, name="add_domain"),
    path("domains/<int:pk>/check/", views.check_domain, name="check_domain"),
    path("domains/<int:pk>/remove/", views.remove_domain, name="remove_domain"),
]
