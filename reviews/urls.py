from django.urls import path

from reviews.views import (
    apart,
    board,
    conversations,
    deciding,
    endings,
    export,
    files,
    findings,
    listing,
    notes,
    opening,
    planning,
    provenance,
    reading,
    retention,
    revisions,
    tables,
    threads,
    todo,
)

app_name = "reviews"
urlpatterns = [
    path("", listing.sessions, name="sessions"),
    path("new/", opening.open_session, name="open"),
    path("new/<int:staged>/", opening.preview, name="preview"),
    path("log/", endings.log, name="log"),
    path("plan/<int:pairing>/", planning.plan, name="plan"),
    path("suggestions/<int:pairing>/", planning.suggest, name="suggest"),
    path(
        "suggestions/<int:pairing>/<int:suggestion>/drop/",
        planning.drop_suggestion,
        name="drop_suggestion",
    ),
    path("<int:pk>/", listing.session, name="session"),
    path("retention/", retention.retention, name="retention"),
    path("<int:pk>/note/", notes.note, name="note"),
    path("<int:pk>/export.json", export.export_json, name="export_json"),
    path("<int:pk>/export.md", export.export_markdown, name="export_markdown"),
    path("<int:pk>/move/", planning.move, name="move"),
    path("<int:pk>/cancel/", planning.cancel, name="cancel"),
    path("<int:pk>/invitation.ics", planning.invitation, name="invitation"),
    path("<int:pk>/release/", planning.release, name="release"),
    path("<int:pk>/drafts/", planning.bring_in_drafts, name="bring_in_drafts"),
    path("<int:pk>/read/", reading.read, name="read"),
    path("<int:pk>/files/", files.files, name="files"),
    path("<int:pk>/viewed/<int:number>/", files.mark_viewed, name="mark_viewed"),
    path("<int:pk>/findings/typed/", findings.keep_words, name="keep_words"),
    path(
        "<int:pk>/findings/typed/discard/", findings.discard_words, name="discard_words"
    ),
    path(
        "<int:pk>/findings/preview/", findings.preview_finding, name="preview_finding"
    ),
    path("<int:pk>/findings/new/", findings.add_finding, name="add_finding"),
    path(
        "<int:pk>/findings/<int:finding>/", findings.edit_finding, name="edit_finding"
    ),
    path(
        "<int:pk>/findings/<int:finding>/remove/",
        findings.remove_finding,
        name="remove_finding",
    ),
    path("<int:pk>/draft/", reading.draft, name="draft"),
    path("<int:pk>/lock/", reading.lock, name="lock"),
    path("<int:pk>/reveal/", reading.reveal, name="reveal"),
    path("<int:pk>/changes/", board.changes, name="changes"),
    path("<int:pk>/provenance/", provenance.edit_provenance, name="edit_provenance"),
    path("<int:pk>/revisions/", revisions.revisions, name="revisions"),
    path("<int:pk>/revisions/new/", revisions.add_revision, name="add_revision"),
    path(
        "<int:pk>/revisions/new/<int:staged>/",
        revisions.preview_revision,
        name="preview_revision",
    ),
    path("<int:pk>/board/", board.board, name="board"),
    path("<int:pk>/board/late/", board.add_late, name="add_late"),
    path("<int:pk>/findings/", tables.findings, name="findings"),
    path("calibration/", tables.calibration, name="calibration"),
    path(
        "<int:pk>/board/<int:finding>/adjudicate/",
        deciding.adjudicate,
        name="adjudicate",
    ),
    path("<int:pk>/board/<int:finding>/card/", apart.explain, name="explain"),
    path("<int:pk>/board/<int:finding>/lesson/", apart.make_lesson, name="make_lesson"),
    path(
        "<int:pk>/board/<int:finding>/comments/",
        threads.add_comment,
        name="add_comment",
    ),
    path("<int:pk>/comments/<int:comment>/", threads.edit_comment, name="edit_comment"),
    path(
        "<int:pk>/comments/<int:comment>/remove/",
        threads.remove_comment,
        name="remove_comment",
    ),
    path("<int:pk>/actions/", todo.add_action, name="add_action"),
    path("<int:pk>/actions/<int:action>/done/", todo.mark_action, name="mark_action"),
    path(
        "<int:pk>/actions/<int:action>/remove/",
        todo.remove_action,
        name="remove_action",
    ),
    path("<int:pk>/impression/", todo.say_impression, name="say_impression"),
    path("<int:pk>/lessons/<int:lesson>/", apart.edit_lesson, name="edit_lesson"),
    path("<int:pk>/board/<int:finding>/join/", deciding.join, name="join"),
    path("<int:pk>/board/<int:finding>/split/", deciding.split, name="split"),
    path(
        "<int:pk>/board/<int:finding>/distinguish/",
        deciding.distinguish,
        name="distinguish",
    ),
    path(
        "<int:pk>/board/<int:finding>/status/", deciding.set_status, name="set_status"
    ),
    path("<int:pk>/board/<int:finding>/verify/", deciding.verify, name="verify"),
    path("<int:pk>/lessons/", board.add_lesson, name="add_lesson"),
    path(
        "<int:pk>/lessons/<int:lesson>/remove/",
        board.remove_lesson,
        name="remove_lesson",
    ),
    path(
        "<int:pk>/conversations/new/",
        conversations.add_transcript,
        name="add_transcript",
    ),
    path(
        "<int:pk>/conversations/new/<int:staged>/",
        conversations.preview_transcript,
        name="preview_transcript",
    ),
    path(
        "<int:pk>/conversations/<int:transcript>/",
        conversations.transcript,
        name="transcript",
    ),
    path(
        "<int:pk>/conversations/<int:transcript>/turns/<int:turn>/",
        conversations.turn,
        name="turn",
    ),
    path(
        "<int:pk>/conversations/<int:transcript>/file/",
        conversations.transcript_file,
        name="transcript_file",
    ),
    path("<int:pk>/close/", endings.close, name="close"),
    path("<int:pk>/abandon/", endings.abandon, name="abandon"),
]
