"""Comments, reviews, publication and retirement by a program of the organisation."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.models import Event
from notifications.models import Notice
from pathways.models import Comment, FrameworkVersion, Review
from pathways.services.commenting import reply_to
from pathways.services.reviewing import SIGN_OFF, answer_review
from tests.api_client import hr_system
from tests.factories.accounts import OrganisationFactory
from tests.factories.authoring import (
    CommentFactory,
    DraftFactory,
    ReviewFactory,
    author_at,
    reviewer_at,
    written,
)
from tests.factories.clock import NOW
from tests.factories.pathways import RoleProfileFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def trust():
    return OrganisationFactory()


@pytest.fixture
def system(trust):
    return hr_system(trust)


@pytest.fixture
def draft(trust):
    return written(2, framework__owner=trust)


def at(name, row):
    return reverse(f"v1:{name}", args=[row.pk])


def problem(answer):
    return answer.status_code, answer.json()["code"]


def sign_off(version, reviewer):
    return answer_review(
        review=Review.objects.get(version=version, reviewer=reviewer, outcome="ASKED"),
        step=SIGN_OFF,
        statement="All of it.",
        by=reviewer,
        now=NOW,
    )


def test_a_comment_names_the_program_and_its_answers(draft, system, trust):
    author = author_at(trust)
    competency = draft.domains.get().competencies.order_by("position")[0]

    answer = system.post(
        at("framework_comments", draft), {"text": "Two  things?", "competency_id": competency.pk}
    )
    comment = Comment.objects.get()
    reply_to(comment=comment, text="One.", by=author, now=NOW)
    shown = system.get(answer["Location"]).json()

    assert (answer.status_code, comment.author, comment.author_client) == (
        201,
        None,
        system.api_client,
    )
    assert (shown["written_by"], shown["competency"], shown["domain"]) == (
        "HR system",
        competency.pk,
        None,
    )
    assert [(reply["written_by"], reply["text"]) for reply in shown["replies"]] == [
        (author.full_name, "One.")
    ]
    assert Notice.objects.count() == 0


def test_whoever_is_answered_by_a_program_is_told(draft, system, trust):
    author = author_at(trust)
    comment = CommentFactory(version=draft, author=author)

    answer = system.post(at("framework_comment_reply", comment), {"text": "It is one."})

    assert answer.status_code == 201
    notice = Notice.objects.get()
    assert (notice.recipient, notice.rule, notice.facts["person"]) == (
        author,
        "pathways.comment_answered",
        "HR system",
    )


def test_a_comment_is_dealt_with_once(draft, system):
    comment = CommentFactory(version=draft)

    first = system.post(at("framework_comment_settle", comment), {}).json()
    second = system.post(at("framework_comment_settle", comment), {}).json()

    assert first["settled_by"] == "HR system"
    assert second == first
    event = Event.objects.get(verb="settle_comment")
    assert event.by_client == system.api_client
    waiting = system.get(at("framework_comments", draft), {"state": "OPEN"}).json()
    settled = system.get(at("framework_comments", draft), {"state": "SETTLED"}).json()
    assert (waiting["results"], [row["id"] for row in settled["results"]]) == ([], [comment.pk])


@pytest.mark.parametrize("field", ["domain_id", "competency_id"])
def test_a_comment_is_about_a_part_of_the_edition(draft, system, trust, field):
    elsewhere = written(1, framework__owner=trust)
    domain = elsewhere.domains.get()
    pk = domain.pk if field == "domain_id" else domain.competencies.get().pk

    answer = system.post(at("framework_comments", draft), {"text": "Here?", field: pk})

    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert Comment.objects.count() == 0


def test_comments_of_others_are_not_there(system):
    comment = CommentFactory(version=DraftFactory())

    answers = [
        system.get(at("framework_comments", comment.version)),
        system.get(at("framework_comment_show", comment)),
        system.post(at("framework_comment_reply", comment), {"text": "Here."}),
        system.post(at("framework_comment_settle", comment), {}),
    ]

    assert {answer.status_code for answer in answers} == {404}


def test_reviewers_are_asked_and_nothing_changes_until_it_is_taken_back(draft, system, trust):
    reviewer, _other = reviewer_at(trust), reviewer_at(OrganisationFactory())
    able = system.get(at("framework_reviewers", draft)).json()["results"]

    answer = system.post(
        at("framework_reviews", draft),
        {"revision": 0, "reviewer_ids": [reviewer.pk], "message": "All of it."},
    )

    assert able == [{"id": reviewer.pk, "name": reviewer.full_name}]
    told = answer.json()["reviews"]
    assert [(row["reviewer"]["id"], row["asked_by"], row["outcome"]) for row in told] == [
        (reviewer.pk, "HR system", "ASKED")
    ]
    assert Review.objects.get().asked_by_client == system.api_client
    assert Notice.objects.get().recipient == reviewer
    closed = system.patch(at("authoring_show", draft), {"revision": 0, "edition": "2029"})
    assert problem(closed) == (409, "draft_closed")

    back = system.post(at("framework_take_back", draft), {}).json()

    assert back["state"] == "DRAFT"
    assert Review.objects.get().outcome == "WITHDRAWN"
    assert problem(system.post(at("framework_take_back", draft), {})) == (409, "stale_state")


def test_only_reviewers_of_the_framework_can_be_asked(draft, system):
    stranger = reviewer_at(OrganisationFactory())

    answer = system.post(
        at("framework_reviews", draft), {"revision": 0, "reviewer_ids": [stranger.pk]}
    )

    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == ["reviewer_ids"]


def test_nothing_is_published_that_no_person_signed_off(draft, system, trust):
    sent = {"revision": 0, "valid_from": "2027-04-01"}
    unsigned = system.post(at("framework_publish", draft), sent)
    reviewer = reviewer_at(trust)
    system.post(at("framework_reviews", draft), {"revision": 0, "reviewer_ids": [reviewer.pk]})
    waiting = system.post(at("framework_publish", draft), sent)
    sign_off(draft, reviewer)

    stale = system.post(at("framework_publish", draft), {**sent, "revision": 3})
    answer = system.post(at("framework_publish", draft), sent)
    again = system.post(at("framework_publish", draft), sent)

    assert problem(unsigned) == (409, "not_signed_off")
    assert problem(waiting) == (409, "review_waits")
    assert problem(stale) == (409, "draft_moved_on")
    assert (answer.status_code, answer.json()["state"]) == (200, "PUBLISHED")
    assert problem(again) == (409, "stale_state")
    event = Event.objects.get(verb="publish_framework")
    assert (event.by_client, event.rule) == (system.api_client, "may_write_framework")
    listed = system.get(at("framework_reviews", draft)).json()["results"]
    assert [(row["outcome"], row["counts"]) for row in listed] == [("SIGNED_OFF", True)]


def test_there_is_no_address_at_which_a_program_signs_off(draft, system, trust):
    review = ReviewFactory(version=draft, reviewer=reviewer_at(trust))

    answer = system.post(
        reverse("pathways:review_show", args=[review.pk]), {"step": SIGN_OFF, "statement": ""}
    )

    assert answer.status_code in {302, 403}
    review.refresh_from_db()
    assert review.outcome == "ASKED"


def test_publishing_ends_the_edition_before(trust, system):
    first = DraftFactory(
        framework__owner=trust, state="PUBLISHED", label="2026", valid_from=date(2026, 4, 1)
    )
    draft = written(1, framework=first.framework, state="IN_REVIEW")
    ReviewFactory(version=draft, outcome="SIGNED_OFF", decided_at=NOW)

    early = system.post(at("framework_publish", draft), {"revision": 0, "valid_from": "2026-04-01"})
    answer = system.post(
        at("framework_publish", draft), {"revision": 0, "valid_from": "2027-04-01"}
    )

    assert problem(early) == (409, "begins_before_earlier")
    assert answer.status_code == 200
    first.refresh_from_db()
    assert first.valid_to == date(2027, 3, 31)


def test_an_edition_is_retired_with_a_reason_and_what_takes_its_place(trust, system):
    version = DraftFactory(framework__owner=trust, state="PUBLISHED")
    RoleProfileFactory(version=version, owner=trust)
    other = DraftFactory(framework=version.framework, state="PUBLISHED", label="2028")
    address = at("framework_retire", version)

    unsaid = system.post(address, {"reason": " "})
    missing = system.post(address, {"reason": "It is old."})
    wrong = system.post(address, {"reason": "It is old.", "replacement_id": version.pk})
    answer = system.post(address, {"reason": "It is old.", "replacement_id": other.pk})

    assert [error["field"] for error in unsaid.json()["errors"]] == ["reason"]
    assert problem(missing) == (409, "replacement_missing")
    assert [error["field"] for error in wrong.json()["errors"]] == ["replacement_id"]
    assert (answer.status_code, answer.json()["state"]) == (200, "RETIRED")
    version.refresh_from_db()
    assert version.retire_reason == "It is old."
    assert problem(system.post(address, {"reason": "Again."})) == (409, "stale_state")


def test_editions_of_others_are_neither_reviewed_published_nor_retired(system):
    for owner in (OrganisationFactory(), None):
        draft = written(1, framework__owner=owner)
        sent = {
            "framework_reviews": {"revision": 0, "reviewer_ids": [1]},
            "framework_take_back": {},
            "framework_publish": {"revision": 0, "valid_from": "2027-04-01"},
            "framework_retire": {"reason": "It is old."},
        }

        answers = [system.post(at(name, draft), body) for name, body in sent.items()]
        answers += [system.get(at(f"framework_{name}", draft)) for name in ("reviews", "reviewers")]

        assert {answer.status_code for answer in answers} == {404}
        assert FrameworkVersion.objects.get(pk=draft.pk).state == "DRAFT"


@pytest.mark.parametrize("rows", [1, 3])
def test_lists_take_as_many_statements_at_any_length(
    draft, system, trust, rows, django_assert_num_queries
):
    for _ in range(rows):
        comment = CommentFactory(version=draft)
        CommentFactory(version=draft, reply_to=comment)
        ReviewFactory(version=draft, reviewer=reviewer_at(trust))
    CommentFactory(version=DraftFactory())
    ReviewFactory(version=DraftFactory())

    with django_assert_num_queries(14):
        comments = system.get(at("framework_comments", draft))
    with django_assert_num_queries(13):
        reviews = system.get(at("framework_reviews", draft))
    with django_assert_num_queries(18):
        reviewers = system.get(at("framework_reviewers", draft))

    for listed in (comments, reviews, reviewers):
        assert len(listed.json()["results"]) == rows
