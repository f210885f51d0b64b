"""What somebody was given for what they completed, in its own words, and signed."""

import secrets
import uuid
from datetime import date
from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.visibility import record_visible_to, standing
from common.workflow import Workflow, transition
from courses.models.awards import Award
from courses.models.enrolments import Enrolment
from courses.models.issuers import Issuer, SigningKey, StatusEntry

if TYPE_CHECKING:
    from accounts.actors import Actor

# Read aloud over the telephone without a mistake: no I, L, O or U.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ISSUES = ("LEARNING_LEAD", "PROGRAMME_LEAD")


class CertificateState(models.TextChoices):
    ISSUED = "ISSUED", _("In force")
    REVOKED = "REVOKED", _("Revoked")
    REPLACED = "REPLACED", _("Replaced by a newer one")


class RevocationReason(models.TextChoices):
    ISSUED_IN_ERROR = "ISSUED_IN_ERROR", _("It was issued in error")
    NOT_COMPLETED = "NOT_COMPLETED", _("What it says was not completed after all")
    MISCONDUCT = "MISCONDUCT", _("The result was obtained dishonestly")
    OTHER = "OTHER", _("Another reason")


CERTIFICATE_WORKFLOW = Workflow(
    transition("revoke", {CertificateState.ISSUED}, CertificateState.REVOKED, label=_("Revoke")),
    transition("replace", {CertificateState.ISSUED}, CertificateState.REPLACED),
)


def new_token() -> str:
    """What nobody can guess: 256 bits."""
    return secrets.token_urlsafe(32)


def new_serial() -> str:
    """A number to read out, drawn by lot: it says nothing of how many there are."""
    drawn = "".join(secrets.choice(_ALPHABET) for _position in range(12))
    return "-".join((drawn[:4], drawn[4:8], drawn[8:]))


class CertificateQuerySet(models.QuerySet["Certificate"]):
    def visible_to(self, actor: "Actor", *, on: date) -> "CertificateQuerySet":
        """One's own, those of one's reports and of whom one's roles cover, and what the
        organisations issued whose courses one runs."""
        seen = record_visible_to(actor, on=on, person="person", organisation="organisation")
        return self.filter(seen | self._issued_by(actor, on=on))

    def issued_by(self, actor: "Actor", *, on: date) -> "CertificateQuerySet":
        """Those of the organisations whose courses ``actor`` runs."""
        return self.filter(self._issued_by(actor, on=on))

    @staticmethod
    def _issued_by(actor: "Actor", *, on: date) -> Q:
        place = standing(actor, on=on)
        return place.covered_by(*_ISSUES).within("issuer_id")


class Certificate(models.Model):
    """One person was given one award, or completed one programme, on a day.

    Everything it says is written on it and never changes: nothing of it is read from the
    programme, the award or the person again. ``organisation`` is the one for which the person
    went; the issuer is the one that says so. A newer one in the same ``lineage`` replaces it.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    token = models.CharField(_("link"), max_length=43, unique=True, default=new_token)
    serial = models.CharField(_("number"), max_length=14, unique=True, default=new_serial)
    lineage = models.UUIDField(default=uuid.uuid4, editable=False)
    replaces = models.OneToOneField(
        "self", on_delete=models.RESTRICT, null=True, related_name="replaced_by"
    )
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="certificates")
    award = models.ForeignKey(Award, on_delete=models.PROTECT, null=True, related_name="+")
    enrolment = models.ForeignKey(
        Enrolment, on_delete=models.SET_NULL, null=True, related_name="certificates"
    )

    title = models.CharField(_("title"), max_length=200)
    person_name = models.CharField(_("name of the person"), max_length=201)
    issuer_name = models.CharField(_("issued by"), max_length=200)
    programme_title = models.CharField(_("programme"), max_length=200, blank=True)
    award_kind = models.CharField(_("kind of award"), max_length=14, blank=True)
    level = models.CharField(_("level"), max_length=60, blank=True)
    body = models.CharField(_("awarding body"), max_length=160, blank=True)
    accreditation = models.CharField(_("accreditation"), max_length=400, blank=True)
    criteria = models.TextField(_("what it is given for"))
    hours = models.PositiveSmallIntegerField(_("hours of study"), null=True)
    credits = models.PositiveSmallIntegerField(_("credits"), null=True)
    outcomes = models.JSONField(_("competencies"), default=list)
    completed_on = models.DateField(_("completed on"))

    issued_at = models.DateTimeField(_("issued"))
    issued_on = models.DateField(_("issued on"))
    expires_on = models.DateField(_("last day"), null=True)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    status_entry = models.OneToOneField(StatusEntry, on_delete=models.PROTECT, related_name="+")

    state = models.CharField(
        _("state"),
        max_length=8,
        choices=CertificateState.choices,
        default=CertificateState.ISSUED,
    )
    ended_at = models.DateTimeField(_("revoked or replaced"), null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    end_reason = models.CharField(
        _("why it was revoked"), max_length=16, choices=RevocationReason.choices, blank=True
    )

    objects = CertificateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="certificate_one_in_force_of_a_lineage",
                fields=["lineage"],
                condition=Q(state="ISSUED"),
            ),
            # Asked for again, whoever completed has what they were given the first time.
            models.UniqueConstraint(
                name="certificate_once_for_an_enrolment",
                fields=["enrolment", "award"],
                condition=Q(enrolment__isnull=False, replaces__isnull=True),
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="certificate_says_what_and_who",
                condition=~Q(title="") & ~Q(person_name="") & ~Q(issuer_name=""),
            ),
            models.CheckConstraint(
                name="certificate_ended_means_when",
                condition=Q(state="ISSUED", ended_at__isnull=True)
                | (~Q(state="ISSUED") & Q(ended_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="certificate_revoked_means_why",
                condition=Q(state="REVOKED") & ~Q(end_reason="")
                | ~Q(state="REVOKED") & Q(end_reason=""),
            ),
            models.CheckConstraint(
                name="certificate_lasts_at_least_a_day",
                condition=Q(expires_on__isnull=True) | Q(expires_on__gte=F("completed_on")),
            ),
            models.CheckConstraint(
                name="certificate_issued_after_completion",
                condition=Q(completed_on__lte=F("issued_on")),
            ),
        ]
        indexes = [
            models.Index(name="certificate_person", fields=["person", "-issued_on"]),
            models.Index(name="certificate_issuer", fields=["issuer", "-issued_on", "-id"]),
            models.Index(
                name="certificate_expiry",
                fields=["expires_on"],
                condition=Q(state="ISSUED", expires_on__isnull=False),
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="certificate_steps", field="state", transitions=CERTIFICATE_WORKFLOW.fsm()
            ),
            # The course may go; what was said of it stays.
            pgtrigger.ReadOnly(
                name="certificate_says_what_it_said",
                exclude=["enrolment", "state", "ended_at", "ended_by", "end_reason"],
            ),
            pgtrigger.Protect(name="certificate_stays", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.title} of {self.person_id} ({self.serial})"

    def has_expired(self, *, on: date) -> bool:
        return self.expires_on is not None and self.expires_on < on

    def is_in_force(self, *, on: date) -> bool:
        return self.state == CertificateState.ISSUED and not self.has_expired(on=on)


class Credential(models.Model):
    """A certificate as programs read it: an Open Badges 3.0 credential signed with one key.

    Signed again with the next key when its own was compromised; the newest is handed out.
    """

    certificate = models.ForeignKey(
        Certificate, on_delete=models.CASCADE, related_name="credentials"
    )
    key = models.ForeignKey(SigningKey, on_delete=models.PROTECT, related_name="+")
    signed = models.TextField(_("signed"))
    signed_at = models.DateTimeField(_("signed at"))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="credential_once_with_a_key", fields=["certificate", "key"]
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="credential_is_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            ),
        ]

    def __str__(self) -> str:
        return f"credential of certificate {self.certificate_id}"
