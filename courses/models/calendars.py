"""How a person's sessions come into their diary: by an address, or by mail unless they mind."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class CalendarFeed(models.Model):
    """A person's diary may read their sessions by an address that nobody can guess.

    The address is shown once; only a hash of what makes it out is kept.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    token_hash = models.CharField(_("hash of the address"), max_length=64, unique=True)
    created_at = models.DateTimeField(_("made"))
    ended_at = models.DateTimeField(_("taken back"), null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="calendar_feed_one_at_a_time",
                fields=["person"],
                condition=Q(ended_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"Diary address of {self.person_id}"


class InvitationRefusal(models.Model):
    """A person who wants no invitations by mail for what they have places on."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    since_at = models.DateTimeField(_("since"))

    def __str__(self) -> str:
        return f"No invitations for {self.person_id}"
