import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import preceptor.accounts.constraints


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_holidays"),
        ("pairings", "0018_autonomy"),
        ("progress", "0024_days_of_milestones_are_counted"),
    ]

    operations = [
        migrations.CreateModel(
            name="MilestoneAddendum",
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
                ("text", models.TextField(verbose_name="addendum")),
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
                    "milestone",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="addenda",
                        to="progress.milestone",
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
                        fields=("organisation", "id"), name="milestoneaddendum_tenant"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True),
                        name="milestoneaddendum_says_something",
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",),
                        field="milestone",
                        name="milestoneaddendum_milestone",
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",),
                        field="author",
                        name="milestoneaddendum_author",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MilestoneCondition",
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
                ("position", models.PositiveSmallIntegerField(default=0)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("sessions_held", "sessions held"),
                            ("sessions_led", "sessions led by the junior"),
                            ("findings_explained", "findings explained"),
                            ("ticked", "something of your own, ticked by hand"),
                        ],
                        max_length=20,
                    ),
                ),
                ("wanted", models.PositiveSmallIntegerField(default=1)),
                ("text", models.CharField(blank=True, default="", max_length=200)),
                ("ticked_at", models.DateTimeField(null=True)),
                ("counted", models.PositiveIntegerField(null=True)),
                (
                    "milestone",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="conditions",
                        to="progress.milestone",
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
                    "ticked_by",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
            ],
            options={
                "ordering": ["position", "id"],
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="milestonecondition_tenant"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("counted", None),
                                ("kind", "ticked"),
                                ("wanted", 1),
                                models.Q(("text", ""), _negated=True),
                            ),
                            models.Q(
                                models.Q(("kind", "ticked"), _negated=True),
                                ("text", ""),
                                ("ticked_at", None),
                                ("ticked_by", None),
                                ("wanted__gte", 1),
                            ),
                            _connector="OR",
                        ),
                        name="milestonecondition_counted_or_ticked",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ticked_at", None), ("ticked_by", None)),
                            models.Q(
                                ("ticked_at__isnull", False),
                                ("ticked_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="milestonecondition_ticked_by_somebody",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "ticked"), _negated=True),
                        fields=("milestone", "kind"),
                        name="milestonecondition_counted_once",
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",),
                        field="milestone",
                        name="milestonecondition_milestone",
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",),
                        field="ticked_by",
                        name="milestonecondition_ticked_by",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="milestone",
            name="added_by",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.membership",
            ),
        ),
        migrations.AddField(
            model_name="milestone",
            name="although",
            field=models.CharField(blank=True, default="", max_length=1000),
        ),
        migrations.AddField(
            model_name="milestone",
            name="skip_reason",
            field=models.CharField(blank=True, default="", max_length=1000),
        ),
        migrations.AddField(
            model_name="milestone",
            name="skipped_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="milestone",
            name="skipped_by",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.membership",
            ),
        ),
        migrations.AddField(
            model_name="milestone",
            name="version",
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddField(
            model_name="milestonemove",
            name="kind",
            field=models.CharField(
                choices=[
                    ("by_hand", "by hand"),
                    ("pause", "a pause"),
                    ("program", "new dates of the program"),
                    ("holiday", "a holiday"),
                ],
                default="pause",
                max_length=10,
            ),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="milestone",
            name="kind",
            field=models.CharField(
                choices=[
                    ("first_meeting", "First meeting"),
                    ("needs_assessment", "Needs assessment"),
                    ("check_in", "Meeting"),
                    ("midpoint", "Midpoint"),
                    ("completion", "Completion review"),
                    ("own", "Own milestone"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            model_name="milestone",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("skip_reason", ""), ("skipped_at", None), ("skipped_by", None)
                    ),
                    models.Q(
                        ("junior_signed_at", None),
                        ("mentor_signed_at", None),
                        ("skipped_at__isnull", False),
                        ("skipped_by__isnull", False),
                        models.Q(("skip_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="milestone_skipped_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="milestone",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("although", ""),
                    ("mentor_signed_at__isnull", False),
                    _connector="OR",
                ),
                name="milestone_although_is_signed",
            ),
        ),
        migrations.AddConstraint(
            model_name="milestone",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("added_by__isnull", False), ("kind", "own")),
                    models.Q(
                        models.Q(("kind", "own"), _negated=True), ("added_by", None)
                    ),
                    _connector="OR",
                ),
                name="milestone_own_names_who_added",
            ),
        ),
        migrations.AddConstraint(
            model_name="milestone",
            constraint=preceptor.accounts.constraints.TenantKey(
                also=("organisation",), field="skipped_by", name="milestone_skipped_by"
            ),
        ),
        migrations.AddConstraint(
            model_name="milestone",
            constraint=preceptor.accounts.constraints.TenantKey(
                also=("organisation",), field="added_by", name="milestone_added_by"
            ),
        ),
        migrations.AddConstraint(
            model_name="milestonemove",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind", "by_hand"), ("reason", ""), _negated=True),
                name="milestonemove_by_hand_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="milestonemove",
            constraint=models.CheckConstraint(
                condition=models.Q(("pause", None), ("kind", "pause"), _connector="OR"),
                name="milestonemove_pause_is_one",
            ),
        ),
    ]
