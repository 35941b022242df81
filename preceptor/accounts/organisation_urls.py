from django.urls import path

from preceptor.accounts import views
from preceptor.accounts.signing_in import views as signing_in

app_name = "organisation"
urlpatterns = [
    path("", views.members, name="members"),
    path("settings/", views.settings, name="settings"),
    path("leave/", views.leave, name="leave"),
    path("invitations/", views.invitations, name="invitations"),
    path("invite/", views.invite, name="invite"),
    path("invitations/<int:pk>/resend/", views.resend, name="resend"),
    path("invitations/<int:pk>/withdraw/", views.withdraw, name="withdraw"),
    path("holidays/", views.holidays, name="holidays"),
    path("holidays/add/", views.add_holidays, name="add_holidays"),
    path("holidays/upload/", views.upload_holidays, name="upload_holidays"),
    path("holidays/files/<int:pk>/", views.holiday_file, name="holiday_file"),
    path(
        "holidays/files/<int:pk>/import/",
        views.import_holidays,
        name="import_holidays",
    ),
    path("holidays/<int:pk>/", views.edit_holiday, name="edit_holiday"),
    path("holidays/<int:pk>/remove/", views.remove_holiday, name="remove_holiday"),
    path("<int:pk>/", views.member, name="member"),
    path("<int:pk>/deactivate/", views.deactivate, name="deactivate"),
    path("<int:pk>/reactivate/", views.reactivate, name="reactivate"),
    path(
        "<int:pk>/identities/remove/",
        signing_in.forget_identity,
        name="forget_identity",
    ),
    path("<int:pk>/identities/address/", signing_in.take_address, name="take_address"),
]
