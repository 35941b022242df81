from django.urls import path

from progress.views import figures, goals, milestones, plans

app_name = "progress"
urlpatterns = [
    path("", plans.growth, name="growth"),
    path("<int:pk>/", plans.plan, name="plan"),
    path("<int:pk>/figures/", figures.figures, name="figures"),
    path("<int:pk>/figures/publish/", figures.publish, name="publish_figure"),
    path("<int:pk>/figures/withdraw/", figures.withdraw, name="withdraw_figure"),
    path("<int:pk>/goals/add/", goals.add_goal, name="add_goal"),
    path("goals/<int:pk>/", goals.edit_goal, name="edit_goal"),
    path("goals/<int:pk>/mark/", goals.mark_goal, name="mark_goal"),
    path("goals/<int:pk>/shift/", goals.shift_goal, name="shift_goal"),
    path("goals/<int:pk>/place/", goals.place_goal, name="place_goal"),
    path("milestones/<int:pk>/sign/", milestones.sign, name="sign"),
    path("milestones/<int:pk>/withdraw/", milestones.withdraw, name="withdraw"),
    path("milestones/<int:pk>/move/", milestones.move, name="move"),
]
