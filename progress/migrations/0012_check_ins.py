import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import preceptor.accounts.constraints


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_membership_called"),
        ("progress", "0011_drafts_are_held"),
    ]

    operations = [
        migrations.CreateModel(
            name="CheckIn",
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
                    "went_well",
                    models.TextField(blank=True, verbose_name="what went well"),
                ),
                (
                    "hardest",
                    models.TextField(blank=True, verbose_name="the hardest moment"),
                ),
                (
                    "differently",
                    models.TextField(blank=True, verbose_name="what to do differently"),
                ),
                (
                    "next_focus",
                    models.TextField(blank=True, verbose_name="what comes next"),
                ),
                (
                    "mood",
                    models.CharField(
                        blank=True, max_length=40, verbose_name="how it goes in a word"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "begun_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False
                    ),
                ),
                ("handed_at", models.DateTimeField(null=True)),
                (
                    "answer",
                    models.TextField(blank=True, default="", verbose_name="answer"),
                ),
                ("answered_at", models.DateTimeField(null=True)),
                (
                    "answered_by",
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
                        related_name="checkins",
                        to="progress.growthplan",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="checkin_tenant"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("handed_at", None)),
                        fields=("plan",),
                        name="checkin_one_draft",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("answer", ""),
                                ("answered_at", None),
                                ("answered_by", None),
                            ),
                            models.Q(
                                ("answered_at__isnull", False),
                                ("answered_by__isnull", False),
                                ("handed_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="checkin_answered_by_somebody",
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",), field="plan", name="checkin_plan"
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",),
                        field="answered_by",
                        name="checkin_answered_by",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProtectedWeek",
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
                ("monday", models.DateField()),
                (
                    "hours",
                    models.DecimalField(
                        decimal_places=1,
                        max_digits=4,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(41),
                        ],
                        verbose_name="hours",
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
                        related_name="protected_weeks",
                        to="progress.growthplan",
                    ),
                ),
            ],
            options={
                "ordering": ["monday"],
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="protectedweek_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("plan", "monday"), name="protectedweek_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("monday__iso_week_day", 1)),
                        name="protectedweek_monday",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("hours__gte", 0), ("hours__lte", 41)),
                        name="protectedweek_hours",
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",), field="plan", name="protectedweek_plan"
                    ),
                ],
            },
        ),
    ]
