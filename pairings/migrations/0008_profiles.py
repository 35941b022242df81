import django.contrib.postgres.fields
import django.core.validators
import django.db.models.constraints
import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models

import preceptor.accounts.constraints


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_membership_called"),
        ("pairings", "0007_life_of_a_pairing"),
    ]

    operations = [
        migrations.CreateModel(
            name="Avoidance",
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
                    "slot",
                    models.PositiveSmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(3),
                        ]
                    ),
                ),
                (
                    "junior_side",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Value("junior"),
                        output_field=models.CharField(max_length=10),
                    ),
                ),
                (
                    "junior",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="avoidances",
                        to="pairings.enrolment",
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
                    "person",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                (
                    "program",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="pairings.program",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="avoidance_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("junior", "slot"), name="avoidance_one_a_slot"
                    ),
                    models.UniqueConstraint(
                        fields=("junior", "person"), name="avoidance_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("slot__range", (1, 3))),
                        name="avoidance_slot",
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",),
                        field="program",
                        name="avoidance_program",
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation", "program", ("junior_side", "side")),
                        field="junior",
                        name="avoidance_junior_side",
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",), field="person", name="avoidance_person"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Choice",
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
                    "rank",
                    models.PositiveSmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(5),
                        ]
                    ),
                ),
                (
                    "junior_side",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Value("junior"),
                        output_field=models.CharField(max_length=10),
                    ),
                ),
                (
                    "mentor_side",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Value("mentor"),
                        output_field=models.CharField(max_length=10),
                    ),
                ),
                (
                    "junior",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="choices",
                        to="pairings.enrolment",
                    ),
                ),
                (
                    "mentor",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="chosen_by",
                        to="pairings.enrolment",
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
                    "program",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="choices",
                        to="pairings.program",
                    ),
                ),
            ],
            options={
                "ordering": ["junior", "rank"],
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="choice_tenant"
                    ),
                    models.UniqueConstraint(
                        deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                        fields=("junior", "rank"),
                        name="choice_one_a_rank",
                    ),
                    models.UniqueConstraint(
                        fields=("junior", "mentor"), name="choice_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("rank__range", (1, 5))), name="choice_rank"
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",), field="program", name="choice_program"
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation", "program", ("junior_side", "side")),
                        field="junior",
                        name="choice_junior_side",
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation", "program", ("mentor_side", "side")),
                        field="mentor",
                        name="choice_mentor_side",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Skill",
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
                ("name", models.CharField(max_length=60, verbose_name="name")),
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
                "ordering": [django.db.models.functions.text.Lower("name")],
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="skill_tenant"
                    ),
                    models.UniqueConstraint(
                        models.F("organisation"),
                        django.db.models.functions.text.Lower("name"),
                        name="skill_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="EnrolmentSkill",
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
                    "degree",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "Little"), (2, "Some"), (3, "Much")], default=2
                    ),
                ),
                (
                    "enrolment",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="skills",
                        to="pairings.enrolment",
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
                    "skill",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="people",
                        to="pairings.skill",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="enrolmentskill_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("enrolment", "skill"), name="enrolmentskill_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("degree__range", (1, 3))),
                        name="enrolmentskill_degree",
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",),
                        field="enrolment",
                        name="enrolmentskill_enrolment",
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",),
                        field="skill",
                        name="enrolmentskill_skill",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MentorRecord",
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
                    "trained_on",
                    models.DateField(
                        blank=True, null=True, verbose_name="training done"
                    ),
                ),
                (
                    "employed_since",
                    models.DateField(
                        blank=True, null=True, verbose_name="employed since"
                    ),
                ),
                (
                    "is_available",
                    models.BooleanField(
                        db_default=True, default=True, verbose_name="takes juniors"
                    ),
                ),
                (
                    "away_until",
                    models.DateField(
                        blank=True, null=True, verbose_name="takes juniors again from"
                    ),
                ),
                (
                    "membership",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="mentor_record",
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
                        fields=("organisation", "id"), name="mentorrecord_tenant"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_available", False),
                            ("away_until", None),
                            _connector="OR",
                        ),
                        name="mentorrecord_away_is_unavailable",
                    ),
                    preceptor.accounts.constraints.TenantKey(
                        also=("organisation",),
                        field="membership",
                        name="mentorrecord_membership",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="enrolment",
            name="about",
            field=models.TextField(blank=True, max_length=2000, verbose_name="about"),
        ),
        migrations.AddField(
            model_name="enrolment",
            name="languages",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=8),
                blank=True,
                default=list,
                size=None,
                verbose_name="languages",
            ),
        ),
        migrations.AddField(
            model_name="enrolment",
            name="product_areas",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=60),
                blank=True,
                default=list,
                size=None,
                verbose_name="product areas",
            ),
        ),
        migrations.AddField(
            model_name="enrolment",
            name="works_from",
            field=models.TimeField(blank=True, null=True, verbose_name="works from"),
        ),
        migrations.AddField(
            model_name="enrolment",
            name="works_until",
            field=models.TimeField(blank=True, null=True, verbose_name="works until"),
        ),
        migrations.AddConstraint(
            model_name="enrolment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("works_from", None), ("works_until", None)),
                    models.Q(
                        ("works_from__isnull", False),
                        ("works_until__isnull", False),
                        models.Q(
                            ("works_from", models.F("works_until")), _negated=True
                        ),
                    ),
                    _connector="OR",
                ),
                name="enrolment_whole_day",
            ),
        ),
    ]
