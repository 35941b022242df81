from django.urls import path

from preceptor.insights import pauses, views
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
]
