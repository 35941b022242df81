import django.db.models.constraints
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import preceptor.accounts.constraints


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("pairings", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="GrowthPlan",
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
                ("starts_on", models.DateField()),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False
                    ),
                ),
                (
                    "junior",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="plan",
                        to="pairings.enrolment",
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
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="growthplan_tenant"
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",), field="junior", name="growthplan_junior"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Goal",
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
                ("text", models.CharField(max_length=200, verbose_name="goal")),
                (
                    "why",
                    models.CharField(blank=True, max_length=500, verbose_name="why"),
                ),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="by")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "open"),
                            ("reached", "reached"),
                            ("dropped", "dropped"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("position", models.PositiveIntegerField(default=0)),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False
                    ),
                ),
                ("state_changed_at", models.DateTimeField(null=True)),
                (
                    "added_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
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
                (
                    "plan",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="goals",
                        to="progress.growthplan",
                    ),
                ),
            ],
            options={
                "ordering": [models.OrderBy(models.F("position")), "id"],
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="goal_tenant"
                    ),
                    models.UniqueConstraint(
                        deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                        fields=("plan", "position"),
                        name="goal_position",
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",), field="plan", name="goal_plan"
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",), field="added_by", name="goal_added_by"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Milestone",
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
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("first_meeting", "First meeting"),
                            ("needs_assessment", "Needs assessment"),
                            ("check_in", "Meeting"),
                            ("completion", "Completion review"),
                        ],
                        max_length=20,
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                (
                    "about",
                    models.CharField(
                        blank=True, max_length=300, verbose_name="what it is for"
                    ),
                ),
                ("due_on", models.DateField(verbose_name="due")),
                ("junior_signed_at", models.DateTimeField(null=True)),
                ("mentor_signed_at", models.DateTimeField(null=True)),
                ("signed_at", models.DateTimeField(null=True)),
                (
                    "mentor_signed_by",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
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
                (
                    "plan",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="milestones",
                        to="progress.growthplan",
                    ),
                ),
            ],
            options={
                "ordering": ["due_on", "id"],
                "abstract": False,
                "indexes": [
                    models.Index(
                        condition=models.Q(("signed_at", None)),
                        fields=["due_on"],
                        name="milestone_open_by_day",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="milestone_tenant"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("signed_at", None),
                            models.Q(
                                ("junior_signed_at__isnull", False),
                                ("mentor_signed_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="milestone_signed_by_both",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("mentor_signed_at", None), ("mentor_signed_by", None)
                            ),
                            models.Q(
                                ("mentor_signed_at__isnull", False),
                                ("mentor_signed_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="milestone_mentor_named",
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",), field="plan", name="milestone_plan"
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",),
                        field="mentor_signed_by",
                        name="milestone_mentor_signed_by",
                    ),
                ],
            },
        ),
    ]
