"""The forms of those who write role profiles: what they are called, follow and give way to."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Band, Organisation, StaffGroup
from accounts.models.posts import BAND_RANK
from common import forms
from pathways.models import FrameworkVersion, RoleProfile
from pathways.services.role_profiles import Particulars

NATIONAL = "national"


class RoleParticularsForm(forms.NHSForm):
    title = forms.CharField(
        label=gettext_lazy("Title"), max_length=160, missing=gettext_lazy("Enter a title")
    )
    summary = forms.TextField(  # type: ignore[assignment] # fields are no attributes of a form
        label=gettext_lazy("Summary"),
        hint=gettext_lazy("What somebody in this role answers for, in one or two sentences."),
        rows=3,
        required=False,
    )
    family = forms.CharField(
        label=gettext_lazy("Family"),
        hint=gettext_lazy("Roles of one family stand together on the map. For example, Nursing"),
        max_length=60,
        required=False,
    )
    stage = forms.IntegerField(
        label=gettext_lazy("Stage on the pathway"),
        hint=gettext_lazy("From 1, where careers begin, to 12. The map has a row for each stage."),
        min_value=1,
        max_value=12,
        width=2,
        missing=gettext_lazy("Enter a stage from 1 to 12"),
    )
    band = forms.ChoiceField(
        label=gettext_lazy("Usual band"),
        choices=[("", gettext_lazy("No band")), *Band.choices],
        widget=forms.Select,
        required=False,
    )
    top_band = forms.ChoiceField(
        label=gettext_lazy("Highest band"),
        choices=[("", gettext_lazy("The usual band")), *Band.choices],
        widget=forms.Select,
        required=False,
    )
    staff_groups = forms.MultipleChoiceField(
        label=gettext_lazy("Staff groups"),
        hint=gettext_lazy("Leave all of them empty when the role is open to everybody."),
        choices=StaffGroup.choices,
        required=False,
        label_size="s",
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        usual, top = cleaned.get("band"), cleaned.get("top_band")
        if top and not usual:
            self.add_error("band", _("Select the usual band"))
        elif usual and top and BAND_RANK[top] < BAND_RANK[usual]:
            self.add_error("top_band", _("The highest band must not be below the usual band"))
        return cleaned

    def particulars(self) -> Particulars:
        sent = self.cleaned_data
        names = ("title", "summary", "family", "stage", "band", "top_band")
        fields = {name: sent[name] for name in names}
        return Particulars(**fields, staff_groups=tuple(sent["staff_groups"]))


class RoleDraftForm(RoleParticularsForm):
    """A new profile: what it is called, whose it is and by which edition it is measured."""

    code = forms.CharField(
        label=gettext_lazy("Code"),
        hint=gettext_lazy("A short name that stays, for programs. For example, ward-manager"),
        max_length=36,
        missing=gettext_lazy("Enter a code"),
        width=20,
    )
    owner = forms.ChoiceField(
        label=gettext_lazy("Who owns it?"),
        missing=gettext_lazy("Select who owns it"),
        label_size="s",
    )
    version = forms.ChoiceField(
        label=gettext_lazy("Measured by"),
        hint=gettext_lazy("The edition of a framework whose levels the role asks for."),
        widget=forms.Select,
        missing=gettext_lazy("Select an edition"),
    )
    is_family = forms.BooleanField(
        label=gettext_lazy("It describes a family: other roles take their levels from it"),
        required=False,
    )
    field_order = ("title", "code", "owner", "version", "is_family")

    def __init__(
        self,
        *args: Any,
        owners: Iterable[Organisation],
        editions: Iterable[FrameworkVersion],
        national: set[int],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.owners = {str(owner.pk): owner for owner in owners}
        self.editions = {str(version.pk): version for version in editions}
        self.national = national
        choices = [(key, owner.name) for key, owner in self.owners.items()]
        if national:
            choices.append((NATIONAL, _("Everybody: a national role")))
        fields: dict[str, Any] = self.fields
        fields["owner"].choices = choices
        fields["version"].choices = [
            ("", _("Select an edition")),
            *((key, f"{one.framework.title}, {one.label}") for key, one in self.editions.items()),
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        version = self.editions.get(cleaned.get("version", ""))
        is_national = cleaned.get("owner") == NATIONAL
        if version and is_national and version.framework_id not in self.national:
            self.add_error("version", _("Select an edition of a framework that you are author of"))
        return cleaned

    @property
    def chosen_owner(self) -> Organisation | None:
        return self.owners.get(self.cleaned_data["owner"])

    @property
    def chosen_version(self) -> FrameworkVersion:
        return self.editions[self.cleaned_data["version"]]


class FamilyForm(forms.NHSForm):
    family = forms.ChoiceField(
        label=gettext_lazy("Family that this role takes levels from"),
        hint=gettext_lazy("What the role asks for already stays where it differs."),
        widget=forms.Select,
        required=False,
    )
    mark_optional = False

    def __init__(
        self, *args: Any, role: RoleProfile, families: Iterable[RoleProfile], **kwargs: Any
    ) -> None:
        super().__init__(*args, initial={"family": str(role.parent_id or "")}, **kwargs)
        self.families = {str(one.pk): one for one in families}
        fields: dict[str, Any] = self.fields
        fields["family"].choices = [
            ("", _("No family")),
            *((key, one.title) for key, one in self.families.items()),
        ]

    @property
    def chosen(self) -> RoleProfile | None:
        return self.families.get(self.cleaned_data["family"])


class WithdrawForm(forms.NHSForm):
    replacement = forms.ModelChoiceField(
        label=gettext_lazy("Role that takes its place"),
        hint=gettext_lazy("Posts and people who follow the role follow this one from today."),
        queryset=None,
        required=False,
    )

    def __init__(self, *args: Any, roles: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["replacement"].queryset = roles


class SuccessorForm(forms.NHSForm):
    version = forms.ChoiceField(
        label=gettext_lazy("Measured by"),
        widget=forms.Select,
        missing=gettext_lazy("Select an edition"),
    )

    def __init__(
        self, *args: Any, role: RoleProfile, editions: Iterable[FrameworkVersion], **kwargs: Any
    ) -> None:
        super().__init__(*args, initial={"version": str(role.version_id)}, **kwargs)
        self.editions = {str(version.pk): version for version in editions}
        fields: dict[str, Any] = self.fields
        fields["version"].choices = [
            (key, f"{one.framework.title}, {one.label}") for key, one in self.editions.items()
        ]

    @property
    def chosen_version(self) -> FrameworkVersion:
        return self.editions[self.cleaned_data["version"]]
