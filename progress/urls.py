from django.urls import include, path

from progress.views import (
    assessments,
    autonomy,
    checkins,
    completion,
    evaluations,
    evidence,
    figures,
    frameworks,
    goals,
    links,
    milestones,
    plans,
)
from progress.views import framework_drafts as drafts
from progress.views import framework_files as files

FRAMEWORKS = [
    path("", frameworks.frameworks, name="frameworks"),
    path("add/", frameworks.add_framework, name="add_framework"),
    path("starter/", frameworks.take_starter, name="take_starter"),
    path("upload/", files.upload_framework, name="upload_framework"),
    path("files/<int:pk>/", files.framework_file, name="framework_file"),
    path("files/<int:pk>/import/", files.import_framework, name="import_framework"),
    path("<int:pk>/", frameworks.framework, name="framework"),
    path("<int:pk>/upload/", files.upload_version, name="upload_version"),
    path("<int:pk>/edit/", frameworks.edit_framework, name="edit_framework"),
    path("<int:pk>/draft/", frameworks.begin_draft, name="begin_draft"),
    path(
        "<int:pk>/duplicate/",
        frameworks.duplicate_framework,
        name="duplicate_framework",
    ),
    path("<int:pk>/archive/", frameworks.archive_framework, name="archive_framework"),
    path(
        "<int:pk>/back/", frameworks.bring_back_framework, name="bring_back_framework"
    ),
    path("<int:pk>/default/", frameworks.make_default, name="make_default"),
    path("versions/<int:pk>/", frameworks.framework_version, name="framework_version"),
    path(
        "versions/<int:pk>/compare/",
        frameworks.compare_versions,
        name="compare_versions",
    ),
    path(
        "versions/<int:pk>/export.<str:form>",
        files.export_framework,
        name="export_framework",
    ),
    path("versions/<int:pk>/publish/", frameworks.publish_draft, name="publish_draft"),
    path("versions/<int:pk>/discard/", frameworks.discard_draft, name="discard_draft"),
    path("versions/<int:pk>/areas/add/", drafts.add_area, name="add_area"),
    path("areas/<int:pk>/", drafts.edit_area, name="edit_area"),
    path("areas/<int:pk>/remove/", drafts.remove_area, name="remove_area"),
    path("areas/<int:pk>/shift/", drafts.shift_area, name="shift_area"),
    path("areas/<int:pk>/add/", drafts.add_competency, name="add_competency"),
    path("competencies/<int:pk>/", drafts.edit_competency, name="edit_competency"),
    path(
        "competencies/<int:pk>/remove/",
        drafts.remove_competency,
        name="remove_competency",
    ),
    path(
        "competencies/<int:pk>/shift/",
        drafts.shift_competency,
        name="shift_competency",
    ),
    path("programs/<int:pk>/", frameworks.program_framework, name="program_framework"),
]

ASSESSMENTS = [
    path("<int:pk>/", assessments.assessment, name="assessment"),
    path("<int:pk>/rate/", assessments.rate, name="rate"),
    path("<int:pk>/agree/", assessments.agree_levels, name="agree_levels"),
    path("<int:pk>/sign/", assessments.sign_assessment, name="sign_assessment"),
    path("<int:pk>/unsign/", assessments.unsign_assessment, name="unsign_assessment"),
    path(
        "<int:pk>/discard/", assessments.discard_assessment, name="discard_assessment"
    ),
]

AUTONOMY = [
    path("", autonomy.autonomy, name="autonomy"),
    path("<uuid:key>/", autonomy.competency_autonomy, name="competency_autonomy"),
    path("<uuid:key>/grant/", autonomy.grant_autonomy, name="grant_autonomy"),
    path("<uuid:key>/ask/", autonomy.ask_autonomy, name="ask_autonomy"),
    path("<uuid:key>/drop/", autonomy.drop_autonomy, name="drop_autonomy"),
]

EVIDENCE = [
    path("<int:pk>/place/", evidence.evidence_place, name="evidence_place"),
    path("sessions/<int:pk>/", evidence.session_evidence, name="session_evidence"),
    path("sessions/<int:pk>/tag/", evidence.tag, name="tag"),
]

app_name = "progress"
urlpatterns = [
    path("assessments/", include(ASSESSMENTS)),
    path("evidence/", include(EVIDENCE)),
    path("frameworks/", include(FRAMEWORKS)),
    path("<int:pk>/autonomy/", include(AUTONOMY)),
    path("", plans.growth, name="growth"),
    path("<int:pk>/", plans.plan, name="plan"),
    path("<int:pk>/assessments/", assessments.assessments, name="assessments"),
    path(
        "<int:pk>/assessments/open/",
        assessments.open_assessment,
        name="open_assessment",
    ),
    path("<int:pk>/completion/", completion.completion, name="completion"),
    path("<int:pk>/certificate/", completion.certificate, name="certificate"),
    path("<int:pk>/year.json", completion.export_year, name="export_year"),
    path("<int:pk>/readers/", plans.readers, name="readers"),
    path("<int:pk>/links/", links.links, name="links"),
    path("<int:pk>/links/add/", links.add_link, name="add_link"),
    path("links/<int:pk>/revoke/", links.revoke_link, name="revoke_link"),
    path("<int:pk>/evidence/", evidence.evidence, name="evidence"),
    path(
        "<int:pk>/evidence/<int:competency>/",
        evidence.competency_evidence,
        name="competency_evidence",
    ),
    path(
        "<int:pk>/evidence/<int:competency>/tag/",
        evidence.tag_evidence,
        name="tag_evidence",
    ),
    path(
        "<int:pk>/evidence/<int:competency>/<int:row>/take-back/",
        evidence.take_back,
        name="take_back",
    ),
    path("<int:pk>/figures/", figures.figures, name="figures"),
    path("<int:pk>/figures/publish/", figures.publish, name="publish_figure"),
    path("<int:pk>/figures/withdraw/", figures.withdraw, name="withdraw_figure"),
    path("<int:pk>/framework/", plans.move_version, name="move_version"),
    path("<int:pk>/goals/add/", goals.add_goal, name="add_goal"),
    path("<int:pk>/goals/levels/", goals.goal_levels, name="goal_levels"),
    path("goals/<int:pk>/", goals.goal, name="goal"),
    path("goals/<int:pk>/edit/", goals.edit_goal, name="edit_goal"),
    path("goals/<int:pk>/agree/", goals.agree_goal, name="agree_goal"),
    path("goals/<int:pk>/steps/", goals.add_step, name="add_step"),
    path("goals/steps/<int:pk>/tick/", goals.tick_step, name="tick_step"),
    path("goals/steps/<int:pk>/remove/", goals.remove_step, name="remove_step"),
    path("goals/<int:pk>/mark/", goals.mark_goal, name="mark_goal"),
    path("goals/<int:pk>/shift/", goals.shift_goal, name="shift_goal"),
    path("goals/<int:pk>/place/", goals.place_goal, name="place_goal"),
    path("<int:pk>/hours/", checkins.tell_hours, name="tell_hours"),
    path("<int:pk>/check-ins/", checkins.checkins, name="checkins"),
    path(
        "<int:pk>/check-ins/prepare/", checkins.prepare_checkin, name="prepare_checkin"
    ),
    path(
        "<int:pk>/check-ins/discard/", checkins.discard_checkin, name="discard_checkin"
    ),
    path("check-ins/<int:pk>/", checkins.checkin, name="checkin"),
    path("check-ins/<int:pk>/edit/", checkins.edit_checkin, name="edit_checkin"),
    path("check-ins/<int:pk>/answer/", checkins.answer_checkin, name="answer_checkin"),
    path("<int:pk>/milestones/add/", milestones.add_milestone, name="add_milestone"),
    path("milestones/<int:pk>/", milestones.milestone, name="milestone"),
    path("milestones/<int:pk>/so-far/", milestones.so_far, name="so_far"),
    path("milestones/<int:pk>/edit/", milestones.edit_milestone, name="edit_milestone"),
    path(
        "milestones/<int:pk>/remove/",
        milestones.remove_milestone,
        name="remove_milestone",
    ),
    path("milestones/<int:pk>/skip/", milestones.skip, name="skip"),
    path("milestones/<int:pk>/unskip/", milestones.unskip, name="unskip"),
    path("milestones/<int:pk>/addenda/", milestones.add_addendum, name="add_addendum"),
    path("milestones/<int:pk>/conditions/", milestones.ask, name="ask"),
    path(
        "milestones/conditions/<int:pk>/tick/",
        milestones.tick_condition,
        name="tick_condition",
    ),
    path(
        "milestones/conditions/<int:pk>/remove/",
        milestones.drop_condition,
        name="drop_condition",
    ),
    path("milestones/<int:pk>/sign/", milestones.sign, name="sign"),
    path("milestones/<int:pk>/withdraw/", milestones.withdraw, name="withdraw"),
    path("milestones/<int:pk>/move/", milestones.move, name="move"),
    path("with/<int:pk>/", evaluations.evaluations, name="evaluations"),
    path("with/<int:pk>/<slug:occasion>/", evaluations.evaluate, name="evaluate"),
    path("released/", evaluations.own_releases, name="own_releases"),
    path("released/<int:pk>/", evaluations.releases, name="releases"),
]
