"""The evidence bank, prior learning, and what was shown."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Role
from pathways.selectors.evidence import competencies_to_show
from tests.factories.clock import TODAY
from tests.factories.files import pdf
from tests.security.matrix.rules import OWN, Access, Place, Rule, about_person, ones_own
from tests.security.matrix.rules_accounts import days, page_of
from tests.security.matrix.ties import SEES_RECORD, Tie, covering


class _Upload(SimpleUploadedFile):
    """A file that can be sent more than once."""

    def read(self, *size: int) -> bytes:
        self.seek(0)
        return bytes(super().read(*size))


def _file(place: Place) -> dict[str, Any]:
    return {"title": "Rota review", "file": _Upload("review.pdf", pdf(), "application/pdf")}


_LINK = {"title": "Rota review", "url": "https://intranet.example/rota"}
_REFLECTION = {"title": "Rota review", "text": "I led it."}
_SELF = Access(frozenset({Tie.SELF}))
# It was shown with a claim that names nobody: the line manager, or who leads learning there.
_SHOWN = Access(frozenset({Tie.SELF, Tie.LINE_MANAGER}) | covering(Role.LEARNING_LEAD))


def _evidence(address: str, row: str = "evidence", **methods: Access) -> Rule:
    return Rule(address, methods, row, "person", attribute="public_id")


_READS = Access(SEES_RECORD | {Tie.DELEGATE})
# One's own word is one's own to end; what others said is theirs who manage, or lead learning.
_ENDS = Access(
    SEES_RECORD | {Tie.DELEGATE},
    may=frozenset({Tie.LINE_MANAGER}) | covering(Role.LEARNING_LEAD),
    never=frozenset({Tie.SELF}),
    body=lambda place: {"reason": "Two years without a budget", **days(last_day=TODAY)},
)


def _competency(place: Place) -> Any:
    return place.house.rows["role"].requirements.order_by("pk")[0].competency_id


def _claim(place: Place) -> dict[str, Any]:
    offered = competencies_to_show(person=place.person, on=TODAY)
    return {
        "title": "Diploma in management",
        "statement": "I led a project of six people.",
        "to": "manager",
        **{f"level_{competency.pk}": "1" for competency in offered[:1]},
        **days(finished_on=TODAY),
    }


# A claim that names nobody is decided by the line manager, or by who leads learning; never by whom
# it is of.
_DECIDES = Access(
    SEES_RECORD,
    may=frozenset({Tie.LINE_MANAGER}) | covering(Role.LEARNING_LEAD),
    never=frozenset({Tie.SELF}),
    body=lambda place: {f"accept_{place.row('claimed_level').pk}": "2"},
)


def _sent(place: Place) -> dict[str, Any]:
    return {
        "levels": [
            {
                "key": "lms-1",
                "person_id": place.row("person").pk,
                "competency_id": _competency(place),
                "rank": 2,
                "attained_on": TODAY.isoformat(),
            }
        ]
    }


_LEVEL = frozenset(
    {"id", "person_id", "competency_id", "rank", "attained_on", "valid_to", "source"}
)
# What a program sent is ended by a program too.
_SENT_ENDS = Access(
    _ENDS.sees | {Tie.CLIENT},
    may=_ENDS.may | {Tie.CLIENT},
    never=_ENDS.never,
    scope="attainments:write",
    body=lambda place: {"reason": "Sent by mistake", "last_day": TODAY.isoformat()},
    fields=_LEVEL,
)
_OF_COMPETENCY = {"competency_pk": _competency}

RULES: list[Rule] = [
    ones_own("pathways:attainment_mine", get=OWN),
    about_person("pathways:attainment_history_mine", "own_competency", get=_SELF),
    about_person("pathways:attainment_list", "person", get=_READS),
    about_person("pathways:attainment_history", "person", further=_OF_COMPETENCY, get=_READS),
    about_person("pathways:attainment_close", "level", get=_ENDS, post=_ENDS),
    ones_own("pathways:evidence_list", get=OWN),
    ones_own("pathways:evidence_add_file", get=OWN, post=Access(body=_file)),
    ones_own("pathways:evidence_add_link", get=OWN, post=Access(body=lambda place: _LINK)),
    ones_own(
        "pathways:evidence_add_reflection",
        get=OWN,
        post=Access(body=lambda place: _REFLECTION),
    ),
    _evidence("pathways:evidence_show", get=_SHOWN),
    _evidence("pathways:evidence_download", get=_SHOWN),
    _evidence(
        "pathways:evidence_change",
        get=_SELF,
        post=Access(_SELF.sees, body=lambda place: {"title": "Review"}),
    ),
    _evidence("pathways:evidence_remove", "kept_evidence", get=_SELF, post=_SELF),
    # A program alone sends what another system knows, of people of its own organisation.
    Rule(
        "v1:attainment_list",
        {
            "get": Access(scope="attainments:read", fields=page_of(_LEVEL)),
            "post": Access(
                SEES_RECORD | {Tie.CLIENT, Tie.DELEGATE},
                may=frozenset({Tie.CLIENT}),
                unseen=400,
                scope="attainments:write",
                body=_sent,
                fields=frozenset({"recorded", "unchanged"}),
            ),
        },
        of="person",
    ),
    about_person("v1:attainment_close", "sent_level", post=_SENT_ENDS),
    ones_own("pathways:claim_list", get=OWN),
    ones_own(
        "pathways:claim_submit",
        get=OWN,
        # Who belongs to no organisation has nobody who could decide.
        post=Access(body=_claim, but={("gone", "ours"): 422}),
    ),
    about_person("pathways:claim_show", "claim", get=Access(SEES_RECORD)),
    about_person("pathways:claim_decide", "claim", get=_DECIDES, post=_DECIDES),
    about_person(
        "pathways:claim_withdraw", "claim", post=Access(SEES_RECORD, may=frozenset({Tie.SELF}))
    ),
]
