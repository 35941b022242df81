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
            ],
            options={
                "abstract": False,
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
            ],
            options={
                "ordering": ["junior", "rank"],
                "abstract": False,
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
            ],
            options={
                "abstract": False,
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
            ],
            options={
                "abstract": False,
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
            ],
            options={
                "ordering": [django.db.models.functions.text.Lower("name")],
                "abstract": False,
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
        migrations.AddField(
            model_name="avoidance",
            name="junior",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="avoidances",
                to="pairings.enrolment",
            ),
        ),
        migrations.AddField(
            model_name="avoidance",
            name="organisation",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="accounts.organisation",
            ),
        ),
        migrations.AddField(
            model_name="avoidance",
            name="person",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="accounts.membership",
            ),
        ),
        migrations.AddField(
            model_name="avoidance",
            name="program",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="pairings.program",
            ),
        ),
        migrations.AddField(
            model_name="choice",
            name="junior",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="choices",
                to="pairings.enrolment",
            ),
        ),
        migrations.AddField(
            model_name="choice",
            name="mentor",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="chosen_by",
                to="pairings.enrolment",
            ),
        ),
        migrations.AddField(
            model_name="choice",
            name="organisation",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="accounts.organisation",
            ),
        ),
        migrations.AddField(
            model_name="choice",
            name="program",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="choices",
                to="pairings.program",
            ),
        ),
        migrations.AddField(
            model_name="enrolmentskill",
            name="enrolment",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="skills",
                to="pairings.enrolment",
            ),
        ),
        migrations.AddField(
            model_name="enrolmentskill",
            name="organisation",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="accounts.organisation",
            ),
        ),
        migrations.AddField(
            model_name="mentorrecord",
            name="membership",
            field=models.OneToOneField(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="mentor_record",
                to="accounts.membership",
            ),
        ),
        migrations.AddField(
            model_name="mentorrecord",
            name="organisation",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="accounts.organisation",
            ),
        ),
        migrations.AddField(
            model_name="skill",
            name="organisation",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="accounts.organisation",
            ),
        ),
        migrations.AddField(
            model_name="enrolmentskill",
            name="skill",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="people",
                to="pairings.skill",
            ),
        ),
        migrations.AddConstraint(
            model_name="avoidance",
            constraint=models.UniqueConstraint(
                fields=("organisation", "id"), name="avoidance_tenant"
            ),
        ),
        migrations.AddConstraint(
            model_name="avoidance",
            constraint=models.UniqueConstraint(
                fields=("junior", "slot"), name="avoidance_one_a_slot"
            ),
        ),
        migrations.AddConstraint(
            model_name="avoidance",
            constraint=models.UniqueConstraint(
                fields=("junior", "person"), name="avoidance_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="avoidance",
            constraint=models.CheckConstraint(
                condition=models.Q(("slot__range", (1, 3))), name="avoidance_slot"
            ),
        ),
        migrations.AddConstraint(
            model_name="avoidance",
            constraint=preceptor.accounts.constraints.TenantKey(
                also=("organisation",), field="program", name="avoidance_program"
            ),
        ),
        migrations.AddConstraint(
            model_name="avoidance",
            constraint=preceptor.accounts.constraints.TenantKey(
                also=("organisation", "program", ("junior_side", "side")),
                field="junior",
                name="avoidance_junior_side",
            ),
        ),
        migrations.AddConstraint(
            model_name="avoidance",
            constraint=preceptor.accounts.constraints.TenantKey(
                also=("organisation",), field="person", name="avoidance_person"
            ),
        ),
        migrations.AddConstraint(
            model_name="choice",
            constraint=models.UniqueConstraint(
                fields=("organisation", "id"), name="choice_tenant"
            ),
        ),
        migrations.AddConstraint(
            model_name="choice",
            constraint=models.UniqueConstraint(
                deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                fields=("junior", "rank"),
                name="choice_one_a_rank",
            ),
        ),
        migrations.AddConstraint(
            model_name="choice",
            constraint=models.UniqueConstraint(
                fields=("junior", "mentor"), name="choice_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="choice",
            constraint=models.CheckConstraint(
                condition=models.Q(("rank__range", (1, 5))), name="choice_rank"
            ),
        ),
        migrations.AddConstraint(
            model_name="choice",
            constraint=preceptor.accounts.constraints.TenantKey(
                also=("organisation",), field="program", name="choice_program"
            ),
        ),
        migrations.AddConstraint(
            model_name="choice",
            constraint=preceptor.accounts.constraints.TenantKey(
                also=("organisation", "program", ("junior_side", "side")),
                field="junior",
                name="choice_junior_side",
            ),
        ),
        migrations.AddConstraint(
            model_name="choice",
            constraint=preceptor.accounts.constraints.TenantKey(
                also=("organisation", "program", ("mentor_side", "side")),
                field="mentor",
                name="choice_mentor_side",
            ),
        ),
        migrations.AddConstraint(
            model_name="mentorrecord",
            constraint=models.UniqueConstraint(
                fields=("organisation", "id"), name="mentorrecord_tenant"
            ),
        ),
        migrations.AddConstraint(
            model_name="mentorrecord",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("is_available", False), ("away_until", None), _connector="OR"
                ),
                name="mentorrecord_away_is_unavailable",
            ),
        ),
        migrations.AddConstraint(
            model_name="mentorrecord",
            constraint=preceptor.accounts.constraints.TenantKey(
                also=("organisation",),
                field="membership",
                name="mentorrecord_membership",
            ),
        ),
        migrations.AddConstraint(
            model_name="skill",
            constraint=models.UniqueConstraint(
                fields=("organisation", "id"), name="skill_tenant"
            ),
        ),
        migrations.AddConstraint(
            model_name="skill",
            constraint=models.UniqueConstraint(
                models.F("organisation"),
                django.db.models.functions.text.Lower("name"),
                name="skill_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="enrolmentskill",
            constraint=models.UniqueConstraint(
                fields=("organisation", "id"), name="enrolmentskill_tenant"
            ),
        ),
        migrations.AddConstraint(
            model_name="enrolmentskill",
            constraint=models.UniqueConstraint(
                fields=("enrolment", "skill"), name="enrolmentskill_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="enrolmentskill",
            constraint=models.CheckConstraint(
                condition=models.Q(("degree__range", (1, 3))),
                name="enrolmentskill_degree",
            ),
        ),
        migrations.AddConstraint(
            model_name="enrolmentskill",
            constraint=preceptor.accounts.constraints.TenantKey(
                also=("organisation",),
                field="enrolment",
                name="enrolmentskill_enrolment",
            ),
        ),
        migrations.AddConstraint(
            model_name="enrolmentskill",
            constraint=preceptor.accounts.constraints.TenantKey(
                also=("organisation",), field="skill", name="enrolmentskill_skill"
            ),
        ),
    ]
