import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import preceptor.accounts.constraints


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_membership_called"),
        ("pairings", "0004_pass_timeout"),
        ("reviews", "0006_revisions_and_sittings"),
    ]

    operations = [
        migrations.CreateModel(
            name="ChangeSuggestion",
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
                    "title",
                    models.CharField(max_length=160, verbose_name="which change?"),
                ),
                (
                    "link",
                    models.URLField(blank=True, max_length=500, verbose_name="link"),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True, max_length=300, verbose_name="why this one?"
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "author",
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
                    "pairing",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="suggestions",
                        to="pairings.pairing",
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="suggestions",
                        to="reviews.reviewsession",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="changesuggestion_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("pairing", "author", "title"),
                        name="changesuggestion_once",
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",),
                        field="pairing",
                        name="changesuggestion_pairing",
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",),
                        field="author",
                        name="changesuggestion_author",
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",),
                        field="session",
                        name="changesuggestion_session",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="reviewsession",
            name="arranged_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="reviewsession",
            name="cancelled_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="reviewsession",
            name="is_blind",
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name="reviewsession",
            name="led_by",
            field=models.CharField(
                blank=True,
                choices=[("mentor", "Mentor"), ("junior", "Junior")],
                max_length=10,
                verbose_name="led by",
            ),
        ),
        migrations.AddField(
            model_name="reviewsession",
            name="planned_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="reviewsession",
            name="planned_minutes",
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="reviewsession",
            name="released_by",
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
            name="sequence",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="reviewsession",
            name="series",
            field=models.UUIDField(null=True),
        ),
        migrations.AddField(
            model_name="reviewsession",
            name="slot_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name="reviewsession",
            index=models.Index(
                condition=models.Q(("planned_at__isnull", False)),
                fields=["planned_at"],
                name="session_by_plan",
            ),
        ),
        migrations.AddConstraint(
            model_name="reviewsession",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "planned"), _negated=True),
                    models.Q(
                        ("planned_at__isnull", False),
                        ("planned_minutes__isnull", False),
                        ("arranged_at__isnull", False),
                        models.Q(("led_by", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="reviewsession_planned_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="reviewsession",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("series", None), ("slot_at__isnull", False), _connector="OR"
                ),
                name="reviewsession_series_has_slot",
            ),
        ),
        migrations.AddConstraint(
            model_name="reviewsession",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("cancelled_at", None), ("state", "abandoned"), _connector="OR"
                ),
                name="reviewsession_cancelled_is_over",
            ),
        ),
        migrations.AddConstraint(
            model_name="reviewsession",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "planned")),
                fields=("pairing", "planned_at"),
                name="reviewsession_planned_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="reviewsession",
            constraint=preceptor.accounts.constraints.TenantKey(
                also=("organisation",),
                field="released_by",
                name="reviewsession_released_by",
            ),
        ),
    ]
