"""Choosing editions to compare, drafting the next one and saying what became of a competency."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from common import forms
from pathways.forms.drafts import SeenForm
from pathways.models import Competency, Crosswalk, CrosswalkKind, FrameworkVersion, Level
from pathways.selectors.crosswalks import rules_about, state_of
from pathways.selectors.edition_changes import STATE_LABELS


class CompareForm(forms.NHSForm):
    """Which edition to compare with, and which kind of change to show."""

    mark_optional = False

    since = forms.ChoiceField(label=_("Compare with"), widget=forms.Select, required=False)
    state = forms.ChoiceField(
        label=_("Show"),
        choices=[("", _("Every change")), *STATE_LABELS.items()],
        widget=forms.Select,
        required=False,
    )

    def __init__(self, *args: Any, editions: Iterable[FrameworkVersion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.editions = {str(edition.pk): edition for edition in editions}
        self.fields["since"].choices = [  # type: ignore[attr-defined]
            (key, str(_("Edition %(label)s") % {"label": edition.label}))
            for key, edition in self.editions.items()
        ]


class NextEditionForm(forms.NHSForm):
    label = forms.CharField(
        label=_("Name of the edition"), hint=_("For example, 2027"), max_length=30
    )


class BecameForm(SeenForm):
    """What became of one competency of the older edition, filled with what was said so far."""

    revision = forms.CharField(
        label=_("State that the page shows"), required=False, widget=forms.HiddenInput
    )
    kind = forms.ChoiceField(
        label=_("What became of it?"),
        choices=[
            (CrosswalkKind.REPLACED, _("One competency replaces it")),
            (CrosswalkKind.SPLIT, _("It was split into several")),
            (CrosswalkKind.MERGED, _("It was merged into another")),
            (CrosswalkKind.RETIRED, _("It is left out")),
        ],
        missing=_("Select what became of it"),
    )
    after = forms.CharField(
        label=_("Codes of the competencies that followed it"),
        hint=_("With commas between them. Leave this empty if it is left out."),
        max_length=2000,
        required=False,
    )
    reason = forms.TextField(
        label=_("Why?"),
        hint=_("People whose role asked for it read this."),
        rows=3,
        max_length=2000,
        missing=_("Enter why it changed"),
    )

    def __init__(
        self,
        *args: Any,
        version: FrameworkVersion,
        before: Competency,
        competencies: Iterable[Competency],
        **kwargs: Any,
    ) -> None:
        rules = list(rules_about(before, version=version))
        said = {rule.kind: rule.reason for rule in rules}
        initial = {
            "kind": next(iter(said), ""),
            "after": ", ".join(rule.after.code for rule in rules if rule.after),
            "reason": next(iter(said.values()), ""),
        }
        super().__init__(*args, revision=state_of(rules), initial=initial, **kwargs)
        self.version, self.before = version, before
        self.rows = {row.code: row for row in competencies}
        # However the commas inside a code are spaced, it is that code.
        self.rows_by_look = {_spaced(code): code for code in self.rows}

    def state_now(self) -> str:
        return state_of(rules_about(self.before, version=self.version))

    def clean_after(self) -> list[Competency]:
        codes = self._codes_of(self.cleaned_data["after"])
        unknown = [code for code in codes if code not in self.rows]
        if unknown:
            raise forms.ValidationError(
                _("The new edition has no competency %(codes)s. Enter codes that it has.")
                % {"codes": ", ".join(unknown)}
            )
        return [self.rows[code] for code in codes]

    def _codes_of(self, text: str) -> list[str]:
        """The codes between commas; one that has a comma itself is taken whole, the longest first,
        so that what the form was filled with is read as it was."""
        parts = [part.strip() for part in text.split(",")]
        most = 1 + max((code.count(",") for code in self.rows), default=0)
        codes: list[str] = []
        while parts:
            lengths = range(min(len(parts), most), 0, -1)
            known = (size for size in lengths if ", ".join(parts[:size]) in self.rows_by_look)
            size = next(known, 1)
            code = ", ".join(parts[:size])
            codes.append(self.rows_by_look.get(code, code))
            del parts[:size]
        return [code for code in codes if code]


def _spaced(code: str) -> str:
    return ", ".join(part.strip() for part in code.split(","))


class LevelMapForm(SeenForm):
    """Which level after each level before stands for; a level may stand for none."""

    mark_optional = False

    def __init__(
        self,
        *args: Any,
        rule: Crosswalk,
        before: Iterable[Level],
        after: Iterable[Level],
        said: dict[int, int],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, revision=rule.revision, **kwargs)
        self.rule = rule
        choices: list[tuple[str, Any]] = [("", _("Carry nothing over"))]
        choices += [(str(level.rank), level.label) for level in after if level.rank]
        for level in before:
            if level.rank:
                self.fields[f"level_{level.rank}"] = forms.ChoiceField(
                    label=level.label,
                    choices=choices,
                    widget=forms.Select,
                    required=False,
                    initial=str(said.get(level.rank, "")),
                )

    @property
    def levels(self) -> dict[int, int]:
        return {
            int(name.removeprefix("level_")): int(chosen)
            for name, chosen in self.cleaned_data.items()
            if chosen and name.startswith("level_")
        }

    def state_now(self) -> int:
        self.rule.refresh_from_db()
        return self.rule.revision
