"""The forms of asking for confirmation, answering it, and reading what was signed off by a day."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Person
from common import forms
from common.dates import long_date
from pathways.models import (
    AssessorAppointment,
    Attainment,
    Evidence,
    VerificationItem,
    VerificationRequest,
)
from pathways.services.verification import Asked
from pathways.services.verification_answers import Answer

MESSAGE_WORDS = 200
REASON_WORDS = 150
LINE_MANAGER = "manager"
CONFIRM, SEND_BACK = "confirm", "send_back"


class AskForm(forms.NHSForm):
    levels = forms.MultipleChoiceField(
        label=gettext_lazy("Which levels do you want confirmed?"),
        missing=gettext_lazy("Select at least one level to be confirmed"),
        label_size="m",
    )
    to = forms.ChoiceField(
        label=gettext_lazy("Who do you ask?"),
        missing=gettext_lazy("Select who you ask"),
        label_size="m",
    )
    evidence = forms.MultipleChoiceField(
        label=gettext_lazy("Evidence to show"),
        label_size="m",
        hint=gettext_lazy(
            "Each piece is shown with the competencies you kept it for, or else with all of them. "
            "Whoever you ask sees nothing else that you keep."
        ),
        required=False,
    )
    message = forms.TextField(
        label=gettext_lazy("Message"), label_size="m", required=False, max_words=MESSAGE_WORDS
    )

    def __init__(
        self,
        *args: Any,
        levels: Iterable[Attainment],
        manager: Person | None,
        assessors: Iterable[AssessorAppointment],
        evidence: Iterable[Evidence],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.assessors = {str(held.pk): held for held in assessors}
        fields: dict[str, Any] = self.fields
        fields["levels"].choices = [(str(row.pk), row.competency.title) for row in levels]
        fields["levels"].widget.hints = {str(row.pk): _claim_hint(row) for row in levels}
        fields["to"].choices = [
            *([(LINE_MANAGER, _manager_label(manager))] if manager else []),
            *((key, held.assessor.full_name) for key, held in self.assessors.items()),
        ]
        fields["to"].widget.hints = {
            key: _assessor_hint(held) for key, held in self.assessors.items()
        }
        fields["evidence"].choices = [(str(row.pk), row.title) for row in evidence]
        if not evidence:
            del fields["evidence"]

    @property
    def asked(self) -> Asked:
        sent = self.cleaned_data
        return Asked(
            levels=[int(key) for key in sent["levels"]],
            appointment=self.assessors.get(sent["to"]),
            message=sent["message"],
            evidence=[int(key) for key in sent.get("evidence", ())],
        )


def _claim_hint(row: Any) -> str:
    return _("%(level)s, as you said on %(day)s. %(framework)s") % {
        "level": row.level_label,
        "day": long_date(row.attained_on),
        "framework": row.competency.version.framework.title,
    }


def _manager_label(manager: Person) -> str:
    return _("My line manager, %(person)s") % {"person": manager.full_name}


def _assessor_hint(held: AssessorAppointment) -> str:
    until = {"day": long_date(held.ends_on)} if held.ends_on else {"day": ""}
    if held.framework is None:
        return _("Assessor until %(day)s") % until
    return _("Assessor for %(framework)s until %(day)s") % {
        **until,
        "framework": held.framework.title,
    }


class AnswerForm(forms.NHSForm):
    """A choice and, for what is sent back, a reason for each level of a request."""

    mark_optional = False

    def __init__(self, *args: Any, items: Iterable[VerificationItem], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = list(items)
        for item in self.items:
            self.fields[f"outcome_{item.pk}"] = _outcome_field(item)
            self.fields[f"reason_{item.pk}"] = _reason_field(item)
        self.fields["statement"] = forms.TextField(
            label=_("Statement for all of them (optional)"),
            label_size="m",
            hint=_("The person can read this."),
            required=False,
            max_words=MESSAGE_WORDS,
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for item in self.items:
            is_sent_back = cleaned.get(f"outcome_{item.pk}") == SEND_BACK
            if is_sent_back and not cleaned.get(f"reason_{item.pk}"):
                reason = _("Enter a reason for sending back %(competency)s")
                self.add_error(f"reason_{item.pk}", reason % {"competency": item.competency.title})
        return cleaned

    def rows(self) -> list[tuple[VerificationItem, Any, Any]]:
        """Each level with its two fields, as the page draws them."""
        return [
            (item, self[f"outcome_{item.pk}"], self[f"reason_{item.pk}"]) for item in self.items
        ]

    @property
    def answers(self) -> dict[int, Answer]:
        """Item's id -> what becomes of it."""
        sent = self.cleaned_data
        return {
            item.pk: Answer(
                is_confirmed=sent[f"outcome_{item.pk}"] == CONFIRM,
                reason=sent[f"reason_{item.pk}"],
            )
            for item in self.items
        }


def _outcome_field(item: VerificationItem) -> forms.ChoiceField:
    named = {"competency": item.competency.title}
    return forms.ChoiceField(
        label=_("Your answer about %(competency)s") % named,
        missing=_("Select whether you confirm %(competency)s") % named,
        choices=[(CONFIRM, _("Confirm this level")), (SEND_BACK, _("Send it back"))],
        label_size="s",
    )


def _reason_field(item: VerificationItem) -> forms.TextField:
    return forms.TextField(
        label=_("Reason, if you send it back"),
        hint=_("Say what would show this level. The person can read this."),
        required=False,
        rows=2,
        max_words=REASON_WORDS,
    )


class WholeRequestsForm(forms.NHSForm):
    """Requests whose levels are all confirmed at once."""

    mark_optional = False

    requests = forms.MultipleChoiceField(
        label=gettext_lazy("Requests"),
        missing=gettext_lazy("Select the requests whose levels you confirm"),
    )

    def __init__(self, *args: Any, requests: Iterable[VerificationRequest], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = {str(row.pk): row for row in requests}
        fields: dict[str, Any] = self.fields
        fields["requests"].choices = [
            (key, row.subject.full_name) for key, row in self.rows.items()
        ]

    @property
    def chosen(self) -> list[VerificationRequest]:
        return [self.rows[key] for key in self.cleaned_data["requests"]]


class DayForm(forms.NHSForm):
    """The day as of which something is read; today where none is given."""

    mark_optional = False

    day = forms.DateField(
        label=gettext_lazy("As of"),
        missing=gettext_lazy("Enter a day"),
        label_size="s",
        required=False,
    )

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.on = on
        fields: dict[str, Any] = self.fields
        fields["day"].latest = on

    @property
    def chosen(self) -> date:
        if not self.is_bound or not self.is_valid():
            return self.on
        return self.cleaned_data["day"] or self.on
