from django.urls import path

from preceptor.insights import handover, pauses, together, views
from preceptor.insights.board import views as boards
from preceptor.insights.delivery_figures import views as weeks
from preceptor.insights.figures import views as figures
from preceptor.insights.history import views as histories
from preceptor.insights.quarterly import views as quarterly
from preceptor.insights.returns import views as returns

app_name = "insights"
urlpatterns = [
    path("", views.today, name="today"),
    path("reports/", views.reports, name="reports"),
    path("programs/<int:pk>/board/", boards.board, name="board"),
    path("programs/<int:pk>/board.csv", boards.board_csv, name="board_csv"),
    path("programs/<int:pk>/board.xlsx", boards.board_xlsx, name="board_xlsx"),
    path("quarters/", quarterly.quarters, name="quarters"),
    path("quarters/mail/", quarterly.schedule, name="schedule_of_all"),
    path("quarters/<str:quarter>/", quarterly.report, name="quarter_of_all"),
    path("quarters/<str:quarter>/make/", quarterly.make_report, name="make_of_all"),
    path(
        "quarters/<str:quarter>/report.<slug:kind>",
        quarterly.report_file,
        name="quarter_of_all_file",
    ),
    path(
        "programs/<int:pk>/quarters/mail/",
        quarterly.schedule,
        name="report_schedule",
    ),
    path(
        "programs/<int:pk>/quarters/<str:quarter>/",
        quarterly.report,
        name="quarter_report",
    ),
    path(
        "programs/<int:pk>/quarters/<str:quarter>/make/",
        quarterly.make_report,
        name="make_report",
    ),
    path(
        "programs/<int:pk>/quarters/<str:quarter>/report.<slug:kind>",
        quarterly.report_file,
        name="quarter_report_file",
    ),
    path("programs/<int:pk>/delivery/", weeks.delivery, name="delivery"),
    path("delivery/", weeks.weeks, name="weeks"),
    path("delivery/template.csv", weeks.week_template, name="week_template"),
    path("delivery/weeks.csv", weeks.export_weeks, name="export_weeks"),
    path("delivery/upload/", weeks.upload_weeks, name="upload_weeks"),
    path("delivery/files/<int:pk>/", weeks.week_file, name="week_file"),
    path("delivery/files/<int:pk>/import/", weeks.import_weeks, name="import_weeks"),
    path("delivery/<int:pk>/", weeks.edit_week, name="edit_week"),
    path("delivery/<int:pk>/remove/", weeks.remove_week, name="remove_week"),
    path("insights/", figures.insights, name="insights"),
    path("insights/stays/", figures.stays, name="stays"),
    path("insights/stays.<slug:kind>", figures.stays_file, name="stays_file"),
    path("programs/<int:pk>/insights/", figures.quarter, name="quarter"),
    path(
        "programs/<int:pk>/insights.<slug:kind>",
        figures.quarter_file,
        name="quarter_file",
    ),
    path("returns/", returns.scenarios, name="scenarios"),
    path("returns/new/", returns.add_scenario, name="add_scenario"),
    path("returns/<int:pk>/", returns.scenario, name="scenario"),
    path("returns/<int:pk>/remove/", returns.remove_scenario, name="remove_scenario"),
    path("history/", histories.history, name="history"),
    path("history.csv", histories.history_csv, name="history_csv"),
    path("history/mine/", histories.own_history, name="own_history"),
    path("pairings/<int:pk>/", views.pairing, name="pairing"),
    path("pairings/<int:pk>/pause/", pauses.pause, name="pause"),
    path("pairings/<int:pk>/resume/", pauses.resume, name="resume"),
    path("pairings/<int:pk>/agreement/", together.agreement, name="agreement"),
    path("pairings/<int:pk>/agreement/agree/", together.agree, name="agree"),
    path("pairings/<int:pk>/notes/", together.notes, name="notes"),
    path("pairings/<int:pk>/word/", together.word, name="word"),
    path("pairings/<int:pk>/handover/", handover.handover, name="handover"),
    path(
        "pairings/<int:pk>/handover/release/",
        handover.release_handover,
        name="release_handover",
    ),
    path(
        "pairings/<int:pk>/handover/acknowledge/",
        handover.acknowledge_handover,
        name="acknowledge_handover",
    ),
]
