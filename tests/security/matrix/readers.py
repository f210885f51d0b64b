"""Who may be shown what, wherever it is shown: the law of every page, endpoint, list and file."""

from accounts.models import Role
from tests.canaries.tokens import Token
from tests.security.matrix.actors import Actor
from tests.security.matrix.ties import (
    MANAGES,
    SEES_RECORD,
    Tie,
    Ties,
    covering,
    finding,
    there,
    unmanaged,
)
from tests.security.matrix.town import Town

_SELF = frozenset({Tie.SELF})
_FINDS = finding(Role.TALENT_LEAD)
_RUNS = there(Role.LEARNING_LEAD, Role.PROGRAMME_LEAD)
# What an organisation keeps about who has left names them to those who keep it.
_KEEPS = there(Role.HR_ADMINISTRATOR, Role.ORGANISATION_ADMINISTRATOR, Role.AUDITOR)
_RECORD = SEES_RECORD | {Tie.CLIENT}

READERS: dict[str, Ties] = {
    # What an appraisal says, and what was agreed in it: the two parties.
    "draft": _SELF | {Tie.LINE_MANAGER},
    "goal": _SELF | {Tie.LINE_MANAGER},
    # Why somebody asks for a place: who decides about it.
    "reason": _SELF | {Tie.LINE_MANAGER, Tie.DELEGATE} | unmanaged(Role.LEARNING_LEAD),
    # Why somebody was refused and what they say to it: who answers the contest, not who refused.
    "contested": _SELF | {Tie.SECOND_LINE} | covering(Role.LEARNING_LEAD),
    # Why the service took protected time back: who answers for it, and to whom they answer.
    "pressure": _SELF
    | {Tie.LINE_MANAGER, Tie.SECOND_LINE, Tie.DELEGATE}
    | covering(Role.LEARNING_LEAD),
    # What somebody says to whom they ask to confirm a level.
    "asked": _SELF | {Tie.LINE_MANAGER, Tie.ASSESSOR},
    # What is shown with such a request: they, and that it was shown the organisation's programs.
    "shown": _SELF | {Tie.LINE_MANAGER, Tie.ASSESSOR, Tie.CLIENT},
    "nominated": _SELF | {Tie.NOMINATOR, Tie.PANEL} | _FINDS,
    "ready": _SELF | _FINDS,
    # What was shown with a claim: who decides it. What was shown to nobody is its owner's alone.
    "evidence": _SELF | {Tie.LINE_MANAGER, Tie.CLIENT} | covering(Role.LEARNING_LEAD),
    "kept": _SELF,
    "claim": _RECORD,
    "award": _RECORD,
    "plan": _RECORD,
    "action": _RECORD,
    "email": _RECORD | _FINDS | {Tie.DELEGATE},
    # Why a record was opened past a denial: the person, and who reviews it.
    "why": _SELF | there(Role.AUDITOR),
    "notice": _SELF,
    "job": _SELF,
    "file": _SELF,
    "name": _KEEPS
    | _RECORD
    | _FINDS
    | _RUNS
    | MANAGES
    | {Tie.NOMINATOR, Tie.REPORT, Tie.DELEGATE, Tie.PANEL, Tie.CHOOSES, Tie.ASSESSOR},
}


def may_read(found: Token, actor: Actor, town: Town) -> bool:
    """Whether ``actor`` may be shown a value. Who manages somebody is named wherever they are."""
    if actor.is_half_way:
        # Who has given the password is named on the page that asks for the second step.
        return (found.kind, found.owner) == ("name", "actor")
    if not actor.is_known or found.kind not in READERS:
        return False
    target = town.targets.get(found.owner) or town.bystanders[found.owner]
    if target.name in town.bystanders and found.kind == "name":
        return True
    return bool(READERS[found.kind] & actor.ties_to(target))
