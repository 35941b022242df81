from django.urls import path

from preceptor.accounts import views

app_name = "organisation"
urlpatterns = [path("", views.members, name="members")]
