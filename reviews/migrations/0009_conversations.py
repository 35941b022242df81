import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import preceptor.accounts.constraints


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_membership_called"),
        ("reviews", "0008_title_of_the_planned"),
    ]

    operations = [
        migrations.CreateModel(
            name="Transcript",
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
                ("sha256", models.BinaryField(max_length=32)),
                ("name", models.CharField(blank=True, max_length=255)),
                (
                    "form",
                    models.CharField(
                        choices=[
                            ("claude_code", "log of Claude Code"),
                            ("codex", "log of the Codex CLI"),
                            ("specstory", "SpecStory history"),
                            ("copilot", "Copilot chat export"),
                            ("aider", "aider chat history"),
                            ("pasted", "pasted text"),
                        ],
                        max_length=12,
                    ),
                ),
                ("tool", models.CharField(blank=True, max_length=80)),
                ("model", models.CharField(blank=True, max_length=80)),
                ("turn_count", models.PositiveIntegerField()),
                ("call_count", models.PositiveIntegerField()),
                ("unknown_count", models.PositiveIntegerField()),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "staged_as",
                    models.BigIntegerField(editable=False, null=True, unique=True),
                ),
                (
                    "blob",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="reviews.blob",
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
                        related_name="transcripts",
                        to="reviews.reviewsession",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="transcript_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("session", "sha256"), name="transcript_once"
                    ),
                    models.UniqueConstraint(
                        fields=("id", "organisation", "session"),
                        name="transcript_session_row",
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",),
                        field="session",
                        name="transcript_session",
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",), field="blob", name="transcript_blob"
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="finding",
            name="turn",
            field=models.PositiveIntegerField(
                blank=True, null=True, verbose_name="turn"
            ),
        ),
        migrations.AddField(
            model_name="finding",
            name="transcript",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.RESTRICT,
                related_name="findings",
                to="reviews.transcript",
            ),
        ),
        migrations.AddConstraint(
            model_name="finding",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("transcript", None), ("turn", None)),
                    models.Q(
                        ("line_from", None),
                        ("path", ""),
                        ("transcript__isnull", False),
                        ("turn__gte", 1),
                    ),
                    _connector="OR",
                ),
                name="finding_turn",
            ),
        ),
        migrations.AddConstraint(
            model_name="finding",
            constraint=preceptor.accounts.constraints.TenantKey(
                also=("organisation", "session"),
                field="transcript",
                name="finding_transcript",
            ),
        ),
    ]
