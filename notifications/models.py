"""Notices to people, the daily digest that carries them, and the demonstration's mailbox."""

from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from accounts.actors import Actor


class DigestQuerySet(models.QuerySet["Digest"]):
    def visible_to(self, actor: "Actor", *, on: date) -> "DigestQuerySet":
        return self.filter(recipient_id=actor.pk) if actor.actor_kind == "person" else self.none()


class Digest(models.Model):
    """The one mail a person gets on a day. The message id lets a repeat be recognised."""

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    for_day = models.DateField(_("day"))
    message_id = models.CharField(_("message id"), max_length=120, unique=True)
    created_at = models.DateTimeField(_("made"))
    sent_at = models.DateTimeField(_("sent"), null=True)

    objects = DigestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="digest_once_per_person_and_day", fields=["recipient", "for_day"]
            ),
        ]

    def __str__(self) -> str:
        return f"Digest of {self.for_day} for {self.recipient_id}"


class NoticeQuerySet(models.QuerySet["Notice"]):
    def visible_to(self, actor: "Actor", *, on: date) -> "NoticeQuerySet":
        return self.filter(recipient_id=actor.pk) if actor.actor_kind == "person" else self.none()


class Notice(models.Model):
    """One thing a person is told: a reminder that fell due, or news about something of theirs.

    The words are made from ``rule`` and ``facts`` when read, so that they follow the reader's
    language and a notice holds no content of an appraisal.
    """

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    rule = models.CharField(_("rule"), max_length=60)
    subject_key = models.CharField(_("about"), max_length=80)
    period = models.CharField(_("period"), max_length=20, blank=True)
    facts = models.JSONField(_("facts"), default=dict)
    url = models.CharField(_("page"), max_length=300)
    due_on = models.DateField(_("due"), null=True)
    created_at = models.DateTimeField(_("made"))
    read_at = models.DateTimeField(_("read"), null=True)
    is_urgent = models.BooleanField(_("mailed at once, in no digest"), default=False)
    digest = models.ForeignKey(Digest, on_delete=models.PROTECT, null=True, related_name="notices")

    objects = NoticeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="notice_once_per_rule_subject_and_period",
                fields=["recipient", "rule", "subject_key", "period"],
            ),
        ]
        indexes = [
            models.Index(name="notice_recipient", fields=["recipient", "-created_at"]),
            models.Index(
                name="notice_undigested", fields=["recipient"], condition=Q(digest__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.subject_key} for {self.recipient_id}"


class ReminderDay(models.Model):
    """A day for which a reminder source has been read to the end; a missing day is caught up."""

    source = models.CharField(_("source"), max_length=60)
    day = models.DateField(_("day"))
    finished_at = models.DateTimeField(_("finished"))
    found = models.PositiveIntegerField(_("notices written"))

    class Meta:
        constraints = [
            models.UniqueConstraint(name="reminder_day_once_per_source", fields=["source", "day"]),
        ]

    def __str__(self) -> str:
        return f"{self.source} on {self.day}"


class KeptMailQuerySet(models.QuerySet["KeptMail"]):
    def visible_to(self, actor: "Actor", *, on: date) -> "KeptMailQuerySet":
        """In the demonstration everybody may open the mailbox; elsewhere it does not exist."""
        if not settings.DEMO or actor.actor_kind != "person":
            return self.none()
        return self.all()


class KeptMail(models.Model):
    """A mail that the demonstration kept instead of sending."""

    to = models.CharField(_("to"), max_length=254)
    subject = models.CharField(_("subject"), max_length=300)
    text = models.TextField(_("text"))
    html = models.TextField(_("page"), blank=True)
    message_id = models.CharField(_("message id"), max_length=200)
    kept_at = models.DateTimeField(_("kept"))

    objects = KeptMailQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(name="kept_mail_newest", fields=["-kept_at", "-id"])]

    def __str__(self) -> str:
        return f"{self.subject} to {self.to}"
