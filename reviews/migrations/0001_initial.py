import django.core.validators
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
            name="ReviewSession",
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
                ("title", models.CharField(max_length=160, verbose_name="title")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("planned", "planned"),
                            ("reading", "reading"),
                            ("revealed", "revealed"),
                            ("closed", "closed"),
                            ("abandoned", "abandoned"),
                        ],
                        default="reading",
                        max_length=10,
                    ),
                ),
                ("is_logged", models.BooleanField(default=False)),
                ("opened_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("revealed_at", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                ("held_on", models.DateField(null=True, verbose_name="day")),
                (
                    "minutes",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(600),
                        ],
                        verbose_name="minutes",
                    ),
                ),
                (
                    "next_on",
                    models.DateField(
                        blank=True, null=True, verbose_name="next session"
                    ),
                ),
                (
                    "link",
                    models.CharField(blank=True, max_length=500, verbose_name="link"),
                ),
                (
                    "account",
                    models.TextField(blank=True, verbose_name="what the AI got wrong"),
                ),
                (
                    "tool",
                    models.CharField(blank=True, max_length=80, verbose_name="tool"),
                ),
                (
                    "model",
                    models.CharField(blank=True, max_length=80, verbose_name="model"),
                ),
                (
                    "driver",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("junior", "the junior"),
                            ("mentor", "the mentor"),
                            ("both", "both together"),
                            ("somebody", "somebody else"),
                            ("nobody", "nobody: an agent on its own"),
                        ],
                        max_length=10,
                        verbose_name="driven by",
                    ),
                ),
                (
                    "edited_share",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=3,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(1),
                        ],
                        verbose_name="edited by a human",
                    ),
                ),
                (
                    "claim",
                    models.TextField(blank=True, verbose_name="what it says of itself"),
                ),
                ("version", models.PositiveIntegerField(default=0)),
                (
                    "junior",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                (
                    "mentor",
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sessions",
                        to="pairings.pairing",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "indexes": [
                    models.Index(
                        fields=["pairing", "-held_on"], name="session_by_pairing"
                    ),
                    models.Index(
                        fields=["mentor", "state", "-opened_at"],
                        name="session_by_mentor",
                    ),
                    models.Index(
                        fields=["junior", "state", "-opened_at"],
                        name="session_by_junior",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="reviewsession_tenant"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("mentor", models.F("junior")), _negated=True
                        ),
                        name="reviewsession_of_two",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "closed"), _negated=True),
                            models.Q(
                                ("closed_at__isnull", False), ("held_on__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="reviewsession_closed_has_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["planned", "reading", "abandoned"]),
                            ("is_logged", True),
                            ("revealed_at__isnull", False),
                            _connector="OR",
                        ),
                        name="reviewsession_reveal_first",
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",),
                        field="pairing",
                        name="reviewsession_pairing",
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",),
                        field="mentor",
                        name="reviewsession_mentor",
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",),
                        field="junior",
                        name="reviewsession_junior",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BlindPass",
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
                    "side",
                    models.CharField(
                        choices=[("mentor", "Mentor"), ("junior", "Junior")],
                        max_length=10,
                    ),
                ),
                (
                    "verdict",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("accept", "As it is"),
                            ("fix", "With changes"),
                            ("reject", "No"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "confidence",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=3,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(1),
                        ],
                    ),
                ),
                ("opened_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("locked_at", models.DateTimeField(null=True)),
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
                    "reviewer",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="passes",
                        to="reviews.reviewsession",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="blindpass_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("session", "side"), name="blindpass_side"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("locked_at", None),
                            models.Q(
                                models.Q(("verdict", ""), _negated=True),
                                ("confidence__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="blindpass_locked_whole",
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",),
                        field="session",
                        name="blindpass_session",
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",),
                        field="reviewer",
                        name="blindpass_reviewer",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Blob",
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
                ("body", models.BinaryField()),
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
                        fields=("organisation", "id"), name="blob_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "sha256"), name="blob_once"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Lesson",
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
                ("text", models.CharField(max_length=500, verbose_name="lesson")),
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
                    "session",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lessons",
                        to="reviews.reviewsession",
                    ),
                ),
            ],
            options={
                "ordering": ["created_at", "id"],
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="lesson_tenant"
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",), field="session", name="lesson_session"
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",), field="author", name="lesson_author"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Finding",
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
                    "path",
                    models.CharField(blank=True, max_length=500, verbose_name="file"),
                ),
                (
                    "file_side",
                    models.CharField(
                        choices=[("old", "before"), ("new", "after")],
                        default="new",
                        max_length=3,
                    ),
                ),
                (
                    "line_from",
                    models.PositiveIntegerField(
                        blank=True, null=True, verbose_name="line"
                    ),
                ),
                (
                    "line_to",
                    models.PositiveIntegerField(
                        blank=True, null=True, verbose_name="to"
                    ),
                ),
                (
                    "category",
                    models.CharField(
                        choices=[
                            ("logic", "Logic"),
                            ("edge_case", "Edge case"),
                            ("concurrency", "Concurrency"),
                            ("resource", "Resource handling"),
                            ("interface_misuse", "Interface misuse"),
                            ("hallucinated_api", "Hallucinated API"),
                            ("injection", "Injection"),
                            ("access_control", "Access control"),
                            ("secrets", "Secrets"),
                            ("unsafe_input", "Unsafe input"),
                            ("architecture", "Architecture"),
                            ("duplication", "Duplication"),
                            ("complexity", "Needless complexity"),
                            ("assumption", "Breaks an assumption of the codebase"),
                            ("performance", "Performance"),
                            ("load", "Fails under load"),
                            ("observability", "Observability"),
                            ("shaped_test", "Test shaped to pass"),
                            ("hack", "Special-cased hack"),
                            ("debug_code", "Debug code left"),
                            ("crash_dismissed", "Crash dismissed"),
                            ("false_success", "Success claimed but not so"),
                            ("rationale", "Flawed rationale"),
                            ("reversal", "Sycophantic reversal"),
                            ("misread", "Misread requirement"),
                        ],
                        max_length=20,
                        verbose_name="category",
                    ),
                ),
                (
                    "severity",
                    models.CharField(
                        choices=[
                            ("critical", "Critical"),
                            ("major", "Major"),
                            ("minor", "Minor"),
                            ("nit", "Nit"),
                        ],
                        max_length=10,
                        verbose_name="severity",
                    ),
                ),
                (
                    "title",
                    models.CharField(max_length=200, verbose_name="what is wrong"),
                ),
                (
                    "text",
                    models.TextField(
                        blank=True, verbose_name="what happens because of it"
                    ),
                ),
                (
                    "adjudication",
                    models.CharField(
                        choices=[
                            ("undecided", "Undecided"),
                            ("real", "A real flaw"),
                            ("moot", "Not a flaw"),
                        ],
                        default="undecided",
                        max_length=10,
                    ),
                ),
                ("version", models.PositiveIntegerField(default=0)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "adjudicated_by",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
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
                    "blind_pass",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="findings",
                        to="reviews.blindpass",
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
                    "same_as",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="echoes",
                        to="reviews.finding",
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="findings",
                        to="reviews.reviewsession",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="finding_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("id", "organisation", "session"),
                        name="finding_session_row",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("line_from", None), ("line_to", None)),
                            models.Q(
                                ("line_from__gte", 1),
                                ("line_to__gte", models.F("line_from")),
                            ),
                            _connector="OR",
                        ),
                        name="finding_lines",
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",), field="session", name="finding_session"
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",),
                        field="blind_pass",
                        name="finding_blind_pass",
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",), field="author", name="finding_author"
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation", "session"),
                        field="same_as",
                        name="finding_same_as",
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",),
                        field="adjudicated_by",
                        name="finding_adjudicated_by",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Revision",
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
                ("number", models.PositiveSmallIntegerField(default=1)),
                ("added", models.PositiveIntegerField()),
                ("removed", models.PositiveIntegerField()),
                ("file_count", models.PositiveIntegerField()),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "blob",
                    models.ForeignKey(
                        db_constraint=False,
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
                        related_name="revisions",
                        to="reviews.reviewsession",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="revision_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("session", "number"), name="revision_number"
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",), field="session", name="revision_session"
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",), field="blob", name="revision_blob"
                    ),
                ],
            },
        ),
    ]
