from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Event
from accounts.models.dated import Days
from common.errors import Conflict, Forbidden
from notifications.models import Notice
from pathways.models import Collaborator, Comment
from pathways.services.collaborating import end_collaboration, invite_collaborator
from pathways.services.commenting import comment_on, reply_to, settle
from tests.factories.accounts import OrganisationFactory, PersonFactory
from tests.factories.authoring import (
    CollaboratorFactory,
    CommentFactory,
    author_at,
    reviewer_at,
    written,
)
from tests.factories.clock import NOW, TODAY

pytestmark = pytest.mark.django_db
BEGINS = date(2027, 4, 1)


@pytest.fixture(autouse=True)
def at_the_moment_of_the_tests(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def trust():
    return OrganisationFactory()


@pytest.fixture
def draft(trust):
    return written(2, framework__owner=trust, framework__title="How we lead here")


@pytest.fixture
def author(trust):
    return author_at(trust)


@pytest.fixture
def reviewer(trust):
    return reviewer_at(trust)


def at(name, row):
    return reverse(f"pathways:{name}", args=[row.pk])


def words_of(response):
    return " ".join(response.content.decode().split())


def refusal_of(deed):
    with pytest.raises((Conflict, Forbidden)) as refusal:
        deed()
    return refusal.value.code


def test_a_comment_is_answered_and_dealt_with(draft, author, reviewer):
    domain = draft.domains.get()
    comment = comment_on(version=draft, about=domain, text="Too long", by=reviewer, now=NOW)

    reply = reply_to(comment=comment, text="Shortened", by=author, now=NOW)
    nested = reply_to(comment=reply, text="Thank you", by=reviewer, now=NOW)
    settle(comment=comment, by=author, now=NOW)
    settle(comment=comment, by=reviewer, now=NOW)

    comment.refresh_from_db()
    assert (nested.reply_to, nested.domain) == (comment, domain)
    assert (comment.resolved_at, comment.resolved_by) == (NOW, author)
    assert Notice.objects.get(recipient=reviewer).rule == "pathways.comment_answered"
    assert not Notice.objects.filter(recipient=author).exists()
    assert Event.objects.filter(verb="settle_comment").count() == 1


def test_others_do_not_comment_nor_about_other_editions(draft, author, trust):
    other = written(1, framework__owner=trust).domains.get()

    for by in (PersonFactory(), author_at(OrganisationFactory())):
        with pytest.raises(Forbidden):
            comment_on(version=draft, about=None, text="Hello", by=by, now=NOW)
    code = refusal_of(
        lambda: comment_on(version=draft, about=other, text="Hello", by=author, now=NOW)
    )
    assert code == "not_of_this_edition"
    assert not Comment.objects.exists()


@pytest.mark.parametrize("rows", [1, 3])
def test_comments_are_listed_with_answers_at_constant_cost(
    client, draft, author, trust, django_assert_num_queries, rows
):
    for _row in range(rows):
        first = CommentFactory(version=draft, domain=draft.domains.get())
        CommentFactory(version=draft, domain=draft.domains.get(), reply_to=first)
    CommentFactory(version=written(1, framework__owner=trust), text="Somewhere else")
    client.force_login(author)

    with django_assert_num_queries(12):
        response = client.get(at("comment_list", draft))

    page = words_of(response)
    assert page.count("data-comment") == rows
    assert page.count("Is this one thing or two?") >= rows * 2
    assert "Somewhere else" not in page


def test_comments_are_written_on_the_page_of_a_part(client, draft, reviewer):
    client.force_login(reviewer)
    competency = draft.domains.get().competencies.get(code="A.1")
    url = f"{at('comment_list', draft)}?competency={competency.pk}"

    empty = client.post(url, {"text": " "})
    client.post(url, {"text": "Two things?"})
    comment = Comment.objects.get()
    client.post(at("comment_reply", comment), {"text": "One."})
    client.post(at("comment_settle", comment))

    assert (empty.status_code, "Enter a comment" in words_of(empty)) == (422, True)
    page = words_of(client.get(url))
    assert "Two things?" in page
    assert "One." in page
    assert "Dealt with" in page
    assert client.get(f"{at('comment_list', draft)}?competency=9999999").status_code == 404


# --- Collaborators


def test_somebody_of_another_trust_is_invited_by_email_and_told(client, draft, author):
    guest = PersonFactory(email="guest@elsewhere.example")
    client.force_login(author)
    day = {"starts_on_day": "20", "starts_on_month": "11", "starts_on_year": "2026"}
    sent = {"email": "GUEST@elsewhere.example", "part": "REVIEWER", **day}

    response = client.post(at("people_list", draft), sent)
    again = client.post(at("people_list", draft), sent)
    unknown = client.post(at("people_list", draft), sent | {"email": "who@elsewhere.example"})

    assert response.status_code == 302
    row = Collaborator.objects.get()
    assert (row.person, row.part, row.invited_by, row.organisation_id) == (
        guest,
        "REVIEWER",
        author,
        draft.framework.owner_id,
    )
    assert "takes part in this way already" in words_of(again)
    assert "Enter the address of somebody who is known here" in words_of(unknown)
    assert Notice.objects.get(recipient=guest).rule == "pathways.collaboration_began"
    client.force_login(guest)
    assert client.get(at("authoring_show", draft)).status_code == 200
    assert client.post(at("people_list", draft), sent).status_code == 403


def test_ending_it_takes_the_draft_away_at_once(client, draft, author):
    row = CollaboratorFactory(framework=draft.framework, starts_on=TODAY - timedelta(days=3))
    client.force_login(author)

    client.post(at("people_end", row))

    assert client.get(at("people_end", row)).status_code == 404
    client.force_login(row.person)
    assert client.get(at("authoring_show", draft)).status_code == 404
    assert Notice.objects.get(recipient=row.person).rule == "pathways.collaboration_ended"
    assert refusal_of(lambda: end_collaboration(collaborator=row, by=author, now=NOW)) == "is_over"


@pytest.mark.parametrize("began", [3, 0])
def test_the_days_that_it_held_are_recorded_when_it_ends(draft, author, began):
    starts_on = TODAY - timedelta(days=began)
    planned = TODAY + timedelta(days=30)
    row = CollaboratorFactory(framework=draft.framework, starts_on=starts_on, ends_on=planned)

    end_collaboration(collaborator=row, by=author, now=NOW)

    event = Event.objects.get(verb="end_collaboration")
    yesterday = (TODAY - timedelta(days=1)).isoformat()
    assert (event.about_id, event.facts["from"]) == (row.pk, starts_on.isoformat())
    assert event.facts.get("to") == (yesterday if began else None)


@pytest.mark.parametrize("days", [Days(TODAY - timedelta(days=1)), Days(TODAY, date(2026, 1, 1))])
def test_days_of_taking_part_are_in_order(days, draft, author):
    code = refusal_of(
        lambda: invite_collaborator(
            framework=draft.framework,
            person=PersonFactory(),
            part="AUTHOR",
            days=days,
            by=author,
            now=NOW,
        )
    )

    assert code == "days_not_in_order"


def test_reviewers_invite_nobody_and_nobody_invites_themselves(draft, author, reviewer):
    for by, person in ((reviewer, PersonFactory()), (author, author)):
        with pytest.raises(Forbidden):
            invite_collaborator(
                framework=draft.framework,
                person=person,
                part="REVIEWER",
                days=Days(TODAY),
                by=by,
                now=NOW,
            )


# --- The pages
