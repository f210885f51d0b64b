"""The forms about a framework, its editions and its scales."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Person
from common import forms
from pathways.forms.drafts import DraftForm, SeenForm
from pathways.models import CountingRule, Framework, FrameworkVersion, VersionState
from pathways.selectors.authoring import owners_written_for, scales
from pathways.selectors.collaborators import organisations_authored
from pathways.services.frameworks import EditionParticulars, Particulars
from pathways.services.scales import FEWEST, MOST, LevelWords

NATIONS = [
    ("England", gettext_lazy("England")),
    ("Northern Ireland", gettext_lazy("Northern Ireland")),
    ("Scotland", gettext_lazy("Scotland")),
    ("Wales", gettext_lazy("Wales")),
    ("United Kingdom", gettext_lazy("United Kingdom")),
]
_HOW_IT_COUNTS: dict[str, Any] = {
    CountingRule.LATEST: gettext_lazy(
        "A person's own view of today comes before a confirmation of last year."
    ),
    CountingRule.CONFIRMED: gettext_lazy(
        "A person's own view counts only until somebody else has confirmed a level."
    ),
    CountingRule.HIGHEST: gettext_lazy("A level once shown is not lost by a lower one later."),
}


class FrameworkForm(forms.NHSForm):
    """What a framework says of itself, in all its editions."""

    code = forms.CharField(
        label=gettext_lazy("Code"),
        hint=gettext_lazy("A short name that no other framework has, like TRUST-LEAD"),
        max_length=20,
        width=10,
    )
    title = forms.CharField(label=gettext_lazy("Title"))
    publisher = forms.CharField(
        label=gettext_lazy("Publisher"),
        hint=gettext_lazy("Who stands behind it, if that is not the owner"),
        required=False,
    )
    nation = forms.ChoiceField(
        label=gettext_lazy("Nation"), choices=NATIONS, widget=forms.Select, initial="England"
    )
    audience = forms.CharField(
        label=gettext_lazy("Audience"),
        hint=gettext_lazy("For example, managers at bands 7 to 8a"),
        required=False,
    )
    licence = forms.CharField(
        label=gettext_lazy("Licence"),
        hint=gettext_lazy("Under which terms others may use it"),
        max_length=300,
        required=False,
    )
    counting_rule = forms.ChoiceField(
        label=gettext_lazy("Which level counts"),
        missing=gettext_lazy("Select which level counts"),
        hint=gettext_lazy(
            "People may have several levels of one competency: their own view, their line "
            "manager's, an assessor's. This says which of them opens or closes a gap. It cannot "
            "change after an edition was published."
        ),
        choices=CountingRule.choices,
        hints={str(rule): words for rule, words in _HOW_IT_COUNTS.items()},
        initial=CountingRule.LATEST,
    )

    @property
    def particulars(self) -> Particulars:
        return Particulars(*(self.cleaned_data[name] for name in Particulars._fields))


class FrameworkEditForm(SeenForm, FrameworkForm):
    """The same, said anew."""

    def __init__(self, *args: Any, framework: Framework, **kwargs: Any) -> None:
        initial = {name: getattr(framework, name) for name in Particulars._fields}
        super().__init__(*args, revision=framework.revision, initial=initial, **kwargs)
        self.framework = framework

    def state_now(self) -> int:
        self.framework.refresh_from_db()
        return self.framework.revision


class FrameworkStartForm(FrameworkForm):
    """A framework with its first draft."""

    owner = forms.ModelChoiceField(
        label=gettext_lazy("Owner"),
        missing=gettext_lazy("Select the organisation that owns it"),
        hint=gettext_lazy("It is seen there and in the organisations below"),
        queryset=None,
        empty_label=gettext_lazy("Select an organisation"),
    )
    scale = forms.ModelChoiceField(
        label=gettext_lazy("Scale"),
        missing=gettext_lazy("Select a scale"),
        hint=gettext_lazy("How levels are called. A competency may have one of its own."),
        queryset=None,
        empty_label=gettext_lazy("Select a scale"),
    )
    label = forms.CharField(
        label=gettext_lazy("Name of the first edition"),
        missing=gettext_lazy("Enter a name for the first edition"),
        hint=gettext_lazy("For example, 2027"),
        max_length=30,
        width=10,
    )
    valid_from = forms.DateField(
        label=gettext_lazy("Meant to be in use from"),
        missing=gettext_lazy("Enter the day from which it is meant to be in use"),
        label_size="s",
    )

    def __init__(self, *args: Any, reader: Person, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["owner"].queryset = organisations_authored(reader, on=on)
        fields["scale"].queryset = scales()

    @property
    def edition(self) -> EditionParticulars:
        return EditionParticulars(self.cleaned_data["label"], self.cleaned_data["valid_from"])


class EditionForm(DraftForm):
    label = forms.CharField(label=gettext_lazy("Name of the edition"), max_length=30, width=10)
    valid_from = forms.DateField(
        label=gettext_lazy("Meant to be in use from"),
        missing=gettext_lazy("Enter the day from which it is meant to be in use"),
        label_size="s",
    )
    change_summary = forms.TextField(
        label=gettext_lazy("What is new"),
        hint=gettext_lazy("Reviewers and those measured by the edition before read this"),
        max_words=300,
        required=False,
    )

    def __init__(self, *args: Any, version: FrameworkVersion, **kwargs: Any) -> None:
        kwargs["initial"] = {name: getattr(version, name) for name in EditionParticulars._fields}
        super().__init__(*args, version=version, **kwargs)

    @property
    def edition(self) -> EditionParticulars:
        return EditionParticulars(*(self.cleaned_data[name] for name in EditionParticulars._fields))


class EditionFilterForm(forms.NHSForm):
    mark_optional = False

    words = forms.CharField(
        label=gettext_lazy("Words"),
        hint=gettext_lazy("Of the title, the code or the edition"),
        max_length=100,
        required=False,
    )
    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        choices=[("", gettext_lazy("Any state")), *VersionState.choices],
        widget=forms.Select,
        required=False,
    )
    owner = forms.ChoiceField(
        label=gettext_lazy("Owner"), choices=(), widget=forms.Select, required=False
    )

    def __init__(self, *args: Any, reader: Person, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owners = [(str(pk), name) for pk, name in owners_written_for(reader, on=on)]
        fields: dict[str, Any] = self.fields
        fields["owner"].choices = [("", _("Any owner")), *owners]


class ScaleForm(forms.NHSForm):
    code = forms.CharField(
        label=gettext_lazy("Code"),
        hint=gettext_lazy("A short name that no other scale has, like CONFIDENCE"),
        max_length=30,
        width=20,
    )
    title = forms.CharField(
        label=gettext_lazy("Title"),
        hint=gettext_lazy("For example, How confident"),
        max_length=120,
    )
    levels = forms.TextField(
        label=gettext_lazy("Levels"),
        missing=gettext_lazy("Enter the levels"),
        hint=gettext_lazy(
            "One in each line, the lowest first. After a colon you may say what it means, like "
            "“Practising: does it with advice”."
        ),
        rows=7,
    )
    not_applicable = forms.CharField(
        label=gettext_lazy("Name of an answer that does not count"),
        hint=gettext_lazy(
            "For example, No chance to demonstrate. It never lowers a mean and never opens a gap."
        ),
        max_length=60,
        required=False,
    )

    def clean_levels(self) -> list[LevelWords]:
        lines = [line.strip() for line in self.cleaned_data["levels"].splitlines()]
        levels = [_level(line) for line in lines if line]
        if not FEWEST <= len(levels) <= MOST:
            raise forms.ValidationError(
                _("Enter from %(fewest)d to %(most)d levels, one in each line")
                % {"fewest": FEWEST, "most": MOST}
            )
        for level in levels:
            if not level.label or len(level.label) > 60 or len(level.meaning) > 300:
                raise forms.ValidationError(
                    _("Enter at most 60 characters for the name of a level and 300 for its meaning")
                )
        return levels


def _level(line: str) -> LevelWords:
    label, _colon, meaning = line.partition(":")
    return LevelWords(label.strip(), meaning.strip())
