from django.urls import path

from preceptor.personal import views

app_name = "personal"
urlpatterns = [
    path("", views.mine, name="mine"),
    path("gather/", views.ask_archive, name="ask_archive"),
    path("download/<str:token>/", views.download, name="download"),
    path("erase/", views.erase_me, name="erase_me"),
    path("erase/call-off/", views.call_off, name="call_off"),
    path("requests/", views.requests, name="requests"),
    path("requests/<int:pk>/", views.erasing, name="erasing"),
    path("members/<int:pk>/erase/", views.erase, name="erase"),
]
