import django.db.models.deletion
from django.db import migrations, models

from preceptor.accounts.constraints import TenantKey

LEVELS = [
    (1, "novice"),
    (2, "advanced beginner"),
    (3, "competent"),
    (4, "proficient"),
    (5, "expert"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_membership_called"),
        ("progress", "0013_answered_check_ins_stay"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="goal", name="goal_added_by"),
        migrations.RenameField(
            model_name="goal", old_name="added_by", new_name="proposed_by"
        ),
        migrations.AddField(
            model_name="goal",
            name="done_when",
            field=models.CharField(
                blank=True, default="", max_length=500, verbose_name="done when"
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="goal",
            name="competency",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="goals",
                to="progress.competency",
            ),
        ),
        migrations.AddField(
            model_name="goal",
            name="target",
            field=models.PositiveSmallIntegerField(choices=LEVELS, null=True),
        ),
        migrations.AddField(
            model_name="goal",
            name="junior_agreed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="goal",
            name="mentor_agreed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="goal",
            name="version",
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddConstraint(
            model_name="goal",
            constraint=models.CheckConstraint(
                condition=models.Q(target=None)
                | models.Q(competency__isnull=False, target__in=[1, 2, 3, 4, 5]),
                name="goal_target_of_competency",
            ),
        ),
        migrations.AddConstraint(
            model_name="goal",
            constraint=TenantKey(field="competency", name="goal_competency"),
        ),
        migrations.AddConstraint(
            model_name="goal",
            constraint=TenantKey(field="proposed_by", name="goal_proposed_by"),
        ),
        migrations.CreateModel(
            name="GoalStep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("text", models.CharField(max_length=200, verbose_name="step")),
                ("done_at", models.DateTimeField(null=True)),
                ("position", models.PositiveIntegerField()),
                (
                    "goal",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="steps",
                        to="progress.goal",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
            ],
            options={
                "ordering": [models.F("position").asc(), "id"],
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="goalstep_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("goal", "position"), name="goalstep_position"
                    ),
                    TenantKey(field="goal", name="goalstep_goal"),
                ],
            },
        ),
    ]
