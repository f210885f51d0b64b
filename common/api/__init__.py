"""What every endpoint shares: strict JSON in, quick JSON out, one shape for every refusal.

``rest_framework.views`` reads these names through the settings while it is being imported, so
nothing here may import it; endpoints start from ``common.api.views.ApiView``.
"""

from common.api.pagination import KeysetPagination
from common.api.parsing import ProblemSafeJSONParser
from common.api.problems import PreconditionFailed, PreconditionRequired, problem_response
from common.api.rendering import OrjsonRenderer
from common.api.serializers import DayIn, InSerializer, LineIn, NothingIn, TextIn, YesNoIn

__all__ = [
    "DayIn",
    "InSerializer",
    "KeysetPagination",
    "LineIn",
    "NothingIn",
    "OrjsonRenderer",
    "PreconditionFailed",
    "PreconditionRequired",
    "ProblemSafeJSONParser",
    "TextIn",
    "YesNoIn",
    "problem_response",
]
