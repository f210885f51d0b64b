from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Event
from accounts.scope import opened
from common.errors import Conflict, Forbidden, Stale
from jobs.models import OutboxMessage
from jobs.services.outbox import deliver_message
from notifications.models import Notice
from notifications.registry import WORDINGS
from pathways.models import FrameworkVersion, Review
from pathways.services.items import DomainText, write_domain
from pathways.services.publishing import publish_edition, retire_edition
from pathways.services.reviewing import answer_review, ask_for_review, take_back
from tests.factories.accounts import OrganisationFactory, PersonFactory, employ, grant, place_below
from tests.factories.authoring import (
    CollaboratorFactory,
    ReviewFactory,
    author_at,
    reviewer_at,
    written,
)
from tests.factories.clock import NOW, TODAY
from tests.factories.pathways import (
    AspirationFactory,
    FrameworkVersionFactory,
    RoleProfileFactory,
    domain_with,
    follow,
)

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


def ask(draft, author, *reviewers):
    draft.refresh_from_db()
    return ask_for_review(
        version=draft,
        reviewers=reviewers,
        message="The second one",
        revision=draft.revision,
        by=author,
        now=NOW,
    )


def sign_off(draft, author, reviewer):
    (review,) = ask(draft, author, reviewer)
    return answer_review(review=review, step="sign_off", statement="Read.", by=reviewer, now=NOW)


def publish(draft, author, **changes):
    draft.refresh_from_db()
    given = {"valid_from": BEGINS, "ends_before": True, "revision": draft.revision, **changes}
    return publish_edition(version=draft, by=author, now=NOW, **given)


def refusal_of(deed):
    with pytest.raises((Conflict, Forbidden)) as refusal:
        deed()
    return refusal.value.code


# --- Reviews


def test_a_reviewer_is_asked_told_and_signs_off(draft, author, reviewer):
    (review,) = ask(draft, author, reviewer)
    draft.refresh_from_db()
    assert draft.state == "IN_REVIEW"

    answer_review(review=review, step="sign_off", statement="Read.", by=reviewer, now=NOW)

    review.refresh_from_db()
    assert (review.outcome, review.statement, review.decided_at) == ("SIGNED_OFF", "Read.", NOW)
    assert Notice.objects.get(recipient=reviewer).rule == "pathways.review_asked"
    assert Notice.objects.get(recipient=author).rule == "pathways.review_answered"
    event = Event.objects.get(verb="sign_off_framework")
    assert (event.by_person, event.facts["revision"]) == (reviewer, draft.revision)


def test_changes_asked_for_bring_the_draft_back_and_withdraw_other_requests(
    draft, author, reviewer, trust
):
    second = reviewer_at(trust)
    first_review, second_review = ask(draft, author, reviewer, second)

    answer_review(
        review=first_review, step="ask_for_changes", statement="Split it.", by=reviewer, now=NOW
    )

    draft.refresh_from_db()
    second_review.refresh_from_db()
    assert (draft.state, second_review.outcome) == ("DRAFT", "WITHDRAWN")
    rules = Notice.objects.filter(recipient=second).order_by("pk").values_list("rule", flat=True)
    assert list(rules) == ["pathways.review_asked", "pathways.review_withdrawn"]


def test_nobody_else_answers_and_nobody_answers_themselves(draft, author, reviewer, trust):
    (review,) = ask(draft, author, reviewer)
    own = ReviewFactory(
        version=draft, reviewer=reviewer, asked_by=reviewer, outcome="SIGNED_OFF", decided_at=NOW
    )
    gone = CollaboratorFactory(framework=draft.framework, part="REVIEWER")
    left = ReviewFactory(version=draft, reviewer=gone.person)
    gone.delete()

    for row, by in (
        (review, author),
        (review, reviewer_at(trust)),
        (own, reviewer),
        (left, left.reviewer),
    ):
        with pytest.raises(Forbidden):
            answer_review(review=row, step="sign_off", statement="", by=by, now=NOW)


def test_an_answer_is_given_once_and_changes_need_words(draft, author, reviewer):
    (review,) = ask(draft, author, reviewer)

    def answer(step, statement=""):
        return answer_review(review=review, step=step, statement=statement, by=reviewer, now=NOW)

    assert refusal_of(lambda: answer("ask_for_changes")) == "statement_missing"
    answer("sign_off")
    assert refusal_of(lambda: answer("sign_off")) == "stale_state"


def test_only_other_reviewers_are_asked_about_a_draft_that_says_something(
    draft, author, reviewer, trust
):
    both = grant(author_at(trust), "REVIEWER", trust)

    assert refusal_of(lambda: ask(draft, author)) == "not_a_reviewer"
    assert refusal_of(lambda: ask(draft, author, PersonFactory())) == "not_a_reviewer"
    assert refusal_of(lambda: ask(draft, both, both)) == "not_a_reviewer"
    assert refusal_of(lambda: ask(written(framework__owner=trust), author, reviewer)) == (
        "nothing_to_review"
    )


def test_a_reviewer_of_the_board_above_can_be_asked_from_the_page(client, draft, author, trust):
    board = OrganisationFactory(kind="ICB")
    place_below(trust, board)
    above = grant(PersonFactory(family_name="Above"), "REVIEWER", board)
    grant(PersonFactory(family_name="Elsewhere"), "REVIEWER", OrganisationFactory())
    client.force_login(author)

    page = words_of(client.get(at("review_ask", draft)))
    response = client.post(at("review_ask", draft), {"revision": "0", "reviewers": [above.pk]})

    assert "Above" in page
    assert "Elsewhere" not in page
    assert response.status_code == 302
    assert Review.objects.get().reviewer == above


def test_a_draft_taken_back_withdraws_what_waits_and_keeps_what_was_signed(
    draft, author, reviewer, trust
):
    signed = sign_off(draft, author, reviewer)
    take_back(version=draft, by=author, now=NOW)
    (waiting,) = ask(draft, author, reviewer_at(trust))

    take_back(version=draft, by=author, now=NOW)

    waiting.refresh_from_db()
    signed.refresh_from_db()
    assert (waiting.outcome, signed.outcome) == ("WITHDRAWN", "SIGNED_OFF")
    assert refusal_of(lambda: take_back(version=draft, by=author, now=NOW)) == "stale_state"
    with pytest.raises(Forbidden):
        take_back(version=draft, by=reviewer, now=NOW)


# --- Publishing


def test_an_edition_is_published_frozen_and_ends_the_one_before(draft, author, reviewer):
    before = FrameworkVersionFactory(framework=draft.framework, label="2026")
    sign_off(draft, author, reviewer)

    publish(draft, author)

    draft.refresh_from_db()
    before.refresh_from_db()
    assert (draft.state, draft.valid_from, draft.frozen_at) == ("PUBLISHED", BEGINS, NOW)
    assert before.valid_to == BEGINS - timedelta(days=1)
    assert Event.objects.get(verb="publish_framework").facts["ended"] == [before.pk]


def test_two_editions_are_in_use_when_the_author_wants_both(draft, author, reviewer):
    before = FrameworkVersionFactory(framework=draft.framework, label="2026")
    sign_off(draft, author, reviewer)

    publish(draft, author, ends_before=False)

    before.refresh_from_db()
    assert before.valid_to is None


def test_publishing_waits_for_a_sign_off_of_the_present_state(draft, author, reviewer, trust):
    assert refusal_of(lambda: publish(draft, author)) == "not_signed_off"
    sign_off(draft, author, reviewer)
    take_back(version=draft, by=author, now=NOW)
    (_waiting,) = ask(draft, author, reviewer_at(trust))
    assert refusal_of(lambda: publish(draft, author)) == "review_waits"
    take_back(version=draft, by=author, now=NOW)
    text = DomainText("B", "More")
    write_domain(version=draft, domain=None, text=text, revision=0, by=author, now=NOW)
    assert refusal_of(lambda: publish(draft, author)) == "not_signed_off"

    draft.refresh_from_db()
    assert (draft.state, draft.frozen_at) == ("DRAFT", None)


def test_publishing_waits_until_what_was_there_before_is_accounted_for(author, reviewer, trust):
    before = FrameworkVersionFactory(framework__owner=trust, label="2026")
    lost = domain_with(before, "Plans").competencies.get()
    draft = written(1, framework=before.framework, based_on=before)
    sign_off(draft, author, reviewer)

    with pytest.raises(Conflict) as refusal:
        publish(draft, author)

    assert refusal.value.code == "unaccounted"
    assert lost.code in refusal.value.message


def test_an_author_publishes_what_they_saw_once_and_nobody_else_does(draft, author, reviewer):
    sign_off(draft, author, reviewer)

    with pytest.raises(Forbidden):
        publish(draft, reviewer)
    with pytest.raises(Stale):
        publish(draft, author, revision=7)
    publish(draft, author)
    assert refusal_of(lambda: publish(draft, author)) == "stale_state"


def test_an_edition_does_not_end_before_it_began(draft, author, reviewer):
    before = FrameworkVersionFactory(framework=draft.framework, label="2026", valid_from=BEGINS)
    sign_off(draft, author, reviewer)

    code = refusal_of(lambda: publish(draft, author, valid_from=BEGINS))

    before.refresh_from_db()
    assert (code, before.valid_to) == ("begins_before_earlier", None)


def test_those_measured_by_the_edition_before_are_told_once(draft, author, reviewer, trust):
    before = FrameworkVersionFactory(framework=draft.framework, label="2026")
    role = RoleProfileFactory(version=before, owner=trust)
    holder, aspiring, both = (employ(organisation=trust) for _n in range(3))
    for person in (holder, both):
        follow(person, role)
    for person in (aspiring, both):
        AspirationFactory(person=person, role_profile=role)
    elsewhere = follow(employ(organisation=trust), RoleProfileFactory())
    AspirationFactory(
        person=elsewhere, role_profile=role, starts_on=date(2025, 1, 1), ends_on=date(2025, 6, 1)
    )
    sign_off(draft, author, reviewer)
    publish(draft, author)
    message = OutboxMessage.objects.get(kind="pathways.tell_of_edition")

    for _time in range(2):
        OutboxMessage.objects.filter(pk=message.pk).update(
            state="WAITING", due_at=NOW, ended_at=None
        )
        assert deliver_message(message_id=message.pk, now=NOW)

    told = Notice.objects.filter(rule="pathways.edition_published")
    assert {notice.recipient_id for notice in told} == {holder.pk, aspiring.pk, both.pk}
    assert told.count() == 3
    sentence = WORDINGS["pathways.edition_published"](told[0].facts)
    assert "2027, in use from 1 April 2027" in sentence


def test_a_first_edition_tells_nobody(draft, author, reviewer):
    sign_off(draft, author, reviewer)

    publish(draft, author)

    assert not OutboxMessage.objects.filter(kind="pathways.tell_of_edition").exists()


# --- Retiring


def test_an_edition_is_retired_with_a_reason_that_those_measured_by_it_read(author, trust):
    version = FrameworkVersionFactory(framework__owner=trust, label="2026")
    newer = FrameworkVersionFactory(framework=version.framework, label="2027")
    role = RoleProfileFactory(version=version, owner=trust, title="Ward manager")
    holder = follow(employ(organisation=trust), role)

    def retire(replacement, reason="A law changed"):
        return retire_edition(
            version=version, reason=reason, replacement=replacement, by=author, now=NOW
        )

    assert refusal_of(lambda: retire(newer, reason="")) == "reason_missing"
    assert refusal_of(lambda: retire(None)) == "replacement_missing"
    assert refusal_of(lambda: retire(version)) == "not_a_replacement"
    assert refusal_of(lambda: retire(FrameworkVersionFactory())) == "not_a_replacement"
    retire(newer)

    version.refresh_from_db()
    assert (version.state, version.retired_at, version.valid_to) == ("RETIRED", NOW, TODAY)
    message = OutboxMessage.objects.get(kind="pathways.tell_of_edition")
    assert deliver_message(message_id=message.pk, now=NOW)
    notice = Notice.objects.get(recipient=holder)
    assert notice.url == reverse("pathways:framework_show", args=[newer.pk])
    assert "A law changed." in WORDINGS[notice.rule](notice.facts)


def test_roles_of_other_trusts_count_and_are_not_named(client, author, trust):
    version = FrameworkVersionFactory(framework__owner=trust, label="2026")
    theirs = RoleProfileFactory(version=version, owner=OrganisationFactory(), title="Theirs")
    RoleProfileFactory(version=version, owner=trust, title="A family", is_family=True)

    def retire():
        with opened(author, on=TODAY), pytest.raises(Conflict) as refusal:
            retire_edition(version=version, reason="Old", replacement=None, by=author, now=NOW)
        assert refusal.value.code == "replacement_missing"
        return refusal.value.message

    assert retire().startswith("Role profiles ask for its levels. Select")
    RoleProfileFactory(version=version, owner=trust, title="Ours")
    assert retire().startswith("Role profiles ask for its levels: Ours. Select")
    client.force_login(author)
    page = words_of(client.get(at("framework_retire", version)))
    assert "Role profiles ask for its levels, so say" in page
    assert ("Ours" in page, "A family" in page, theirs.title in page) == (True, False, False)


def test_only_an_author_retires_what_is_in_use(draft, author, reviewer, trust):
    version = FrameworkVersionFactory(framework__owner=trust)

    def retire(row, by):
        return retire_edition(version=row, reason="Old", replacement=None, by=by, now=NOW)

    with pytest.raises(Forbidden):
        retire(version, reviewer)
    assert refusal_of(lambda: retire(draft, author)) == "stale_state"
    assert retire(version, author).state == "RETIRED"


# --- Comments


def test_the_whole_way_from_review_to_retirement_on_the_pages(client, draft, author, reviewer):
    client.force_login(author)
    assert "No reviewer has signed it off." in words_of(client.get(at("framework_publish", draft)))
    client.post(at("review_ask", draft), {"revision": "0", "reviewers": [reviewer.pk]})
    client.force_login(reviewer)
    review = Review.objects.get()
    assert "Review How we lead here" in words_of(client.get(reverse("notifications:home")))
    wordless = client.post(at("review_show", review), {"step": "ask_for_changes"})
    client.post(at("review_show", review), {"step": "sign_off", "statement": "Read."})
    client.force_login(author)
    assert "It can be published." in words_of(client.get(at("review_list", draft)))
    day = {"valid_from_day": "1", "valid_from_month": "4", "valid_from_year": "2027"}
    client.post(at("framework_publish", draft), {"revision": "0", **day})
    draft.refresh_from_db()
    assert client.get(at("framework_publish", draft)).status_code == 409
    client.post(at("framework_retire", draft), {"reason": "It was a trial"})

    assert wordless.status_code == 422
    assert draft.state == "PUBLISHED"
    assert FrameworkVersion.objects.get().state == "RETIRED"
    assert client.get(at("framework_retire", draft)).status_code == 409
