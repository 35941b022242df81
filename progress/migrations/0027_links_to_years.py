import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import preceptor.accounts.constraints


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_membership_called"),
        ("progress", "0026_signed_milestones_stay"),
        ("reviews", "0020_session_days_by_pairing"),
    ]

    operations = [
        migrations.CreateModel(
            name="PlanLink",
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
                ("name", models.CharField(max_length=80, verbose_name="for whom")),
                (
                    "token_hash",
                    models.CharField(editable=False, max_length=64, unique=True),
                ),
                (
                    "parts",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("goals", "Goals and how they ended"),
                                ("levels", "Levels then and now"),
                                ("sessions", "Sessions: how many, how long, who led"),
                                ("catches", "The chart of what you catch alone"),
                                (
                                    "sign_offs",
                                    "Milestones and the days of their signatures",
                                ),
                                (
                                    "mentors",
                                    "The names of your mentors, with their dates",
                                ),
                            ],
                            max_length=10,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                ("expires_on", models.DateField(verbose_name="works until")),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False
                    ),
                ),
                ("revoked_at", models.DateTimeField(null=True)),
                ("last_opened_at", models.DateTimeField(null=True)),
                (
                    "created_by",
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
                        related_name="links",
                        to="progress.growthplan",
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at", "-id"],
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="planlink_tenant"
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",), field="plan", name="planlink_plan"
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",),
                        field="created_by",
                        name="planlink_created_by",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SharedLesson",
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
                    "lesson",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="reviews.lesson",
                    ),
                ),
                (
                    "link",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="shared_lessons",
                        to="progress.planlink",
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
                        fields=("organisation", "id"), name="sharedlesson_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("link", "lesson"), name="sharedlesson_once"
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",), field="link", name="sharedlesson_link"
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",),
                        field="lesson",
                        name="sharedlesson_lesson",
                    ),
                ],
            },
        ),
    ]
