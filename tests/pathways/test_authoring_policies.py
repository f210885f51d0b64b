import pytest

from accounts.selectors.relations import Relation
from pathways.policies.authoring import (
    may_answer_review,
    may_discuss_framework,
    may_invite_collaborator,
    may_start_framework,
    may_write_framework,
)
from pathways.policies.scales import may_make_scale

AUTHOR, REVIEWER, NOBODY = frozenset({"AUTHOR"}), frozenset({"REVIEWER"}), frozenset()


STARTS = {Relation.FRAMEWORK_AUTHOR, Relation.API_CLIENT}


@pytest.mark.parametrize("relation", Relation)
def test_framework_authors_and_the_organisation_s_programs_start_frameworks(relation):
    assert may_start_framework(frozenset({relation})) is (relation in STARTS)


@pytest.mark.parametrize(("parts", "allowed"), [(AUTHOR, True), (REVIEWER, False), (NOBODY, False)])
def test_only_authors_write(parts, allowed):
    assert may_write_framework(parts) is allowed


@pytest.mark.parametrize(("parts", "allowed"), [(AUTHOR, True), (REVIEWER, True), (NOBODY, False)])
def test_whoever_takes_part_discusses(parts, allowed):
    assert may_discuss_framework(parts) is allowed


@pytest.mark.parametrize("is_oneself", [True, False])
@pytest.mark.parametrize("parts", [AUTHOR, REVIEWER, NOBODY])
def test_authors_invite_others(parts, is_oneself):
    allowed = parts == AUTHOR and not is_oneself

    assert may_invite_collaborator(parts, is_oneself=is_oneself) is allowed


@pytest.mark.parametrize("parts", [AUTHOR, REVIEWER, AUTHOR | REVIEWER, NOBODY])
@pytest.mark.parametrize("is_asked", [True, False])
@pytest.mark.parametrize("has_asked", [True, False])
def test_a_review_is_answered_by_a_reviewer_who_was_asked_by_somebody_else(
    parts, is_asked, has_asked
):
    allowed = "REVIEWER" in parts and is_asked and not has_asked

    assert may_answer_review(parts, is_asked=is_asked, has_asked=has_asked) is allowed


@pytest.mark.parametrize("is_author", [True, False])
def test_authors_make_scales(is_author):
    assert may_make_scale(is_author=is_author) is is_author
