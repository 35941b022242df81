from django.urls import path

from progress import views

app_name = "progress"
urlpatterns = [
    path("", views.growth, name="growth"),
    path("<int:pk>/", views.plan, name="plan"),
    path("<int:pk>/goals/add/", views.add_goal, name="add_goal"),
    path("goals/<int:pk>/", views.edit_goal, name="edit_goal"),
    path("goals/<int:pk>/mark/", views.mark_goal, name="mark_goal"),
    path("goals/<int:pk>/shift/", views.shift_goal, name="shift_goal"),
    path("goals/<int:pk>/place/", views.place_goal, name="place_goal"),
    path("milestones/<int:pk>/sign/", views.sign, name="sign"),
    path("milestones/<int:pk>/withdraw/", views.withdraw, name="withdraw"),
    path("milestones/<int:pk>/move/", views.move, name="move"),
]
