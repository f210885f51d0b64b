"""The OpenAPI document: parameters from the view's own serializer, refusals as problem details."""

from typing import Any, Literal

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter

from common.api.serializers import ProblemOut
from common.http.refusals import PROBLEM_JSON

_ALWAYS = ("400", "401", "403", "404", "429")
_ON_CHANGE = ("409", "415")
_ON_VERSIONED_CHANGE = ("412", "428")


_WITH_LIMITS = ["200", "201", "429"]


def _told(name: str, description: str, codes: list[str], kind: Any = str) -> OpenApiParameter:
    return OpenApiParameter(
        name, kind, OpenApiParameter.HEADER, response=codes, description=description
    )


# What every call is told about those that may follow.
_LIMITS = [
    _told("RateLimit-Policy", "How many calls in how many seconds.", _WITH_LIMITS),
    _told("RateLimit", "How many of them are left, and when all will be again.", _WITH_LIMITS),
    _told("Retry-After", "Seconds to wait before the next call.", ["429"], int),
]


class ProblemAutoSchema(AutoSchema):
    """Adds what the code of every ``ApiView`` already says, so that no endpoint can forget it.

    A view whose changes need ``If-Match`` says so with ``requires_match = True``.
    """

    def get_override_parameters(self) -> list[Any]:
        parameters: list[Any] = list(super().get_override_parameters())
        parameters += _LIMITS
        query_serializer = getattr(self.view, "query_serializer", None)
        if query_serializer and self.method == "GET":
            parameters.append(query_serializer)
        if self._needs_match():
            parameters.append(
                OpenApiParameter(
                    "If-Match",
                    str,
                    OpenApiParameter.HEADER,
                    required=True,
                    description="The ETag of the version that is being changed.",
                )
            )
        return parameters

    def _get_response_bodies(
        self, direction: Literal["request", "response"] = "response"
    ) -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        if direction != "response":
            return bodies
        for code in self._refusals():
            if code not in bodies:
                bodies[code] = self._get_response_for_code(
                    ProblemOut, code, media_types=[PROBLEM_JSON]
                )
        return bodies

    def _refusals(self) -> list[str]:
        codes = list(_ALWAYS)
        if self.method != "GET":
            codes += _ON_CHANGE
        if self._needs_match():
            codes += _ON_VERSIONED_CHANGE
        return codes

    def _needs_match(self) -> bool:
        return self.method != "GET" and getattr(self.view, "requires_match", False)
