from django.urls import path

from pairings.views import (
    life,
    pairings,
    people,
    programs,
    reschedule,
    roster,
    states,
)

app_name = "pairings"
urlpatterns = [
    path("programs/", programs.programs, name="programs"),
    path("programs/new/", programs.create_program, name="create_program"),
    path("programs/<int:pk>/", programs.program, name="program"),
    path("programs/<int:pk>/settings/", programs.edit_program, name="edit_program"),
    path("programs/<int:pk>/dates/", reschedule.reschedule, name="reschedule"),
    path(
        "programs/<int:pk>/duplicate/",
        programs.duplicate_program,
        name="duplicate_program",
    ),
    path("programs/<int:pk>/start/", states.start_program, name="start_program"),
    path("programs/<int:pk>/close/", states.close_program, name="close_program"),
    path("programs/<int:pk>/reopen/", states.reopen_program, name="reopen_program"),
    path("programs/<int:pk>/archive/", states.archive_program, name="archive_program"),
    path(
        "programs/<int:pk>/bring-back/",
        states.bring_back_program,
        name="bring_back_program",
    ),
    path("programs/<int:pk>/staff/", programs.add_staff, name="add_staff"),
    path("staff/<int:pk>/remove/", programs.remove_staff, name="remove_staff"),
    path("programs/<int:pk>/people/", people.people, name="people"),
    path("programs/<int:pk>/people.csv", people.export_people, name="export_people"),
    path("programs/<int:pk>/enrol/", people.enrol, name="enrol"),
    path("enrolments/<int:pk>/", people.edit_enrolment, name="edit_enrolment"),
    path(
        "enrolments/<int:pk>/remove/",
        people.remove_enrolment,
        name="remove_enrolment",
    ),
    path("programs/<int:pk>/roster/", roster.upload_roster, name="upload_roster"),
    path("programs/<int:pk>/roster/<int:upload_pk>/", roster.roster, name="roster"),
    path(
        "programs/<int:pk>/roster/<int:upload_pk>/import/",
        roster.import_roster,
        name="import_roster",
    ),
    path("programs/<int:pk>/pair/", pairings.pair, name="pair"),
    path("enrolments/<int:pk>/leave/", life.leave, name="leave"),
    path("pairings/<int:pk>/end/", pairings.end, name="end"),
    path("pairings/<int:pk>/phase/", life.ask_phase, name="ask_phase"),
    path("phases/<int:pk>/agree/", life.agree_phase, name="agree_phase"),
    path("phases/<int:pk>/drop/", life.drop_phase, name="drop_phase"),
    path("pairings/<int:pk>/rematch/", life.ask_rematch, name="ask_rematch"),
    path("rematches/<int:pk>/settle/", life.settle_rematch, name="settle_rematch"),
]
