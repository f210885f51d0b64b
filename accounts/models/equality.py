"""The codes that equality monitoring asks with.

What people answer has no model on purpose: no queryset, join, form or endpoint can come near it.
``accounts.equality`` says where it lies and who reads it (Data Protection Act 2018, Schedule 1,
paragraph 8).
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Attribute(models.TextChoices):
    """What is asked. Each has a column of its own, named like this, in ``equality.record``."""

    ETHNIC_CATEGORY = "ethnic_category", _("Ethnic group")
    DISABILITY = "disability", _("Disability")
    GENDER_IDENTITY = "gender_identity", _("Gender identity")
    SEXUAL_ORIENTATION = "sexual_orientation", _("Sexual orientation")
    BIRTH_DECADE = "birth_decade", _("When you were born")


class CodeKind(models.TextChoices):
    """Asked and chose not to say, and not known, are two facts; neither is an answer."""

    ANSWER = "ANSWER", _("Answer")
    NOT_STATED = "NOT_STATED", _("Prefer not to say")
    NOT_KNOWN = "NOT_KNOWN", _("Not known")


class MonitoringCode(models.Model):
    """One code of one code system, such as "A" of the NHS ethnic categories of 2001."""

    attribute = models.CharField(_("about"), max_length=20, choices=Attribute.choices)
    system = models.CharField(_("code system"), max_length=40)
    code = models.CharField(_("code"), max_length=10)
    label = models.CharField(_("what it means"), max_length=120)
    kind = models.CharField(_("kind"), max_length=10, choices=CodeKind.choices)
    position = models.PositiveSmallIntegerField(_("place in the list"))
    is_verified = models.BooleanField(_("checked against its source"))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="monitoring_code_once_in_its_system", fields=["attribute", "system", "code"]
            ),
        ]
        ordering = ["attribute", "position", "pk"]

    def __str__(self) -> str:
        return f"{self.system} {self.code}: {self.label}"
