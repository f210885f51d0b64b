"""The forms of talent: consent, search, putting forward, deciding, judging."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Band, Person
from accounts.models.posts import BAND_RANK
from common import forms
from talent.models import ConsentScope, Readiness, TalentConsent
from talent.selectors.match import target_of
from talent.selectors.pools import colleague_by_email
from talent.selectors.profiles import Reach
from talent.selectors.scope import LeadScope
from talent.selectors.search import NOT_JUDGED, Filters
from talent.services.consent import latest_end

REASON_WORDS = 300


class ConsentForm(forms.NHSForm):
    scope = forms.ChoiceField(
        label=gettext_lazy("Whose talent team may find me"),
        missing=gettext_lazy("Select who may find you"),
        label_size="s",
    )
    until = forms.DateField(
        label=gettext_lazy("Until which day"),
        missing=gettext_lazy("Enter the last day on which you want to be found"),
        label_size="s",
    )

    def __init__(
        self, *args: Any, on: date, reach: Reach, consent: TalentConsent | None, **kwargs: Any
    ) -> None:
        if consent:
            kwargs["initial"] = {"scope": consent.scope, "until": consent.ends_on}
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["scope"].choices = list(_scopes(reach))
        until = fields["until"]
        until.earliest, until.latest = on, latest_end(on)
        until.help_text = _("At most 12 months from today. We ask you again before it ends.")


def _scopes(reach: Reach) -> list[tuple[str, str]]:
    """The scopes that mean something where the person works, each naming everybody it lets in."""
    steps = [
        (ConsentScope.ORGANISATION, reach.organisation),
        (ConsentScope.SYSTEM, reach.system),
        (ConsentScope.REGION, reach.region),
    ]
    offered, names = [], []
    for scope, organisation in steps:
        if organisation:
            names.append(organisation.name)
            offered.append((str(scope), get_text_list(names, _("and"))))
    return offered


class SearchForm(forms.NHSForm):
    mark_optional = False

    words = forms.CharField(
        label=gettext_lazy("Words"),
        hint=gettext_lazy("A name, a post, or something a person is good at"),
        required=False,
    )
    match = forms.ChoiceField(
        label=gettext_lazy("Match with a role"), required=False, widget=forms.Select
    )
    sort = forms.ChoiceField(
        label=gettext_lazy("Sort by"),
        choices=[("match", gettext_lazy("Best match")), ("name", gettext_lazy("Name"))],
        required=False,
        widget=forms.Select,
    )
    lowest = forms.ChoiceField(
        label=gettext_lazy("Lowest band"), required=False, widget=forms.Select
    )
    highest = forms.ChoiceField(
        label=gettext_lazy("Highest band"), required=False, widget=forms.Select
    )
    readiness = forms.MultipleChoiceField(
        label=gettext_lazy("Readiness"), required=False, label_size="s"
    )
    organisation = forms.MultipleChoiceField(
        label=gettext_lazy("Organisation"), required=False, label_size="s"
    )
    role = forms.MultipleChoiceField(label=gettext_lazy("Role now"), required=False, label_size="s")

    def __init__(self, *args: Any, scope: LeadScope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scope = scope
        titles = [(str(pk), role.title) for pk, role in scope.roles.items()]
        bands = [("", _("Any")), *Band.choices]
        fields: dict[str, Any] = self.fields
        fields["match"].choices = [("", _("No role")), *titles]
        fields["lowest"].choices = fields["highest"].choices = bands
        fields["readiness"].choices = [*Readiness.choices, (NOT_JUDGED, _("Not judged yet"))]
        fields["organisation"].choices = [
            (str(pk), name) for pk, name in scope.organisations.items()
        ]
        fields["role"].choices = titles

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        lowest = BAND_RANK.get(str(cleaned.get("lowest")))
        highest = BAND_RANK.get(str(cleaned.get("highest")))
        if lowest and highest and lowest > highest:
            self.add_error("highest", _("The highest band must not be below the lowest"))
        return cleaned

    def filters(self) -> Filters | None:
        """What was asked for: anybody when nothing was sent, None when something is wrong."""
        if not self.is_bound:
            return Filters()
        if not self.is_valid():
            return None
        sent = self.cleaned_data
        role = self.scope.roles.get(int(sent["match"])) if sent["match"] else None
        return Filters(
            words=sent["words"],
            organisations=tuple(int(pk) for pk in sent["organisation"]),
            lowest_band=BAND_RANK.get(sent["lowest"]),
            highest_band=BAND_RANK.get(sent["highest"]),
            roles=tuple(int(pk) for pk in sent["role"]),
            readiness=tuple(sent["readiness"]),
            target=target_of(role) if role else None,
            by_name=sent["sort"] == "name",
        )

    def show_counts(self, facets: Mapping[str, Mapping[Any, int]]) -> None:
        """Write beside each choice how many people it would find; leave out those with nobody."""
        fields: dict[str, Any] = self.fields
        keys: dict[str, Callable[[str], Any]] = {
            "organisation": int,
            "role": int,
            "readiness": _as_kept,
        }
        for name, as_key in keys.items():
            counts = facets.get(name, {})
            chosen = set(self[name].value() or ())
            fields[name].choices = [
                (value, _counted(label, counts.get(as_key(value), 0)))
                for value, label in fields[name].choices
                if counts.get(as_key(value)) or value in chosen
            ]
        bands = facets.get("band", {})
        for name in ("lowest", "highest"):
            fields[name].choices = [
                (value, _counted(label, bands.get(BAND_RANK[value], 0)) if value else label)
                for value, label in fields[name].choices
            ]


def _as_kept(readiness: str) -> str:
    return "" if readiness == NOT_JUDGED else readiness


def _counted(label: Any, count: int) -> str:
    return _("%(label)s (%(count)s)") % {"label": label, "count": count}


class NominationForm(forms.NHSForm):
    who = forms.ChoiceField(
        label=gettext_lazy("Who do you put forward?"),
        choices=[("me", gettext_lazy("Myself")), ("other", gettext_lazy("Somebody else"))],
        missing=gettext_lazy("Select who you put forward"),
        label_size="s",
    )
    email = forms.EmailField(
        label=gettext_lazy("Their work email address"),
        label_size="s",
        hint=gettext_lazy("Only if you put somebody else forward"),
        required=False,
        width=30,
    )
    reason = forms.TextField(
        label=gettext_lazy("Why?"),
        label_size="s",
        hint=gettext_lazy("What they have done that shows it. The person can read this."),
        missing=gettext_lazy("Enter why you put them forward"),
        max_words=REASON_WORDS,
    )

    def __init__(self, *args: Any, person: Person, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person, self.on = person, on

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        cleaned["person"] = self.person
        if cleaned.get("who") == "other" and "email" not in self.errors:
            cleaned["person"] = self._somebody_else(cleaned.get("email", ""))
        return cleaned

    def _somebody_else(self, email: str) -> Person | None:
        if not email:
            self.add_error("email", _("Enter their work email address"))
            return None
        found = colleague_by_email(self.person, email, on=self.on)
        if found is None:
            self.add_error(
                "email", _("Enter the work email address of somebody in your organisation")
            )
        return found


class DecisionForm(forms.NHSForm):
    step = forms.ChoiceField(
        label=gettext_lazy("Your decision"),
        choices=[
            ("accept", gettext_lazy("Accept into the pool")),
            ("decline", gettext_lazy("Decline this time")),
        ],
        missing=gettext_lazy("Select your decision"),
        label_size="s",
    )
    reason = forms.TextField(
        label=gettext_lazy("Reason"),
        label_size="s",
        hint=gettext_lazy("The person can read this. Say what would help next time."),
        missing=gettext_lazy("Enter a reason"),
        max_words=REASON_WORDS,
    )


class ReadinessForm(forms.NHSForm):
    readiness = forms.ChoiceField(
        label=gettext_lazy("How ready are they for a next role?"),
        choices=Readiness.choices,
        missing=gettext_lazy("Select how ready they are"),
        label_size="s",
    )
    reason = forms.TextField(
        label=gettext_lazy("Reason"),
        label_size="s",
        hint=gettext_lazy("The person can read this."),
        missing=gettext_lazy("Enter a reason"),
        max_words=REASON_WORDS,
    )


class PanelForm(forms.NHSForm):
    email = forms.EmailField(
        label=gettext_lazy("Their work email address"),
        label_size="s",
        missing=gettext_lazy("Enter their work email address"),
        width=30,
    )
    starts_on = forms.DateField(
        label=gettext_lazy("First day"), missing=gettext_lazy("Enter the first day"), label_size="s"
    )
    ends_on = forms.DateField(
        label=gettext_lazy("Last day"),
        label_size="s",
        hint=gettext_lazy("Leave this empty if there is no end yet."),
        required=False,
    )

    def __init__(self, *args: Any, lead: Person, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lead, self.on = lead, on
        fields: dict[str, Any] = self.fields
        fields["starts_on"].earliest = fields["ends_on"].earliest = on
        fields["starts_on"].initial = on

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("starts_on"), cleaned.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("Last day must not be before the first day"))
        if email := cleaned.get("email"):
            cleaned["person"] = colleague_by_email(self.lead, email, on=self.on)
            if cleaned["person"] is None:
                self.add_error(
                    "email", _("Enter the work email address of somebody in your organisation")
                )
        return cleaned
