"""Who may write, discuss, review and publish a framework. Pure: parts and relations in.

``parts`` are what somebody is to the framework on the day (``pathways.selectors.collaborators``):
author or reviewer, by a role where it belongs or by invitation.
"""

from accounts.selectors.relations import Relation
from pathways.models import Part


def may_start_framework(roles: frozenset[Relation]) -> bool:
    """Framework authors start frameworks for the organisations of their role, and a program for
    its own organisation."""
    return bool({Relation.FRAMEWORK_AUTHOR, Relation.API_CLIENT} & roles)


def may_write_framework(parts: frozenset[str]) -> bool:
    """Authors write, ask for reviews, publish and retire."""
    return Part.AUTHOR in parts


def may_discuss_framework(parts: frozenset[str]) -> bool:
    """Whoever writes or reviews it reads the draft and comments on it."""
    return bool(parts)


def may_invite_collaborator(parts: frozenset[str], *, is_oneself: bool) -> bool:
    """Authors say who else takes part. Nobody gives themselves a further part."""
    return Part.AUTHOR in parts and not is_oneself


def may_answer_review(parts: frozenset[str], *, is_asked: bool, has_asked: bool) -> bool:
    """Only the reviewer who was asked, who still is one, and who did not ask themselves."""
    return Part.REVIEWER in parts and is_asked and not has_asked
