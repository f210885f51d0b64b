"""Refusals in the standard's own form, imsx_StatusInfo."""

from typing import Any

from django.http import JsonResponse
from rest_framework.exceptions import APIException
from rest_framework.response import Response

from common.api import problem_response

_MINOR = {
    400: "invalid_selection_field",
    401: "unauthorised_request",
    403: "forbidden",
    404: "unknownobject",
    429: "server_busy",
    500: "internal_server_error",
}
# Refusals that say more than their status does.
_MINOR_OF_CODE = {"invalid_uuid", "invalid_sort_field"}


class Refused(APIException):
    """A refusal of this interface; ``code`` is the standard's own where it has one."""

    def __init__(self, status: int, sentence: str, *, code: str = "") -> None:
        self.status_code = status
        super().__init__(sentence, code or _MINOR[status])


def status_info(status: int, sentence: str, code: str = "") -> dict[str, Any]:
    minor = code if code in _MINOR_OF_CODE else _MINOR.get(status, "invalid_selection_field")
    field = {"imsx_codeMinorFieldName": "TargetEndSystem", "imsx_codeMinorFieldValue": minor}
    return {
        "imsx_codeMajor": "failure",
        "imsx_severity": "error",
        "imsx_description": sentence,
        "imsx_codeMinor": {"imsx_codeMinorField": [field]},
    }


def case_response(exc: Exception, context: dict[str, Any]) -> Response | None:
    """What ``problem_response`` answers, worded as the standard words it."""
    response = problem_response(exc, context)
    if response is None:
        return None
    told = response.data
    sentences = [error["detail"] for error in told.get("errors", ())] or [told["detail"]]
    response.data = status_info(response.status_code, " ".join(sentences), told["code"])
    response.content_type = "application/json"
    return response


def as_status_info(problem: dict[str, Any]) -> JsonResponse:
    """The same for a refusal from outside our views: an unknown address, a fault of ours."""
    status = problem["status"]
    return JsonResponse(status_info(status, problem["detail"], problem["code"]), status=status)
