"""A subject of one's own, its levels, and what teaches it."""

from typing import Any

from django.core.validators import RegexValidator
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import forms
from courses.forms.programmes_named import ProgrammeNamedField
from courses.models import Offering, Programme, ProgrammeQuerySet, SubjectLevel
from courses.models.compliance_rules import MOST_MONTHS
from courses.services.compliance_subjects import LevelWords, NewSubject

_LABEL, _TITLE, _TITLES = 40, 160, 20
_NO_BAR = RegexValidator(
    r"\|", gettext_lazy("Enter a name without the sign |"), code="bar", inverse_match=True
)


def _lines(text: str) -> tuple[str, ...]:
    """What is typed a line each, without empty lines, each once."""
    return tuple(
        dict.fromkeys(" ".join(line.split()) for line in text.splitlines() if line.strip())
    )


class SubjectForm(forms.NHSForm):
    mark_optional = False

    title = forms.CharField(
        label=gettext_lazy("Subject"),
        hint=gettext_lazy("For example, ward ligature awareness. Leave its period out."),
        missing=gettext_lazy("Enter what the subject is called"),
        max_length=120,
        validators=[_NO_BAR],
    )
    vpd = forms.CharField(
        label=gettext_lazy("VPD of your organisation in the staff record"),
        hint=gettext_lazy("Three digits, for example 457."),
        missing=gettext_lazy("Enter the three digits of your VPD"),
        max_length=3,
        validators=[RegexValidator(r"^[0-9]{3}\Z", gettext_lazy("Enter three digits"))],
    )
    labels = forms.TextField(
        label=gettext_lazy("Levels"),
        hint=gettext_lazy("One a line, the lowest first. Leave this empty if it has none."),
        required=False,
        rows=3,
        max_length=400,
    )
    lower_apart = forms.BooleanField(
        label=gettext_lazy("Whoever holds a higher level still needs the lower ones"),
        required=False,
    )
    months = forms.IntegerField(
        label=gettext_lazy("Months for which it counts"),
        hint=gettext_lazy("Leave empty if it counts for good"),
        min_value=1,
        max_value=MOST_MONTHS,
        required=False,
    )

    def clean_labels(self) -> tuple[str, ...]:
        labels = _lines(self.cleaned_data["labels"])
        if any("|" in label or len(label) > _LABEL for label in labels):
            raise forms.ValidationError(
                _("Enter levels of up to %(most)d characters without the sign |") % {"most": _LABEL}
            )
        return labels

    @property
    def subject(self) -> NewSubject:
        given = self.cleaned_data
        return NewSubject(
            title=given["title"],
            vpd=given["vpd"],
            labels=given["labels"],
            higher_counts=not given["lower_apart"],
            months=given["months"],
        )


class LevelForm(forms.NHSForm):
    """One for each level, and one for the next."""

    mark_optional = False

    label = forms.CharField(
        label=gettext_lazy("Name of the level"),
        required=False,
        max_length=_LABEL,
        validators=[_NO_BAR],
    )
    esr_titles = forms.TextField(
        label=gettext_lazy("Other titles under which the staff record keeps it"),
        hint=gettext_lazy("One a line, as the staff record writes them."),
        required=False,
        rows=3,
        max_length=4_000,
    )

    def __init__(self, *args: Any, level: SubjectLevel | None, **kwargs: Any) -> None:
        self.level = level
        if level:
            kwargs["initial"] = {"label": level.label, "esr_titles": "\n".join(level.esr_titles)}
        super().__init__(*args, prefix=f"level-{level.pk if level else 'new'}", **kwargs)

    def clean_esr_titles(self) -> tuple[str, ...]:
        titles = _lines(self.cleaned_data["esr_titles"])
        if len(titles) > _TITLES or any(len(title) > _TITLE for title in titles):
            raise forms.ValidationError(
                _("Enter up to %(many)d titles of up to %(most)d characters")
                % {"many": _TITLES, "most": _TITLE}
            )
        return titles

    @property
    def words(self) -> LevelWords:
        return LevelWords(self.cleaned_data["label"], self.cleaned_data["esr_titles"])


class EndForm(forms.NHSForm):
    """Ending a subject cannot be taken back, so that nobody does it by one press of a button."""

    confirm = forms.BooleanField(
        label=gettext_lazy("I have read what happens, and this subject ends for good"),
        missing=gettext_lazy("Select the box if this subject is to end for good"),
    )


class _LevelField(forms.ModelChoiceField):
    def label_from_instance(self, obj: SubjectLevel) -> str:
        return str(obj)


class _OfferingField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Offering) -> str:
        return ", ".join(part for part in (obj.programme.title, obj.route) if part)


class TaughtForm(forms.NHSForm):
    """A programme of one's own, or an offering here of another's."""

    mark_optional = False
    prefix = "taught"

    level = _LevelField(
        label=gettext_lazy("Level"),
        missing=gettext_lazy("Select a level"),
        queryset=None,
        empty_label=None,
    )
    programme = ProgrammeNamedField(
        label=gettext_lazy("A programme of this organisation"),
        hint=gettext_lazy("Enter words of its title, or its code."),
        required=False,
    )
    offering = _OfferingField(
        label=gettext_lazy("Or what this organisation offers of another programme"),
        queryset=None,
        required=False,
        empty_label=gettext_lazy("None of these"),
    )

    def __init__(
        self,
        *args: Any,
        levels: QuerySet[SubjectLevel],
        programmes: ProgrammeQuerySet,
        offerings: QuerySet[Offering],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["level"].queryset = levels  # type: ignore[attr-defined]
        self.fields["programme"].rows = programmes  # type: ignore[attr-defined]
        self.fields["offering"].queryset = offerings  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("programme") and given.get("offering"):
            self.add_error("offering", _("Select one of both: a programme, or what is offered"))
        elif not self.errors and not given.get("programme") and not given.get("offering"):
            self.add_error("programme", _("Enter a programme, or select what is offered"))
        return given

    @property
    def what(self) -> Programme | Offering:
        chosen: Programme | Offering = (
            self.cleaned_data["programme"] or self.cleaned_data["offering"]
        )
        return chosen
