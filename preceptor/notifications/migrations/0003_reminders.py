import datetime as dt

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

import preceptor.accounts.constraints
import preceptor.notifications.models.preferences


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_holidays"),
        ("notifications", "0002_calendar_subscriptions"),
    ]

    operations = [
        migrations.CreateModel(
            name="Host",
            fields=[
                (
                    "name",
                    models.CharField(max_length=280, primary_key=True, serialize=False),
                ),
                ("failures", models.PositiveSmallIntegerField(default=0)),
                ("open_until", models.DateTimeField(null=True)),
                ("tokens", models.FloatField(default=0)),
                ("refilled_at", models.DateTimeField(null=True)),
                ("error", models.TextField(blank=True)),
            ],
        ),
        migrations.CreateModel(
            name="KindPreference",
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
                ("kind", models.CharField(max_length=40)),
                (
                    "timing",
                    models.CharField(
                        choices=[
                            ("at-once", "At once"),
                            ("daily", "Daily digest"),
                            ("weekly", "Weekly digest"),
                            ("off", "Off"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "member",
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
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="kindpreference_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("member", "kind"), name="kindpreference_one"
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",),
                        field="member",
                        name="kindpreference_member",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Preferences",
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
                    "working_days",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(),
                        default=preceptor.notifications.models.preferences.working_week,
                        size=None,
                        verbose_name="days",
                    ),
                ),
                (
                    "quiet_from",
                    models.TimeField(default=dt.time(18, 0), verbose_name="quiet from"),
                ),
                (
                    "quiet_until",
                    models.TimeField(default=dt.time(8, 0), verbose_name="quiet until"),
                ),
                (
                    "digest_at",
                    models.TimeField(default=dt.time(8, 0), verbose_name="digest at"),
                ),
                (
                    "weekly_on",
                    models.PositiveSmallIntegerField(
                        default=1,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(7),
                        ],
                        verbose_name="weekly digest on",
                    ),
                ),
                (
                    "weekly_budget",
                    models.PositiveSmallIntegerField(
                        default=10,
                        validators=[django.core.validators.MaxValueValidator(1000)],
                        verbose_name="messages a week",
                    ),
                ),
                (
                    "by_email",
                    models.BooleanField(default=True, verbose_name="by e-mail"),
                ),
                (
                    "by_chat",
                    models.BooleanField(default=False, verbose_name="in my chat"),
                ),
                (
                    "member",
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
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="preferences_tenant"
                    ),
                    models.UniqueConstraint(fields=("member",), name="preferences_one"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("working_days__contained_by", [1, 2, 3, 4, 5, 6, 7]),
                            ("working_days__len__gte", 1),
                        ),
                        name="preferences_working_days",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("weekly_on__range", (1, 7))),
                        name="preferences_weekly_on",
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",),
                        field="member",
                        name="preferences_member",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProgramMessages",
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
                ("program_id", models.BigIntegerField(unique=True)),
                ("paused_at", models.DateTimeField()),
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
                    "paused_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="programmessages_tenant"
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",),
                        field="paused_by",
                        name="programmessages_paused_by",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Pulse",
            fields=[
                (
                    "name",
                    models.CharField(max_length=200, primary_key=True, serialize=False),
                ),
                ("beaten_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Snooze",
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
                ("matter", models.CharField(max_length=120)),
                ("until", models.DateTimeField(null=True)),
                (
                    "member",
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
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="snooze_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("member", "matter"), name="snooze_one"
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",), field="member", name="snooze_member"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Webhook",
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
                ("program_id", models.BigIntegerField(null=True)),
                (
                    "service",
                    models.CharField(
                        choices=[
                            ("slack", "Slack"),
                            ("teams", "Microsoft Teams"),
                            ("mattermost", "Mattermost"),
                        ],
                        max_length=12,
                        verbose_name="service",
                    ),
                ),
                ("sealed", models.BinaryField()),
                ("host", models.CharField(max_length=255)),
                ("made_at", models.DateTimeField()),
                (
                    "member",
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
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="webhook_tenant"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("program_id", None)),
                        fields=("member",),
                        name="webhook_one_of_member",
                    ),
                    models.UniqueConstraint(
                        fields=("program_id",), name="webhook_one_of_program"
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",), field="member", name="webhook_member"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Wording",
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
                ("program_id", models.BigIntegerField()),
                ("kind", models.CharField(max_length=40)),
                (
                    "subject",
                    models.CharField(
                        blank=True, max_length=150, verbose_name="subject line"
                    ),
                ),
                (
                    "opening",
                    models.TextField(
                        blank=True, max_length=2000, verbose_name="opening"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                ("changed_at", models.DateTimeField()),
                (
                    "changed_by",
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
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="wording_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("program_id", "kind"), name="wording_one"
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",),
                        field="changed_by",
                        name="wording_changed_by",
                    ),
                ],
            },
        ),
        migrations.RemoveConstraint(
            model_name="delivery",
            name="delivery_once",
        ),
        migrations.AddField(
            model_name="delivery",
            name="digest",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="items",
                to="notifications.delivery",
            ),
        ),
        migrations.AddField(
            model_name="delivery",
            name="matter",
            field=models.CharField(default="", max_length=120),
        ),
        migrations.AddField(
            model_name="delivery",
            name="program_id",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="delivery",
            name="read_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="delivery",
            name="reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", ""),
                    ("off", "turned off by who would get it"),
                    ("paused", "the program’s messages are paused"),
                    ("budget", "beyond the week’s budget, so in the digest"),
                ],
                default="",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="delivery",
            name="timing",
            field=models.CharField(
                choices=[
                    ("at-once", "At once"),
                    ("daily", "Daily digest"),
                    ("weekly", "Weekly digest"),
                    ("off", "Off"),
                ],
                default="at-once",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="delivery",
            name="urgency",
            field=models.PositiveSmallIntegerField(default=50),
        ),
        migrations.AddField(
            model_name="delivery",
            name="withdrawn_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name="delivery",
            name="channel",
            field=models.CharField(
                choices=[
                    ("inbox", "Inbox"),
                    ("email", "E-mail"),
                    ("chat", "Chat"),
                    ("program", "Program’s channel"),
                ],
                default="email",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="delivery",
            name="recipient",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="accounts.membership",
            ),
        ),
        migrations.AlterField(
            model_name="delivery",
            name="state",
            field=models.CharField(
                choices=[
                    ("pending", "Waiting"),
                    ("claimed", "Being sent"),
                    ("held", "Waits for the digest"),
                    ("sent", "Sent"),
                    ("digested", "Sent in the digest"),
                    ("failed", "Failed"),
                    ("suppressed", "Not sent"),
                    ("withdrawn", "Withdrawn"),
                ],
                default="pending",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="delivery",
            name="webhook",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="notifications.webhook",
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("state", "held")),
                fields=["recipient", "not_before"],
                name="delivery_held",
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(
                    ("channel", "inbox"), ("state__in", ["sent", "suppressed"])
                ),
                fields=["kind"],
                name="delivery_standing",
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("channel", "inbox")),
                fields=["recipient", "-planned_at"],
                name="delivery_inbox",
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(
                    ("channel", "inbox"), ("read_at", None), ("state", "sent")
                ),
                fields=["recipient"],
                name="delivery_unread",
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                fields=["organisation", "program_id", "-planned_at"],
                name="delivery_log",
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(fields=["kind", "subject"], name="delivery_subject"),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("digest__isnull", False)),
                fields=["digest"],
                name="delivery_items",
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("webhook__isnull", False)),
                fields=["webhook"],
                name="delivery_of_webhook",
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.UniqueConstraint(
                fields=("recipient", "occurrence", "channel"), name="delivery_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=preceptor.accounts.constraints.TenantKey(
                also=("organisation",), field="webhook", name="delivery_webhook"
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=preceptor.accounts.constraints.TenantKey(
                also=("organisation",), field="digest", name="delivery_digest"
            ),
        ),
    ]
