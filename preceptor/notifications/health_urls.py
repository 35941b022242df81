from django.urls import path

from preceptor.notifications.views import health

app_name = "health"
urlpatterns = [
    path("", health.machinery, name="machinery"),
    path("<int:pk>/again/", health.send_again, name="send_again"),
]
