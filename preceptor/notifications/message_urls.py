from django.urls import path

from preceptor.notifications.views import chat, inbox, preferences

app_name = "messages"
urlpatterns = [
    path("", inbox.inbox, name="inbox"),
    path("resting/", inbox.resting, name="resting"),
    path("settled/", inbox.settled, name="settled"),
    path("read/", inbox.read_all, name="read_all"),
    path("<int:pk>/", inbox.reminder, name="reminder"),
    path("<int:pk>/open/", inbox.open_reminder, name="open"),
    path("<int:pk>/later/", inbox.put_off, name="put_off"),
    path("<int:pk>/done/", inbox.done, name="done"),
    path("resting/<int:pk>/wake/", inbox.wake, name="wake"),
    path("preferences/", preferences.preferences, name="preferences"),
    path("chat/", chat.chat, name="chat"),
    path("chat/try/", chat.try_chat, name="try_chat"),
    path("chat/remove/", chat.remove_chat, name="remove_chat"),
]
