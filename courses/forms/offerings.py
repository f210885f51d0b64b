"""How a programme is offered: by whom, by which route, when, in what languages, at what price."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Organisation
from common import forms
from courses.forms.money import PoundsField
from courses.forms.programmes_named import ProgrammeNamedField
from courses.models import Admission, DeliveryMode, Language, Offering, ProgrammeQuerySet
from courses.selectors.offerings import organisation_called
from courses.services.offerings import MOST_OFFER_HOURS, OfferingTerms

# What a place costs at the most: the database keeps pence in 32 bits.
MOST_PENCE = 100_000_000
_AS_TYPED = ("route", "provider", "mode", "admission", "starts_on", "ends_on")


def typed_pounds(pence: int | None) -> str:
    """An amount as it is typed into a form; nothing where there is none."""
    return "" if pence is None else f"{pence // 100:,}.{pence % 100:02}"


class OrganisationCodeField(forms.CharField):
    """An organisation by its ODS code."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=10, width=10, **options)

    def clean(self, value: Any) -> Any:
        code = super().clean(value)
        if not code:
            return None
        found = organisation_called(code)
        if found is None:
            raise forms.ValidationError(
                _("There is no organisation with this ODS code. Enter a code like RXX."),
                code="no_such_organisation",
            )
        return found


class TermsForm(forms.NHSForm):
    """The terms of an offering that is there."""

    route = forms.CharField(
        label=gettext_lazy("Route"),
        hint=gettext_lazy("What tells it from others here, for example Evenings."),
        required=False,
        max_length=120,
    )
    provider = OrganisationCodeField(
        label=gettext_lazy("ODS code of who teaches it"),
        hint=gettext_lazy("Leave this empty if your organisation teaches it."),
        required=False,
    )
    mode = forms.ChoiceField(
        label=gettext_lazy("How it is taught"),
        required=False,
        choices=[("", gettext_lazy("As the programme says")), *DeliveryMode.choices],
    )
    admission = forms.ChoiceField(
        label=gettext_lazy("How people get a place"),
        missing=gettext_lazy("Select how people get a place"),
        choices=Admission.choices,
    )
    languages = forms.MultipleChoiceField(
        label=gettext_lazy("Languages"),
        missing=gettext_lazy("Select at least one language"),
        choices=Language.choices,
    )
    starts_on = forms.DateField(label=gettext_lazy("First day"), required=False)
    ends_on = forms.DateField(
        label=gettext_lazy("Last day"),
        hint=gettext_lazy("Leave this empty if it has no end."),
        required=False,
    )
    price_pence = PoundsField(
        label=gettext_lazy("Price of a place in pounds"),
        hint=gettext_lazy("Leave this empty if it is free."),
        required=False,
    )
    study_hours = forms.IntegerField(
        label=gettext_lazy("Protected study hours"), required=False, max_value=2_000, width=4
    )
    offer_hours = forms.IntegerField(
        label=gettext_lazy("Hours to accept a place that becomes free"),
        hint=gettext_lazy("Leave this empty to give it at once to whoever waits first."),
        required=False,
        max_value=MOST_OFFER_HOURS,
        width=4,
    )

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        first, last = given.get("starts_on"), given.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("Enter a last day that is not before the first day"))
        if (given.get("price_pence") or 0) > MOST_PENCE:
            self.add_error("price_pence", _("Enter a price of £1,000,000 or less"))
        return given

    def terms(self) -> OfferingTerms:
        given = self.cleaned_data
        return OfferingTerms(
            languages=tuple(given["languages"]),
            price_pence=given["price_pence"] or 0,
            study_hours=given["study_hours"] or 0,
            offer_hours=given["offer_hours"] or 0,
            **{name: given[name] for name in _AS_TYPED},
        )

    @staticmethod
    def what_is(offering: Offering) -> dict[str, Any]:
        """What stands in the form before anything is typed."""
        names = ("route", "mode", "admission", "languages", "starts_on", "ends_on")
        return {
            **{name: getattr(offering, name) for name in names},
            "provider": offering.provider.ods_code if offering.provider else "",
            "price_pence": typed_pounds(offering.price_pence or None),
            "study_hours": offering.study_hours or "",
            "offer_hours": offering.offer_hours or "",
        }


class OfferForm(TermsForm):
    """A programme of the catalogue, offered at an organisation of one's own."""

    programme = ProgrammeNamedField(
        label=gettext_lazy("Programme"),
        hint=gettext_lazy("Enter words of its title, or its code."),
        missing=gettext_lazy("Enter a programme"),
    )
    host = forms.ModelChoiceField(
        label=gettext_lazy("Organisation that offers it"),
        missing=gettext_lazy("Select an organisation"),
        queryset=None,
        empty_label=gettext_lazy("Select an organisation"),
    )
    field_order = ("programme", "host")

    def __init__(
        self,
        *args: Any,
        programmes: ProgrammeQuerySet,
        hosts: QuerySet[Organisation],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["programme"].rows = programmes  # type: ignore[attr-defined]
        self.fields["host"].queryset = hosts  # type: ignore[attr-defined]


class ShareForm(forms.NHSForm):
    mark_optional = False

    organisation = OrganisationCodeField(
        label=gettext_lazy("ODS code of the organisation"),
        missing=gettext_lazy("Enter the ODS code of the organisation"),
    )
