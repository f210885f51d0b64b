"""Protected time for rostering systems: what stands where, what became of it, and figures."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.http import SignedInApiRequest
from common.api import DayIn, InSerializer, TextIn
from common.api.views import ApiView
from common.errors import Forbidden
from courses.models import TIME_TAKEN_BACK, Account, Enrolment, MoveReason
from courses.models.study_time import MOST_MINUTES
from courses.selectors.study_time import Balances, Pocket, balances_of, enrolments_with_time
from courses.selectors.study_time_figures import (
    MONTHS,
    TimeFigures,
    organisations_told,
    time_figures,
)
from courses.services.study_time import (
    Why,
    confirm_time,
    rearrange_time,
    refuse_unless_held,
    take_time_back,
)

READS = {"GET": "enrolments:read", "POST": "study-time:write"}
_STANDS = [choice for choice in Account.choices if choice[0] != Account.PLEDGE]
REASONS = [(code, MoveReason(code).label) for code in TIME_TAKEN_BACK]
CONFIRM, TAKE_BACK, REARRANGE = "CONFIRM", "TAKE_BACK", "REARRANGE"


class PocketOut(serializers.Serializer[Any]):
    account = serializers.ChoiceField(choices=_STANDS)
    on = serializers.DateField(
        allow_null=True,
        help_text="Planned for, owed since, had or let go on this day; null: planned for none yet.",
    )
    minutes = serializers.IntegerField()


class StudyTimeOut(serializers.Serializer[Any]):
    """All minutes promised with a place: planned, had, owed and let go add up to them."""

    enrolment_id = serializers.IntegerField()
    person_id = serializers.IntegerField()
    organisation_id = serializers.IntegerField()
    promised = serializers.IntegerField()
    planned = serializers.IntegerField()
    delivered = serializers.IntegerField()
    owed = serializers.IntegerField()
    released = serializers.IntegerField()
    pockets = PocketOut(many=True)


class StudyTimeIn(InSerializer):
    """What became of minutes that are planned for, or owed since, a day."""

    act = serializers.ChoiceField(choices=[CONFIRM, TAKE_BACK, REARRANGE])
    account = serializers.ChoiceField(choices=[Account.PLANNED.value, Account.OWED.value])
    on = DayIn(help_text="The day of the minutes, as `pockets` tells it.")
    held = serializers.IntegerField(
        min_value=1,
        max_value=MOST_MINUTES,
        help_text="How many minutes stood there when you read it. Where it is other by now, nothing"
        " is done, so that a request can be sent again after a broken connection.",
    )
    minutes = serializers.IntegerField(min_value=1, max_value=720)
    day = DayIn(
        required=False,
        help_text="`CONFIRM`: had on this day (left out: on `on`). `REARRANGE`: planned for it.",
    )
    reason = serializers.ChoiceField(
        required=False, choices=REASONS, help_text="Needed to take back."
    )
    text = TextIn(
        required=False, max_length=1_000, help_text="An explanation, needed to take back."
    )

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        needed = {TAKE_BACK: ("reason", "text"), REARRANGE: ("day",)}.get(given["act"], ())
        absent = [name for name in needed if not given.get(name)]
        if absent:
            sentence = _("This is needed for that act.")
            raise serializers.ValidationError(dict.fromkeys(absent, sentence), code="required")
        return given


class TimeFigureOut(serializers.Serializer[Any]):
    """Minutes rounded to five hours, people to five; null where they are too few to be told."""

    people = serializers.IntegerField()
    due = serializers.IntegerField()
    had = serializers.IntegerField()
    taken_back = serializers.IntegerField()
    unanswered = serializers.IntegerField()
    cost_pence = serializers.IntegerField()


class TimeMonthOut(serializers.Serializer[Any]):
    month = serializers.DateField(source="key", help_text="Its first day.")
    figure = TimeFigureOut(allow_null=True)


class TimeUnitOut(serializers.Serializer[Any]):
    unit = serializers.CharField(source="name")
    figure = TimeFigureOut(allow_null=True)


class TimeReasonOut(serializers.Serializer[Any]):
    reason = serializers.ChoiceField(choices=REASONS, source="key")
    figure = TimeFigureOut(allow_null=True)


class StudyTimeFiguresOut(serializers.Serializer[Any]):
    """What became of the time that was due in whole months, of all organisations together."""

    first = serializers.DateField()
    last = serializers.DateField()
    total = TimeFigureOut(allow_null=True)
    months = TimeMonthOut(many=True)
    units = TimeUnitOut(many=True)
    reasons = TimeReasonOut(many=True)


class FiguresQuery(serializers.Serializer[Any]):
    months = serializers.IntegerField(
        required=False, default=MONTHS, min_value=1, max_value=36, help_text="How many months back."
    )


@extend_schema(tags=["study time"])
class StudyTimeShow(ApiView):
    required_scopes = READS

    @extend_schema(operation_id="study_time_read", responses=StudyTimeOut)
    def get(self, request: SignedInApiRequest, pk: int) -> Response:
        """The protected time of one place, and where it stands."""
        return _answer(_enrolment(request, pk))

    @extend_schema(operation_id="study_time_record", request=StudyTimeIn, responses=StudyTimeOut)
    def post(self, request: SignedInApiRequest, pk: int) -> Response:
        """Record what a rostering system knows: that minutes were had, that the service took them
        back, or another day for what is owed. Safe to send again: where other minutes stand there
        than `held` says, the answer is 409 `time_has_moved` and nothing is done."""
        enrolment = _enrolment(request, pk)
        given = self.body(request, StudyTimeIn)
        _record(request, enrolment, given)
        return _answer(enrolment)


@extend_schema(tags=["study time"])
class StudyTimeFigures(ApiView):
    required_scopes = READS
    query_serializer = FiguresQuery

    @extend_schema(operation_id="study_time_figures", responses=StudyTimeFiguresOut)
    def get(self, request: SignedInApiRequest) -> Response:
        """What became of the protected time of the caller's organisations, by month, unit and
        reason. Figures about too few people are null."""
        today = timezone.localdate()
        organisations = organisations_told(actor=request.user, on=today)
        if organisations is None:
            raise Forbidden(
                _(
                    "Only learning leads and HR administrators see the study time of an"
                    " organisation."
                ),
                code="may_not_see_time_of_organisations",
            )
        ids = organisations.values_list("pk", flat=True)
        figures: TimeFigures = time_figures(
            organisation_ids=ids, on=today, months=self.query["months"]
        )
        return Response(StudyTimeFiguresOut(figures).data)


def _enrolment(request: SignedInApiRequest, pk: int) -> Enrolment:
    rows = enrolments_with_time(request.user, on=timezone.localdate())
    return get_object_or_404(rows, pk=pk)


def _record(request: SignedInApiRequest, enrolment: Enrolment, given: dict[str, Any]) -> None:
    account = Account(given["account"])
    refuse_unless_held(enrolment=enrolment, pocket=Pocket(account, given["on"], given["held"]))
    done: dict[str, Any] = {
        "enrolment": enrolment,
        "pocket": Pocket(account, given["on"], given["minutes"]),
        "by": request.user,
        "now": timezone.now(),
    }
    if given["act"] == CONFIRM:
        confirm_time(**done, had_on=given.get("day", given["on"]))
    elif given["act"] == REARRANGE:
        rearrange_time(**done, day=given["day"])
    else:
        take_time_back(**done, why=Why(given["reason"], given["text"]))


def _answer(enrolment: Enrolment) -> Response:
    held = balances_of(enrolment.pk)
    told = {
        "enrolment_id": enrolment.pk,
        "person_id": enrolment.person_id,
        "organisation_id": enrolment.organisation_id,
        **_sums(held),
        "pockets": [pocket for pocket in held.pockets if pocket.account != Account.PLEDGE],
    }
    return Response(StudyTimeOut(told).data)


def _sums(held: Balances) -> dict[str, int]:
    names = ("promised", "planned", "delivered", "owed", "released")
    return {name: getattr(held, name) for name in names}
