import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import preceptor.accounts.constraints


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_membership_called"),
        ("reviews", "0010_drawn_files"),
    ]

    operations = [
        migrations.CreateModel(
            name="Action",
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
                ("text", models.CharField(max_length=300, verbose_name="action")),
                ("due_on", models.DateField(verbose_name="due")),
                ("done_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
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
                    "owner",
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
                        related_name="actions",
                        to="reviews.reviewsession",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "indexes": [
                    models.Index(
                        condition=models.Q(("done_at", None)),
                        fields=["owner", "due_on"],
                        name="action_open",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="action_tenant"
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",), field="session", name="action_session"
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",), field="added_by", name="action_added_by"
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",), field="owner", name="action_owner"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Comment",
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
                ("key", models.UUIDField()),
                ("text", models.TextField(blank=True, verbose_name="reply")),
                ("version", models.PositiveIntegerField(default=0)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("edited_at", models.DateTimeField(null=True)),
                ("removed_at", models.DateTimeField(null=True)),
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
                    "finding",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="comments",
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
                "ordering": ["created_at", "id"],
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="comment_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("finding", "author", "key"), name="comment_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("removed_at", None), ("text", ""), _connector="OR"
                        ),
                        name="comment_removed",
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",), field="finding", name="comment_finding"
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",), field="author", name="comment_author"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Explanation",
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
                ("commit", models.TextField(blank=True)),
                ("evidence", models.TextField(blank=True)),
                ("cause", models.TextField(blank=True)),
                ("test", models.TextField(blank=True)),
                ("rule", models.TextField(blank=True)),
                ("done_well", models.TextField(blank=True)),
                ("to_correct", models.TextField(blank=True)),
                (
                    "mark",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (0, "not yet"),
                            (1, "with help"),
                            (2, "sound"),
                            (3, "could teach it"),
                        ],
                        null=True,
                    ),
                ),
                ("junior_version", models.PositiveIntegerField(default=0)),
                ("mentor_version", models.PositiveIntegerField(default=0)),
                ("junior_tab", models.UUIDField(null=True)),
                ("mentor_tab", models.UUIDField(null=True)),
                (
                    "finding",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="explanation",
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
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="explanation_tenant"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("mark", None), ("mark__lte", 3), _connector="OR"
                        ),
                        name="explanation_mark",
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",),
                        field="finding",
                        name="explanation_finding",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Impression",
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
                    "word",
                    models.CharField(
                        max_length=30,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^\\S+$", "One word, without a space."
                            )
                        ],
                    ),
                ),
                (
                    "member",
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
                        related_name="impressions",
                        to="reviews.reviewsession",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="impression_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("session", "member"), name="impression_once"
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",),
                        field="session",
                        name="impression_session",
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",), field="member", name="impression_member"
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="lesson",
            name="finding",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="lessons",
                to="reviews.finding",
            ),
        ),
        migrations.AddField(
            model_name="reviewsession",
            name="unexplained_because",
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name="reviewsession",
            name="verdict",
            field=models.CharField(
                blank=True,
                choices=[
                    ("accept", "As it is"),
                    ("fix", "With changes"),
                    ("reject", "No"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="lesson",
            constraint=models.UniqueConstraint(
                condition=models.Q(("finding__isnull", False)),
                fields=("finding",),
                name="lesson_of_card",
            ),
        ),
        migrations.AddConstraint(
            model_name="lesson",
            constraint=preceptor.accounts.constraints.TenantKey(
                also=("organisation",), field="finding", name="lesson_finding"
            ),
        ),
    ]
