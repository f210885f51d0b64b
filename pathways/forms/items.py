"""The forms about the parts of a draft: domains, competencies, levels, and where they go."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import forms
from common.text import clean_line
from pathways.forms.drafts import DraftForm
from pathways.models import Competency, Domain, FrameworkVersion, Level
from pathways.selectors.authoring import scales
from pathways.services.items import MOST_INDICATORS, CompetencyText, DomainText, LevelText
from pathways.services.moving import DOWN, UP

INDICATOR_LIMIT = 1000
_TO_DOMAIN, _TO_COMPETENCY = "domain", "competency"


class DomainForm(DraftForm):
    code = forms.CharField(label=gettext_lazy("Code"), max_length=60, width=10)
    title = forms.CharField(label=gettext_lazy("Title"))
    about = forms.TextField(label=gettext_lazy("Summary"), required=False)

    def __init__(
        self, *args: Any, domain: Domain | None, version: FrameworkVersion, **kwargs: Any
    ) -> None:
        if domain is not None:
            kwargs["initial"] = {
                "code": domain.code,
                "title": domain.title,
                "about": domain.summary,
            }
        super().__init__(*args, version=version, **kwargs)

    @property
    def text(self) -> DomainText:
        sent = self.cleaned_data
        return DomainText(sent["code"], sent["title"], sent["about"])


class CompetencyForm(DraftForm):
    code = forms.CharField(
        label=gettext_lazy("Code"),
        hint=gettext_lazy("Words with dots between them, like 1.10"),
        max_length=60,
        width=10,
    )
    title = forms.CharField(label=gettext_lazy("Title"))
    about = forms.TextField(label=gettext_lazy("Summary"), required=False)
    scale = forms.ModelChoiceField(
        label=gettext_lazy("Scale"),
        queryset=None,
        empty_label=gettext_lazy("That of the edition"),
        required=False,
    )
    is_assessable = forms.BooleanField(
        label=gettext_lazy("People are asked about it"),
        hint=gettext_lazy("Leave it empty for what only groups other competencies"),
        required=False,
        initial=True,
    )
    keep_alike = forms.BooleanField(
        label=gettext_lazy("Save it all the same"),
        hint=gettext_lazy(
            "The competencies above are called much the same, and mean something else"
        ),
        required=False,
    )

    def __init__(
        self, *args: Any, competency: Competency | None, version: FrameworkVersion, **kwargs: Any
    ) -> None:
        if competency is not None:
            kwargs["initial"] = {
                "code": competency.code,
                "title": competency.title,
                "about": competency.summary,
                "scale": competency.scale_id,
                "is_assessable": competency.is_assessable,
            }
        super().__init__(*args, version=version, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["scale"].queryset = scales()
        # Asked only after something alike was found.
        self._asked = fields["keep_alike"]
        if "keep_alike" not in self.data:
            del fields["keep_alike"]

    def ask_about_alike(self) -> None:
        """Show the box that lets the title stand beside those like it."""
        self.fields["keep_alike"] = self._asked
        self.add_error("keep_alike", _("Change the title, or say that you mean something else"))

    @property
    def keeps_alike(self) -> bool:
        return bool(self.cleaned_data.get("keep_alike"))

    @property
    def text(self) -> CompetencyText:
        sent = self.cleaned_data
        return CompetencyText(
            sent["code"], sent["title"], sent["about"], sent["scale"], sent["is_assessable"]
        )


class LevelsForm(DraftForm):
    """What a competency looks like at each level of its scale, and what one sees there."""

    def __init__(
        self,
        *args: Any,
        competency: Competency,
        levels: Sequence[Level],
        version: FrameworkVersion,
        **kwargs: Any,
    ) -> None:
        kwargs["initial"] = _described(competency)
        super().__init__(*args, version=version, **kwargs)
        self.levels = list(levels)
        for level in self.levels:
            names = {"level": level.label}
            self.fields[f"text_{level.pk}"] = forms.TextField(
                label=_("%(level)s: what it looks like") % names, required=False, rows=3
            )
            self.fields[f"indicators_{level.pk}"] = forms.TextField(
                label=_("%(level)s: what one sees, one thing in each line") % names,
                max_length=MOST_INDICATORS * (INDICATOR_LIMIT + len("\r\n")),
                required=False,
                rows=3,
            )

    def clean(self) -> dict[str, Any]:
        sent = super().clean() or self.cleaned_data
        for level in self.levels:
            name = f"indicators_{level.pk}"
            lines = list(_lines(sent.get(name, "")))
            if len(lines) > max(MOST_INDICATORS, len(list(_lines(self.initial.get(name, ""))))):
                told = {"count": MOST_INDICATORS}
                self.add_error(name, _("Enter at most %(count)d lines") % told)
            if any(len(line) > INDICATOR_LIMIT for line in lines):
                self.add_error(name, _("Enter at most 1,000 characters in each line"))
        return sent

    @property
    def texts(self) -> dict[int, LevelText]:
        sent = self.cleaned_data
        return {
            level.pk: LevelText(
                sent[f"text_{level.pk}"], tuple(_lines(sent[f"indicators_{level.pk}"]))
            )
            for level in self.levels
        }


def _described(competency: Competency) -> dict[str, str]:
    told = {}
    for descriptor in competency.descriptors.prefetch_related("indicators"):
        rows = sorted(descriptor.indicators.all(), key=lambda row: row.position)
        told[f"text_{descriptor.level_id}"] = descriptor.text
        told[f"indicators_{descriptor.level_id}"] = "\n".join(row.text for row in rows)
    return told


def _lines(text: str) -> list[str]:
    """Each line once, without empty ones, in their order."""
    return list(dict.fromkeys(filter(None, map(clean_line, text.splitlines()))))


class MoveForm(DraftForm):
    """One step, or before a sibling; with neither to the end, which only pointers ask for."""

    step = forms.ChoiceField(
        label=gettext_lazy("Step"),
        choices=[(UP, gettext_lazy("Up")), (DOWN, gettext_lazy("Down"))],
        required=False,
    )
    before = forms.IntegerField(label=gettext_lazy("Before"), required=False)


class MoveToForm(DraftForm):
    to = forms.ChoiceField(
        label=gettext_lazy("Move to the end of"),
        missing=gettext_lazy("Select where it goes"),
        widget=forms.Select,
    )

    def __init__(
        self,
        *args: Any,
        competency: Competency,
        places: Iterable[tuple[Domain, Iterable[tuple[Competency, int]]]],
        version: FrameworkVersion,
        **kwargs: Any,
    ) -> None:
        above = competency.parent_id
        here = f"{_TO_COMPETENCY}:{above}" if above else f"{_TO_DOMAIN}:{competency.domain_id}"
        kwargs["initial"] = {"to": here}
        super().__init__(*args, version=version, **kwargs)
        self.places: dict[str, tuple[Domain, Competency | None]] = {}
        choices = []
        for domain, rows in places:
            self.places[f"{_TO_DOMAIN}:{domain.pk}"] = (domain, None)
            choices.append((f"{_TO_DOMAIN}:{domain.pk}", f"{domain.code} {domain.title}"))
            for row, depth in rows:
                self.places[f"{_TO_COMPETENCY}:{row.pk}"] = (domain, row)
                dashes = "- " * (depth + 1)
                choices.append((f"{_TO_COMPETENCY}:{row.pk}", f"{dashes}{row.code} {row.title}"))
        fields: dict[str, Any] = self.fields
        fields["to"].choices = choices

    @property
    def place(self) -> tuple[Domain, Competency | None]:
        return self.places[self.cleaned_data["to"]]
