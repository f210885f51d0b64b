"""What can be learned (programme), how and from whom (offering), and when (session)."""

from datetime import date, datetime
from typing import TYPE_CHECKING

import pgtrigger
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.models.dated import Dated, DatedQuerySet, ends_after_start, never_twice
from accounts.visibility import EVERYTHING, standing
from common.workflow import Workflow, transition
from pathways.models import Competency, RoleProfile

if TYPE_CHECKING:
    from accounts.actors import Actor


class DeliveryMode(models.TextChoices):
    ONLINE = "ONLINE", _("Online")
    IN_PERSON = "IN_PERSON", _("In person")
    BLENDED = "BLENDED", _("Online and in person")


class ProgrammeQuerySet(models.QuerySet["Programme"]):
    def visible_to(self, actor: "Actor", *, on: date) -> "ProgrammeQuerySet":
        """The catalogue of programmes is open to everybody; places on them are not."""
        return self.filter(is_listed=True)


class Programme(models.Model):
    """What can be learned: a national or local programme, however and by whom it is offered."""

    code = models.CharField(_("code"), max_length=40, unique=True)
    title = models.CharField(_("title"), max_length=200)
    summary = models.TextField(_("summary"), blank=True)
    audience = models.CharField(_("for whom"), max_length=300, blank=True)
    provider = models.CharField(_("provider"), max_length=200, blank=True)
    award = models.CharField(_("award"), max_length=200, blank=True)
    length = models.CharField(_("length"), max_length=120, blank=True)
    mode = models.CharField(_("how"), max_length=10, choices=DeliveryMode.choices)
    study_hours = models.PositiveSmallIntegerField(_("study hours"), null=True, blank=True)
    cost_pence = models.PositiveIntegerField(_("cost in pence"), null=True, blank=True)
    is_listed = models.BooleanField(_("in the catalogue"), default=True)
    is_verified = models.BooleanField(_("checked against a published source"), default=False)
    words = models.GeneratedField(
        expression=SearchVector("title", weight="A", config="english")
        + SearchVector("summary", weight="B", config="english")
        + SearchVector("audience", "award", "provider", weight="C", config="english"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        indexes = [GinIndex(name="programme_words", fields=["words"])]

    def __str__(self) -> str:
        return self.title


class Outcome(models.Model):
    """The level of a competency that completing a programme brings."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="outcomes")
    competency = models.ForeignKey(Competency, on_delete=models.PROTECT, related_name="+")
    rank = models.PositiveSmallIntegerField(_("level reached"))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="outcome_once_per_programme_and_competency", fields=["programme", "competency"]
            ),
            models.CheckConstraint(
                name="outcome_rank_from_1_to_7", condition=Q(rank__range=(1, 7))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme_id}: {self.competency_id} to {self.rank}"


class Accreditation(Dated):
    """A body accredits a programme at a level, from a day to a day."""

    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, related_name="accreditations"
    )
    body = models.CharField(_("accrediting body"), max_length=160)
    level = models.CharField(_("level"), max_length=60, blank=True)
    reference = models.CharField(_("reference"), max_length=60, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        constraints = [
            ends_after_start("accreditation_ends_after_start"),
            never_twice("accreditation_once_per_body", "programme", "body"),
        ]

    def __str__(self) -> str:
        return f"{self.body} {self.level}".strip()


class RoleProgramme(models.Model):
    """The pathway asks people in a role to take a programme: that is their entitlement."""

    role_profile = models.ForeignKey(RoleProfile, on_delete=models.PROTECT, related_name="+")
    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, related_name="role_programmes"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="role_programme_once", fields=["role_profile", "programme"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role_profile_id} takes {self.programme_id}"


def offered_to(actor: "Actor", *, on: date, prefix: str = "") -> Q:
    """Offerings that an organisation of the actor's hosts, stands below, or has been shared."""
    place = standing(actor, on=on)
    if place.is_everywhere:
        return EVERYTHING
    mine = place.organisation_ids | place.covered_by("LEARNING_LEAD", "PROGRAMME_LEAD")
    shares = OfferingShare.objects.filter(organisation_id__in=mine | place.above_ids)
    return Q(**{f"{prefix}host_id__in": mine | place.above_ids}) | Q(
        **{f"{prefix}pk__in": shares.values("offering_id")}
    )


class OfferingQuerySet(models.QuerySet["Offering"]):
    def visible_to(self, actor: "Actor", *, on: date) -> "OfferingQuerySet":
        return self.filter(offered_to(actor, on=on), programme__is_listed=True)


class Offering(models.Model):
    """A programme as one organisation runs or buys it: route, place, price, for whom."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="offerings")
    host = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    route = models.CharField(_("route"), max_length=120, blank=True)
    study_hours = models.PositiveSmallIntegerField(_("protected study hours"), default=0)
    is_open = models.BooleanField(_("taking people"), default=True)

    objects = OfferingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="offering_once_per_host_and_route", fields=["programme", "host", "route"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme_id} at {self.host_id}"


class OfferingShare(models.Model):
    """An offering is open to another organisation too, by agreement."""

    offering = models.ForeignKey(Offering, on_delete=models.PROTECT, related_name="shares")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="offering_share_once", fields=["offering", "organisation"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.offering_id} shared with {self.organisation_id}"


class SessionState(models.TextChoices):
    OPEN = "OPEN", _("Open")
    CANCELLED = "CANCELLED", _("Cancelled")
    CLOSED = "CLOSED", _("Attendance recorded")


SESSION_WORKFLOW = Workflow(
    transition("cancel", {SessionState.OPEN}, SessionState.CANCELLED),
    transition("close", {SessionState.OPEN}, SessionState.CLOSED),
)


def seats_taken() -> Func:
    """How many places of a session are taken, by people of whatever organisation: the reader may
    not see who they are, so the database's owner counts them."""
    return Func(F("pk"), function="waymark_seats_taken", output_field=models.IntegerField())


def people_waiting(*, session: str = "pk", until: str = "") -> Func:
    """How many wait for a session, or joined the list by ``until``, as ``seats_taken`` counts."""
    limit = F(until) if until else Value(None, output_field=models.DateTimeField())
    return Func(F(session), limit, function="waymark_waiting", output_field=models.IntegerField())


class SessionQuerySet(models.QuerySet["Session"]):
    def visible_to(self, actor: "Actor", *, on: date) -> "SessionQuerySet":
        """Sessions of visible offerings, and those in which one has an enrolment."""
        own = Q()
        if actor.actor_kind == "person":
            own = Q(enrolments__person_id=actor.pk)
            mine = self.model.objects.filter(own).values("pk")
            own = Q(pk__in=mine)
        return self.filter(offered_to(actor, on=on, prefix="offering__") | own)

    def taking(self, *, now: datetime) -> "SessionQuerySet":
        """Those for which somebody may ask for a place at ``now``."""
        return self.filter(state=SessionState.OPEN, offering__is_open=True, closes_at__gt=now)

    def with_room(self) -> "SessionQuerySet":
        """Those with a place that nobody waits for."""
        return self.annotate(seated=seats_taken(), queue=people_waiting()).filter(
            seated__lt=F("capacity"), queue=0
        )

    def with_people_waiting(self) -> "SessionQuerySet":
        return self.filter(pk__in=self.model.objects.filter(enrolments__state="WAITING"))

    def with_places_taken(self) -> "SessionQuerySet":
        """Annotate ``places_taken``, ``places_left`` and ``waiting``."""
        return self.annotate(places_taken=seats_taken(), waiting=people_waiting()).annotate(
            places_left=F("capacity") - F("places_taken")
        )


class Session(models.Model):
    """One dated delivery of an offering, with a number of places."""

    offering = models.ForeignKey(Offering, on_delete=models.PROTECT, related_name="sessions")
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    closes_at = models.DateTimeField(_("enrolment closes"))
    place = models.CharField(_("place"), max_length=200)
    capacity = models.PositiveSmallIntegerField(_("places"))
    state = models.CharField(
        _("state"), max_length=10, choices=SessionState.choices, default=SessionState.OPEN
    )

    objects = SessionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="session_ends_after_start", condition=Q(ends_at__gt=F("starts_at"))
            ),
            models.CheckConstraint(
                name="session_closes_before_it_ends", condition=Q(closes_at__lte=F("ends_at"))
            ),
            models.CheckConstraint(
                name="session_has_places", condition=Q(capacity__range=(1, 2000))
            ),
        ]
        indexes = [models.Index(name="session_offering_start", fields=["offering", "starts_at"])]
        triggers = [
            pgtrigger.FSM(name="session_steps", field="state", transitions=SESSION_WORKFLOW.fsm()),
            pgtrigger.Trigger(
                name="session_keeps_places_that_are_taken",
                operation=pgtrigger.UpdateOf("capacity"),
                when=pgtrigger.Before,
                condition=pgtrigger.Q(new__capacity__lt=pgtrigger.F("old__capacity")),
                func="""
                    IF EXISTS (
                        SELECT FROM courses_enrolment
                         WHERE session_id = NEW.id AND seat > NEW.capacity
                    ) THEN
                        RAISE EXCEPTION 'session % has seats beyond % places', NEW.id, NEW.capacity
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"Session {self.pk} at {self.place}"

    @property
    def settles_at(self) -> datetime:
        """From this moment on nobody gets, gives up or is moved to a place."""
        return max(self.starts_at, self.closes_at)

    def is_taking(self, *, now: datetime) -> bool:
        """Whether somebody may ask for a place now."""
        return self.state == SessionState.OPEN and self.offering.is_open and now < self.closes_at
