"""People: one row per human being, with or without a login, with or without an assignment."""

from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.models.dated import Dated, DatedQuerySet, ends_after_start, never_twice
from accounts.models.organisations import Organisation
from accounts.visibility import STANDS_IN, people_visible_to

if TYPE_CHECKING:
    from accounts.actors import Actor


class PersonQuerySet(models.QuerySet["Person"]):
    def visible_to(self, actor: "Actor", *, on: date) -> "PersonQuerySet":
        """Oneself, one's reports (first and second line), the team one stands in for, and whom
        one's roles cover on ``on``."""
        return self.filter(people_visible_to(actor, on=on, ties=STANDS_IN))

    def in_name_order(self) -> "PersonQuerySet":
        return self.order_by("family_name", "given_name", "pk")


class PersonManager(BaseUserManager.from_queryset(PersonQuerySet)):  # type: ignore[misc]
    def get_by_natural_key(self, username: str | None) -> "Person":
        return self.get(email__iexact=username)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "Person":
        """Create a person; without a password the account cannot sign in with one."""
        person = self.model(email=self.normalize_email(email), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person


class Person(AbstractBaseUser):
    """A human being whom an organisation develops. Imported people have no usable password."""

    given_name = models.CharField(_("given name"), max_length=100, blank=True)
    family_name = models.CharField(_("family name"), max_length=100)
    email = models.EmailField(_("e-mail address"), max_length=254, unique=True)
    is_active = models.BooleanField(_("may sign in"), default=True)
    joined_at = models.DateTimeField(_("account made"), auto_now_add=True)

    actor_kind: ClassVar[Literal["person"]] = "person"

    objects = PersonManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["family_name"]

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="person_email_once_whatever_its_case"),
        ]
        indexes = [models.Index(name="person_name", fields=["family_name", "given_name", "id"])]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()

    def get_full_name(self) -> str:
        return self.full_name

    def get_short_name(self) -> str:
        return self.given_name or self.family_name


class BoardSeatKind(models.TextChoices):
    CHAIR = "CHAIR", _("Chair")
    NON_EXECUTIVE = "NON_EXECUTIVE", _("Non-executive director")


class BoardSeat(Dated):
    """A chair or non-executive seat: the person belongs to the board without being employed."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="board_seats")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="board_seats"
    )
    kind = models.CharField(_("seat"), max_length=15, choices=BoardSeatKind.choices)

    objects = DatedQuerySet.as_manager()

    class Meta:
        constraints = [
            ends_after_start("board_seat_ends_after_start"),
            never_twice("board_seat_held_once_at_a_time", "person", "organisation"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} on the board of {self.organisation_id}"
