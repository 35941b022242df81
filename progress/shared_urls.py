"""What is read without signing in, by who has the address."""

from django.urls import path

from progress.views import links

app_name = "shared"
urlpatterns = [path("<str:token>/", links.shared_year, name="shared_year")]
