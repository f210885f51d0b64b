"""Which part of a team's or an organisation's training to show, and changing what one is asked."""

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from common import forms
from common.dates import long_date
from courses.models import ExemptionReason, Subject
from courses.selectors.compliance_figures import GroupBy
from courses.services.compliance_exemptions import Exemption


class TeamTrainingForm(forms.NHSForm):
    mark_optional = False

    needed = forms.BooleanField(label=_("Only people who have something to do"), required=False)
    subject = forms.ModelChoiceField(
        label=_("Subject"), queryset=None, required=False, empty_label=_("Every subject")
    )

    def __init__(self, *args: Any, subjects: QuerySet[Subject], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["subject"].queryset = subjects  # type: ignore[attr-defined]

    def wanted(self) -> dict[str, Any]:
        """What ``team_training`` takes; with a mistake in the form, the whole team."""
        given = self.cleaned_data if self.is_valid() else {}
        subject = given.get("subject")
        return {
            "subject_id": subject.pk if subject else None,
            "needed": bool(given.get("needed") or subject),
        }


class TrainingFiguresForm(forms.NHSForm):
    mark_optional = False

    organisation = forms.ModelChoiceField(
        label=_("Organisation"), queryset=None, required=False, empty_label=_("All of yours")
    )
    group_by = forms.ChoiceField(
        label=_("Group people by"),
        choices=[
            ("", _("Unit")),
            (GroupBy.ORGANISATION.value, _("Organisation")),
            (GroupBy.STAFF_GROUP.value, _("Staff group")),
        ],
        widget=forms.Select,
        required=False,
    )
    day = forms.DateField(label=_("Day shown"), hint=_("Leave empty for today"), required=False)

    def __init__(
        self, *args: Any, organisations: QuerySet[Organisation], today: date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.organisations = organisations
        self.fields["organisation"].queryset = organisations  # type: ignore[attr-defined]
        self.fields["day"].latest = today  # type: ignore[attr-defined]

    def wanted(self) -> dict[str, Any]:
        """What ``training_figures`` takes; with a mistake in the form, all as it is today."""
        given = self.cleaned_data if self.is_valid() else {}
        chosen = given.get("organisation")
        everywhere = self.organisations.values_list("pk", flat=True)
        return {
            "organisation_ids": [chosen.pk] if chosen else list(everywhere),
            "group_by": GroupBy(given.get("group_by") or GroupBy.UNIT),
            "on": given.get("day") or self.today,
        }


class ExemptionForm(forms.NHSForm):
    """What an organisation does not ask of a person, and until when."""

    mark_optional = False

    organisation = forms.ModelChoiceField(
        label=_("Organisation"),
        missing=_("Select the organisation that does not ask for it"),
        queryset=None,
        empty_label=None,
    )
    subject = forms.ModelChoiceField(
        label=_("Subject"),
        missing=_("Select the subject"),
        queryset=None,
        empty_label=_("Select a subject"),
    )
    starts_on = forms.DateField(label=_("First day"), missing=_("Enter the first day"))
    ends_on = forms.DateField(
        label=_("Last day"), missing=_("Enter the last day"), hint=_("Two years at the most")
    )
    reason = forms.ChoiceField(
        label=_("Reason"),
        missing=_("Select a reason"),
        choices=[("", _("Select a reason")), *ExemptionReason.choices],
        widget=forms.Select,
    )
    note = forms.TextField(
        label=_("Explanation (optional)"),
        hint=_("The person reads this. Write nothing about the health of anybody."),
        required=False,
        max_length=500,
        rows=3,
    )

    def __init__(
        self,
        *args: Any,
        organisations: QuerySet[Organisation],
        subjects: QuerySet[Subject],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = organisations  # type: ignore[attr-defined]
        self.fields["subject"].queryset = subjects  # type: ignore[attr-defined]

    @property
    def exemption(self) -> Exemption:
        given = self.cleaned_data
        return Exemption(
            subject=given["subject"],
            starts_on=given["starts_on"],
            ends_on=given["ends_on"],
            reason=ExemptionReason(given["reason"]),
            note=given["note"],
        )


class _RecordField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        words = {"level": str(obj.level), "day": long_date(obj.completed_on)}
        return gettext("%(level)s, completed on %(day)s") % words


class StrikeOutForm(forms.NHSForm):
    mark_optional = False

    record = _RecordField(
        label=_("Record"),
        missing=_("Select the record that is a mistake"),
        queryset=None,
        empty_label=_("Select a record"),
    )
    why = forms.TextField(
        label=_("Why it is a mistake"),
        missing=_("Enter why the record is a mistake"),
        max_length=500,
        rows=3,
    )

    def __init__(self, *args: Any, records: QuerySet[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["record"].queryset = records  # type: ignore[attr-defined]
