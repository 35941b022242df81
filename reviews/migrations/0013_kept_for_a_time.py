import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import preceptor.accounts.constraints


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_membership_called"),
        ("reviews", "0012_whole_turns"),
    ]

    operations = [
        migrations.CreateModel(
            name="Note",
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
                ("text", models.TextField(blank=True)),
                ("version", models.PositiveIntegerField(default=1)),
                ("saved_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "author",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
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
                    "session",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notes",
                        to="reviews.reviewsession",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="note_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("session", "author"), name="note_once"
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",), field="session", name="note_session"
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",), field="author", name="note_author"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RetentionRule",
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
                    "days",
                    models.PositiveIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(3650),
                        ],
                        verbose_name="days after a session",
                    ),
                ),
                ("set_at", models.DateTimeField(default=django.utils.timezone.now)),
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
                    "set_by",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="retentionrule_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("organisation",), name="retentionrule_one_each"
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",),
                        field="set_by",
                        name="retentionrule_set_by",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="revision",
            name="sha256",
            field=models.BinaryField(max_length=32, null=True),
        ),
        migrations.AlterField(
            model_name="revision",
            name="blob",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="revisions",
                to="reviews.blob",
            ),
        ),
        migrations.AlterField(
            model_name="transcript",
            name="blob",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="transcripts",
                to="reviews.blob",
            ),
        ),
        migrations.AddConstraint(
            model_name="revision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("blob__isnull", False), ("sha256__isnull", False), _connector="OR"
                ),
                name="revision_bytes_or_hash",
            ),
        ),
    ]
