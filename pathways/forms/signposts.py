"""Finding, adding and changing resources, and offering to coach."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from common import forms
from pathways.models import Competency, Resource, ResourceKind
from pathways.selectors.resources import HelpsWith
from pathways.services.signposts import ResourceContent


class ResourceFilterForm(forms.NHSForm):
    mark_optional = False

    words = forms.CharField(
        label=_("Words"), hint=_("For example, delegation"), max_length=100, required=False
    )
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[("", _("Every kind")), *ResourceKind.choices],
        widget=forms.Select,
        required=False,
    )


class CompetencyChoices(forms.ModelMultipleChoiceField):
    def label_from_instance(self, competency: Any) -> str:
        return f"{competency.code} {competency.title}"


class ResourceForm(forms.NHSForm):
    """``owner`` is asked for only when there is more than one to choose from."""

    owner = forms.ModelChoiceField(
        label=_("For whom"), queryset=None, missing=_("Select an organisation")
    )
    title = forms.CharField(label=_("Title"))
    kind = forms.ChoiceField(label=_("Kind"), choices=ResourceKind.choices)
    about = forms.TextField(label=_("What it is good for"), max_words=100, rows=4, required=False)
    url = forms.CharField(
        label=_("Address on the web"),
        hint=_("For example, https://www.england.nhs.uk/"),
        max_length=500,
        required=False,
    )
    minutes = forms.IntegerField(
        label=_("Minutes it takes"), width=4, min_value=1, max_value=10_000, required=False
    )
    competencies = CompetencyChoices(
        label=_("What it helps with"), queryset=None, missing=_("Select what it helps with")
    )
    rank = forms.IntegerField(
        label=_("Up to which level"),
        hint=_("1 is the lowest level of the scale"),
        width=2,
        min_value=1,
        max_value=7,
    )

    def __init__(
        self,
        *args: Any,
        owners: QuerySet[Organisation],
        competencies: QuerySet[Competency],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = owners  # type: ignore[attr-defined]
        self.fields["competencies"].queryset = competencies  # type: ignore[attr-defined]

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"]
        if url and not url.startswith(("https://", "http://")):
            raise forms.ValidationError(_("Enter an address that begins with https://"))
        return url

    def content(self) -> ResourceContent:
        given = self.cleaned_data
        return ResourceContent(
            kind=given["kind"],
            title=given["title"],
            summary=given["about"],
            url=given["url"],
            minutes=given["minutes"],
            ranks=self.ranks(),
        )

    def ranks(self) -> dict[int, int]:
        """Competency's id -> the level up to which the resource helps."""
        given = self.cleaned_data
        return {competency.pk: given["rank"] for competency in given["competencies"]}


class ResourceChangeForm(ResourceForm):
    """What it helps with already has a level each; what is added now begins with one for all."""

    competencies = CompetencyChoices(
        label=_("What else it helps with"), queryset=None, required=False
    )
    rank = forms.IntegerField(
        label=_("Up to which level it helps with what you add"),
        hint=_("1 is the lowest level of the scale"),
        width=2,
        min_value=1,
        max_value=7,
        required=False,
    )

    def __init__(
        self,
        *args: Any,
        helps_with: Iterable[HelpsWith],
        competencies: QuerySet[Competency],
        **kwargs: Any,
    ) -> None:
        self.helps_with = list(helps_with)
        known = [one.competency.pk for one in self.helps_with]
        super().__init__(*args, competencies=competencies.exclude(pk__in=known), **kwargs)
        for one in self.helps_with:
            self.fields[_level_name(one)] = _level_field(one)
        levels = [_level_name(one) for one in self.helps_with]
        self.order_fields(
            ["owner", "title", "kind", "about", "url", "minutes", *levels, "competencies", "rank"]
        )

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if given.get("competencies") and given.get("rank") is None and "rank" not in self.errors:
            self.add_error("rank", _t("Enter up to which level it helps with what you add"))
        if not self.errors and not self.ranks():
            self.add_error("competencies", _t("Select what it helps with"))
        return given

    def ranks(self) -> dict[int, int]:
        kept = {one.competency.pk: self.cleaned_data[_level_name(one)] for one in self.helps_with}
        return {pk: int(rank) for pk, rank in kept.items() if rank} | super().ranks()


def _level_name(one: HelpsWith) -> str:
    return f"level_{one.competency.pk}"


def _level_field(one: HelpsWith) -> forms.ChoiceField:
    levels = ((str(level.rank), level.label) for level in one.levels)
    return forms.ChoiceField(
        label=_t("%(competency)s, up to") % {"competency": one.competency.title},
        choices=[*levels, ("", _t("It does not help with this any more"))],
        widget=forms.Select,
        initial=str(one.rank),
        required=False,
    )


def resource_as_typed(resource: Resource) -> dict[str, Any]:
    """What the form shows of a resource that is there already."""
    return {
        "owner": resource.owner_id,
        "title": resource.title,
        "kind": resource.kind,
        "about": resource.summary,
        "url": resource.url,
        "minutes": resource.minutes,
    }


class CoachForm(forms.NHSForm):
    competency = forms.ChoiceField(
        label=_("What you can help with"), missing=_("Select what you can help with")
    )
    organisation = forms.ModelChoiceField(
        label=_("For the people of"), queryset=None, missing=_("Select an organisation")
    )
    note = forms.CharField(
        label=_("How you can help"),
        hint=_("For example, an hour a month by video call"),
        max_length=300,
        required=False,
    )

    def __init__(
        self,
        *args: Any,
        competencies: Iterable[Competency],
        organisations: QuerySet[Organisation],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.competencies = {str(row.pk): row for row in competencies}
        self.fields["competency"].choices = [  # type: ignore[attr-defined]
            (key, f"{row.code} {row.title}") for key, row in self.competencies.items()
        ]
        self.fields["organisation"].queryset = organisations  # type: ignore[attr-defined]

    def chosen(self) -> dict[str, Any]:
        """What ``offer_to_coach`` takes."""
        given = self.cleaned_data
        return {
            "competency": self.competencies[given["competency"]],
            "organisation": given["organisation"],
            "note": given["note"],
        }
