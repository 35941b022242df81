import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import preceptor.accounts.constraints


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_membership_called"),
        ("reviews", "0013_kept_for_a_time"),
    ]

    operations = [
        migrations.CreateModel(
            name="Decision",
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
                    "step",
                    models.CharField(
                        choices=[
                            ("real", "called it a real flaw"),
                            ("moot", "called it no flaw"),
                            ("undecided", "called it undecided"),
                            ("joined", "joined it with another finding"),
                            ("parted", "parted it from another finding"),
                            ("distinct", "called it another flaw than a similar one"),
                            ("fixed", "marked it as fixed"),
                            ("asked", "marked it as fixed and asked for a check"),
                            ("verified", "checked the fix"),
                            ("dropped", "dropped it"),
                            ("reopened", "opened it again"),
                        ],
                        max_length=10,
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                (
                    "finding",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="decisions",
                        to="reviews.finding",
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
                "ordering": ["at", "id"],
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="decision_tenant"
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",), field="finding", name="decision_finding"
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",), field="by", name="decision_by"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Distinction",
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
                    "one",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="reviews.finding",
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
                    "other",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="reviews.finding",
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="distinctions",
                        to="reviews.reviewsession",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="distinction_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("one", "other"), name="distinction_once"
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",),
                        field="session",
                        name="distinction_session",
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation", "session"),
                        field="one",
                        name="distinction_one",
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation", "session"),
                        field="other",
                        name="distinction_other",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="finding",
            name="asks_verification",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="finding",
            name="status",
            field=models.CharField(
                choices=[
                    ("open", "open"),
                    ("fixed", "fixed"),
                    ("dropped", "dropped"),
                    ("reopened", "reopened"),
                ],
                default="open",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="finding",
            name="verified_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="finding",
            name="verified_by",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="accounts.membership",
            ),
        ),
        migrations.AddField(
            model_name="reviewsession",
            name="was_safe",
            field=models.BooleanField(null=True),
        ),
        migrations.AddConstraint(
            model_name="finding",
            constraint=preceptor.accounts.constraints.TenantKey(
                also=("organisation",), field="verified_by", name="finding_verified_by"
            ),
        ),
        migrations.AddConstraint(
            model_name="finding",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status", "open"), ("adjudication", "real"), _connector="OR"
                ),
                name="finding_only_real_moves",
            ),
        ),
        migrations.AddConstraint(
            model_name="finding",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("asks_verification", False), ("verified_at", None)),
                    ("status", "fixed"),
                    _connector="OR",
                ),
                name="finding_only_fixed_is_verified",
            ),
        ),
    ]
