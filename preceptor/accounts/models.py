from datetime import date, datetime, timedelta
from typing import Any, ClassVar, Self
from zoneinfo import available_timezones

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce, Lower, NullIf
from django.utils import timezone
from django.utils.encoding import force_str
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from preceptor.accounts.constraints import TenantKey
from preceptor.accounts.entries import HistoryEntry  # noqa: F401 # a model of the app
from preceptor.history import Kind, tracked

INVITATION_LASTS = timedelta(days=14)
STAGED_UPLOAD_LASTS = timedelta(hours=1)


def time_zones() -> set[str]:
    """The names that both Python and the database know."""
    return available_timezones() - {"Factory", "localtime"}


def validate_time_zone(name: str) -> None:
    if name not in time_zones():
        raise ValidationError(_("Unknown time zone: %(name)s"), params={"name": name})


class UserManager(BaseUserManager["User"]):
    def create_user(
        self, email: str, password: str | None = None, **fields: Any
    ) -> "User":
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save()
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """A person, known by e-mail; what they may do is said by their memberships."""

    email = models.EmailField(_("e-mail"), unique=True)
    full_name = models.CharField(_("full name"), max_length=120)
    time_zone = models.CharField(
        _("time zone"), max_length=60, default="UTC", validators=[validate_time_zone]
    )
    locale = models.CharField(
        _("language"), max_length=12, default="en", choices=[("en", _("English"))]
    )
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(default=timezone.now, editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["full_name"]
    objects = UserManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_unique"),
        ]

    def __str__(self) -> str:
        return self.full_name or self.email

    def get_full_name(self) -> str:
        return self.full_name

    @cached_property
    def places(self) -> "list[Membership]":
        """Their active memberships, by the organisation's name."""
        return list(Membership.objects.places_of(self.pk))


@tracked(
    "name",
    "slug",
    "time_zone",
    "who_creates",
    "cadence_days",
    "juniors_per_mentor",
    "own_categories",
    kind=Kind.SETTINGS,
    organisation="id",
)
class Organisation(models.Model):
    """The tenant, and what its owners set for all of it.

    `cadence_days` and `juniors_per_mentor` are what a new program begins with.
    """

    class Creators(models.TextChoices):
        MANAGERS = "managers", _("managers and owners")
        OWNERS = "owners", _("owners alone")

    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(_("address"), max_length=60, unique=True)
    time_zone = models.CharField(
        _("time zone"), max_length=60, default="UTC", validators=[validate_time_zone]
    )
    who_creates = models.CharField(
        _("who sets up programs"),
        max_length=10,
        choices=Creators,
        default=Creators.MANAGERS,
        db_default=Creators.MANAGERS,
    )
    cadence_days = models.PositiveSmallIntegerField(default=7, db_default=7)
    juniors_per_mentor = models.PositiveSmallIntegerField(default=3, db_default=3)
    own_categories: "models.Field[list[dict[str, Any]], list[dict[str, Any]]]" = (
        models.JSONField(default=list, db_default=[], blank=True)
    )
    """Its flaw categories beside the product's, as `reviews.taxonomy` reads them.

    With the row of the organisation, which every page has, so that none asks again.
    """
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    door = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    """Counts what was asked of whoever enters: each change asks all sessions anew.

    0 where nothing beyond signing in is asked.
    """

    def __str__(self) -> str:
        return self.name


class OrganisationRow(models.Model):
    """Every domain row names its organisation.

    The unique pair of id and organisation is what a `TenantKey` refers to.
    """

    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="+", db_index=False
    )

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "id"], name="%(class)s_tenant"
            )
        ]

    def _get_FIELD_display(self, field: "models.Field[Any, Any]") -> Any:  # noqa: N802
        """Behind every `get_…_display`: Django's own translates all choices for one."""
        value = getattr(self, field.attname)
        choices = dict(field.flatchoices)
        return force_str(choices.get(value, value), strings_only=True)


def shown_name(membership: str = "") -> Coalesce:
    """`Membership.full_name` in the database, seen over a path such as `mentor__`."""
    called = NullIf(F(f"{membership}called"), Value(""))
    return Coalesce(called, F(f"{membership}user__full_name"))


class MembershipQuerySet(models.QuerySet["Membership"]):
    def active(self) -> Self:
        return self.filter(is_active=True, user__is_active=True)

    def places_of(self, user: int) -> Self:
        """Where somebody may go, by the organisation's name."""
        rows = self.active().filter(user=user).select_related("organisation")
        return rows.order_by("organisation__name", "pk")

    def owners(self) -> Self:
        return self.active().filter(role=Membership.Role.OWNER)

    def shown(self, which: str) -> Self:
        """`deactivated`, `all`, or else the active ones."""
        if which == "all":
            return self.all()
        if which == "deactivated":
            return self.filter(is_active=False)
        return self.filter(is_active=True)

    def matching(self, text: str) -> Self:
        """Whose name or address contains the text."""
        return self.alias(shown_name=shown_name()).filter(
            Q(shown_name__icontains=text) | Q(user__email__icontains=text)
        )


@tracked("role", "is_active", kind=Kind.PEOPLE, person="id")
class Membership(OrganisationRow):
    """A user in an organisation. What others refer to when they mean a person."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="members", db_index=False
    )

    class Role(models.TextChoices):
        OWNER = "owner", _("Owner")
        MANAGER = "manager", _("Manager")
        MEMBER = "member", _("Member")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships"
    )
    role = models.CharField(_("role"), max_length=10, choices=Role, default=Role.MEMBER)
    is_active = models.BooleanField(_("active"), default=True)
    called = models.CharField(max_length=120, blank=True, default="", db_default="")
    """The name that somebody here gave to a person whose account is from elsewhere.

    What the account says is shown once they came in themselves; then this is empty.
    """
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    oversees = models.BooleanField(default=False, db_default=False, editable=False)
    """Whether they are lead or observer of a program: kept by a trigger."""
    left_at = models.DateTimeField(null=True, editable=False)
    """Since when they have no access; a trigger keeps it."""

    is_writing = False
    """Whether the member's present request may change something: no column."""

    objects = MembershipQuerySet.as_manager()

    class Meta(OrganisationRow.Meta):
        indexes = [
            models.Index(
                fields=["organisation"],
                condition=models.Q(is_active=False),
                name="membership_inactive",
            ),
        ]
        constraints = [
            *OrganisationRow.Meta.constraints,
            models.UniqueConstraint(
                fields=["user", "organisation"], name="membership_once"
            ),
        ]

    def __str__(self) -> str:
        return self.called or str(self.user)

    @property
    def full_name(self) -> str:
        return self.called or self.user.full_name

    @property
    def time_zone(self) -> str:
        return self.organisation.time_zone if self.called else self.user.time_zone

    @property
    def is_owner(self) -> bool:
        return self.role == self.Role.OWNER

    @property
    def is_manager(self) -> bool:
        """Owner or manager: writes in every program of the organisation."""
        return self.role in (self.Role.OWNER, self.Role.MANAGER)

    @property
    def is_staff(self) -> bool:
        """Owner, manager, or lead or observer of a program."""
        return self.is_manager or self.oversees


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def pending(self) -> Self:
        """Neither accepted nor withdrawn; the link may have run out."""
        return self.filter(accepted_at=None, withdrawn_at=None)

    def open(self, now: datetime) -> Self:
        return self.pending().filter(sent_at__gt=now - INVITATION_LASTS)


@tracked("role", "sent_at", "accepted_at", "withdrawn_at", kind=Kind.PEOPLE)
class Invitation(OrganisationRow):
    """A way in for one person, once. The link's token is stored as a hash alone."""

    class State(models.TextChoices):
        OPEN = "open"
        EXPIRED = "expired"
        ACCEPTED = "accepted"
        WITHDRAWN = "withdrawn"

    email = models.EmailField(_("e-mail"))
    full_name = models.CharField(_("full name"), max_length=120, blank=True)
    role = models.CharField(
        _("role"),
        max_length=10,
        choices=Membership.Role,
        default=Membership.Role.MEMBER,
    )
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    sent_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    objects = InvitationQuerySet.as_manager()

    class Meta(OrganisationRow.Meta):
        constraints = [
            *OrganisationRow.Meta.constraints,
            models.UniqueConstraint(
                "organisation",
                Lower("email"),
                condition=Q(accepted_at=None, withdrawn_at=None),
                name="invitation_one_open",
            ),
            TenantKey(field="invited_by", name="invitation_invited_by"),
        ]

    def __str__(self) -> str:
        return self.email

    @property
    def expires_at(self) -> datetime:
        return self.sent_at + INVITATION_LASTS

    def state(self, now: datetime) -> State:
        if self.accepted_at is not None:
            return self.State.ACCEPTED
        if self.withdrawn_at is not None:
            return self.State.WITHDRAWN
        return self.State.OPEN if now < self.expires_at else self.State.EXPIRED


class HolidayQuerySet(models.QuerySet["Holiday"]):
    def names(self, organisation: int) -> dict[date, str]:
        """All of an organisation's by their days."""
        rows = self.filter(organisation=organisation)
        return dict(rows.values_list("day", "name"))


@tracked("day", "name", kind=Kind.SETTINGS)
class Holiday(OrganisationRow):
    """A day on which nothing falls due in an organisation."""

    day = models.DateField(_("day"))
    name = models.CharField(_("name"), max_length=80)

    objects = HolidayQuerySet.as_manager()

    class Meta(OrganisationRow.Meta):
        ordering = ["day"]
        constraints = [
            *OrganisationRow.Meta.constraints,
            models.UniqueConstraint(
                fields=["organisation", "day"], name="holiday_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class StagedUploadQuerySet(models.QuerySet["StagedUpload"]):
    def fresh(self, now: datetime) -> Self:
        return self.filter(created_at__gt=now - STAGED_UPLOAD_LASTS)

    def stale(self, now: datetime) -> Self:
        return self.filter(created_at__lte=now - STAGED_UPLOAD_LASTS)


class StagedUpload(OrganisationRow):
    """Bytes that wait for their owner's confirmation; gone after an hour.

    `purpose` names the form that staged it, `details` keeps the form's other fields.
    """

    owner = models.ForeignKey(
        Membership, on_delete=models.CASCADE, related_name="+", db_constraint=False
    )
    purpose = models.CharField(max_length=40)
    name = models.CharField(max_length=255, blank=True)
    body = models.BinaryField()
    details = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    objects = StagedUploadQuerySet.as_manager()

    class Meta(OrganisationRow.Meta):
        constraints = [
            *OrganisationRow.Meta.constraints,
            TenantKey(field="owner", name="stagedupload_owner"),
        ]

    def __str__(self) -> str:
        return self.name or self.purpose

    @property
    def data(self) -> bytes:
        return bytes(self.body)
