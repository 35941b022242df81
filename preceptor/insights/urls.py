from django.urls import path

from preceptor.insights import handover, pauses, together, views
from preceptor.insights.board import views as boards

app_name = "insights"
urlpatterns = [
    path("", views.today, name="today"),
    path("reports/", views.reports, name="reports"),
    path("programs/<int:pk>/board/", boards.board, name="board"),
    path("programs/<int:pk>/board.csv", boards.board_csv, name="board_csv"),
    path("programs/<int:pk>/board.xlsx", boards.board_xlsx, name="board_xlsx"),
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
