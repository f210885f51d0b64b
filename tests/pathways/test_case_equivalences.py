"""A competency of another framework stands for one of an edition: said, taken back, no circle."""

import threading
from itertools import pairwise

import pytest
from django.db import connection, transaction
from django.urls import reverse

from accounts.models import Event
from accounts.scope import opened
from common.errors import Conflict, Forbidden
from pathways.models import Competency, Crosswalk, CrosswalkKind
from pathways.selectors.crosswalks import way_between
from pathways.services import crosswalks
from pathways.services.crosswalks import (
    confirm_what_stayed,
    say_it_stands_for,
    say_what_became_of,
)
from pathways.services.equivalences import take_back_equivalence
from pathways.services.lost_rules import put_rules_back, rules_into
from tests.factories.accounts import OrganisationFactory
from tests.factories.authoring import author_at, reviewer_at, written
from tests.factories.clock import NOW, TODAY
from tests.factories.editions import competency, next_edition, published_edition
from tests.factories.pathways import (
    CompetencyFactory,
    DomainFactory,
    FrameworkFactory,
    FrameworkVersionFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft():
    return written(2)


@pytest.fixture
def author(draft):
    return author_at(draft.framework.owner)


@pytest.fixture
def elsewhere():
    """A national framework, which everybody sees."""
    version = FrameworkVersionFactory(framework=FrameworkFactory(title="Their way"))
    return CompetencyFactory(domain__version=version, code="9.1")


def say(draft, before, author, code="A.1"):
    return say_it_stands_for(
        version=draft,
        before=Competency.objects.get(pk=before.pk),
        after=competency(draft, code),
        reason="The same words",
        by=author,
        now=NOW,
    )


def sent(other, **more):
    return {"edition": other.domain.version_id, "before": "9.1", "after": "A.1", **more}


def test_an_author_says_it_on_the_page_and_takes_it_back(client, draft, author, elsewhere):
    client.force_login(author)
    page = reverse("pathways:equivalence_list", args=[draft.pk])

    shown = client.post(page, sent(elsewhere, reason="Said so"), follow=True).content.decode()

    rule = Crosswalk.objects.get()
    assert (rule.kind, rule.after.code, rule.reason) == (CrosswalkKind.EQUIVALENT, "A.1", "Said so")
    assert shown.count("data-equivalence") == 1
    assert "Their way, 2026." in " ".join(shown.split())
    assert client.get(reverse("pathways:crosswalk_confirm", args=[rule.pk])).status_code == 200

    back = client.post(reverse("pathways:equivalence_remove", args=[rule.pk]), follow=True)
    assert "stands for anything here yet" in back.content.decode()
    assert not Crosswalk.objects.exists()
    assert Event.objects.filter(verb="take_back_equivalence").count() == 1


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"before": "0"}, "There is no competency 0 in 2026"),
        ({"after": "0"}, "There is no competency 0 in 2027"),
        ({"edition": ""}, "Select the edition of the other framework"),
        ({"edition": "999999"}, "Select an answer from the list"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(client, draft, author, elsewhere, more, sentence):
    client.force_login(author)

    answer = client.post(
        reverse("pathways:equivalence_list", args=[draft.pk]), sent(elsewhere, **more)
    )

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Crosswalk.objects.exists()


def test_the_same_twice_and_a_circle_are_refused_on_the_page(client, draft, author, elsewhere):
    say(draft, elsewhere, author)
    client.force_login(author)

    answer = client.post(reverse("pathways:equivalence_list", args=[draft.pk]), sent(elsewhere))

    assert answer.status_code == 422
    assert "There is a rule between these two already." in answer.content.decode()


def test_frameworks_that_one_does_not_see_cannot_be_named(client, draft, author):
    hidden = published_edition()
    client.force_login(author)

    answer = client.post(
        reverse("pathways:equivalence_list", args=[draft.pk]),
        {"edition": hidden.pk, "before": "1.1", "after": "A.1"},
    )

    assert answer.status_code == 422
    assert not Crosswalk.objects.exists()


def test_a_rule_that_carried_levels_stays(draft, author, elsewhere):
    rule = say(draft, elsewhere, author)
    Crosswalk.objects.update(confirmed_at=NOW, confirmed_by=author, carried_at=NOW)

    with pytest.raises(Conflict) as refusal:
        take_back_equivalence(rule=rule, by=author, now=NOW)

    assert refusal.value.code == "levels_carried_over"


def test_only_authors_take_back_and_only_once(draft, author, elsewhere):
    rule = say(draft, elsewhere, author)
    with pytest.raises(Forbidden):
        take_back_equivalence(rule=rule, by=reviewer_at(draft.framework.owner), now=NOW)

    key = rule.pk
    take_back_equivalence(rule=rule, by=author, now=NOW)

    rule.pk = key
    with pytest.raises(Conflict) as refusal:
        take_back_equivalence(rule=rule, by=author, now=NOW)
    assert refusal.value.code == "rule_gone"


def test_another_organisation_sees_none_of_it(client, draft, author, elsewhere):
    rule = say(draft, elsewhere, author)
    client.force_login(author_at(OrganisationFactory()))

    assert client.get(reverse("pathways:equivalence_list", args=[draft.pk])).status_code == 404
    assert client.post(reverse("pathways:equivalence_remove", args=[rule.pk])).status_code == 404
    assert Crosswalk.objects.filter(pk=rule.pk).exists()


@pytest.mark.parametrize("rows", [1, 3])
def test_rules_are_listed(client, draft, author, elsewhere, django_assert_num_queries, rows):
    version = elsewhere.domain.version
    others = [CompetencyFactory(domain__version=version) for _ in range(rows - 1)]
    for before in [elsewhere, *others]:
        say(draft, before, author)
    foreign = written(1)
    say(foreign, elsewhere, author_at(foreign.framework.owner))
    client.force_login(author)

    with django_assert_num_queries(14):
        page = client.get(reverse("pathways:equivalence_list", args=[draft.pk])).content.decode()

    assert page.count("data-equivalence") == rows


def both_halves_at_once():
    """Authors of two frameworks each say that the other's competency stands for their own."""
    drafts = [written(1), written(1)]
    authors = [author_at(draft.framework.owner) for draft in drafts]
    rows = [competency(draft, "A.1") for draft in drafts]
    ready, codes = threading.Barrier(2), []

    def say_one(here, there):
        try:
            ready.wait(timeout=10)
            say_it_stands_for(
                version=drafts[here],
                before=rows[there],
                after=rows[here],
                reason="",
                by=authors[here],
                now=NOW,
            )
        except Conflict as refusal:
            codes.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=say_one, args=ends) for ends in ((0, 1), (1, 0))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return codes, rows


@pytest.mark.django_db(transaction=True)
def test_two_halves_of_a_circle_at_once_are_one_rule_and_one_refusal():
    codes, _rows = both_halves_at_once()

    assert codes == ["crosswalk_cycle"]
    assert Crosswalk.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_queue_the_circle_would_close(monkeypatch):
    looked = threading.Barrier(2)

    def way_then_wait(**asked):
        found = way_between(**asked)
        looked.wait(timeout=10)
        return found

    monkeypatch.setattr(crosswalks, "queue_for_rules", lambda: None)
    monkeypatch.setattr(crosswalks, "way_between", way_then_wait)

    codes, rows = both_halves_at_once()

    assert codes == []
    assert way_between(start=rows[0].pk, ends=[rows[1].pk]) != []
    assert way_between(start=rows[1].pk, ends=[rows[0].pk]) != []


def leads(before, after):
    return Crosswalk.objects.create(
        before=before, after=after, kind=CrosswalkKind.EQUIVALENT, reason="The same"
    )


@pytest.fixture
def led_back(elsewhere):
    """The draft that follows an edition, whose "b.1" leads through another framework to the "b.1"
    of the edition before."""
    before = published_edition()
    follows, writer = next_edition(before)
    leads(competency(follows, "b.1"), elsewhere)
    leads(elsewhere, competency(before, "b.1"))
    return before, follows, writer


def test_what_became_of_it_does_not_lead_back(led_back):
    before, follows, writer = led_back

    with pytest.raises(Conflict) as refusal:
        say_what_became_of(
            version=follows,
            before=competency(before, "b.1"),
            after=[competency(follows, "b.1")],
            kind=CrosswalkKind.REPLACED,
            reason="It says more.",
            by=writer,
            now=NOW,
        )

    assert refusal.value.code == "crosswalk_cycle"
    assert "9.1" in refusal.value.message
    assert Crosswalk.objects.count() == 2


def test_what_stayed_does_not_lead_back(led_back):
    _before, follows, writer = led_back

    with pytest.raises(Conflict) as refusal:
        confirm_what_stayed(version=follows, by=writer, now=NOW)

    assert refusal.value.code == "crosswalk_cycle"
    assert Crosswalk.objects.count() == 2


def test_undoing_a_file_puts_no_circle_back(led_back):
    before, follows, _writer = led_back
    rule = leads(competency(before, "b.1"), competency(follows, "b.1"))
    kept = {"lost": rules_into(follows)}
    rule.delete()

    with pytest.raises(Conflict) as refusal, transaction.atomic():
        put_rules_back(follows, kept)

    assert refusal.value.code == "crosswalk_cycle"
    assert Crosswalk.objects.count() == 2


def test_a_circle_through_what_one_does_not_see_is_refused_without_its_code():
    before = published_edition()
    follows, writer = next_edition(before)
    local = FrameworkVersionFactory(framework=FrameworkFactory(owner=OrganisationFactory()))
    hidden = CompetencyFactory(domain__version=local, code="SECRET")
    leads(competency(follows, "b.1"), hidden)
    leads(hidden, competency(before, "b.1"))

    with opened(writer, on=TODAY), pytest.raises(Conflict) as refusal:
        confirm_what_stayed(version=follows, by=writer, now=NOW)

    assert refusal.value.code == "crosswalk_cycle"
    assert "…" in refusal.value.message
    assert "SECRET" not in refusal.value.message


def test_the_shortest_way_is_found_through_many(django_assert_num_queries):
    """Twelve layers of five, each tied to all of the next, are 244 million ways."""
    version = FrameworkVersionFactory()
    domain = DomainFactory(version=version)
    layers = [
        [CompetencyFactory(domain=domain, code=f"{deep}.{wide}") for wide in range(5)]
        for deep in range(12)
    ]
    for upper, lower in pairwise(layers):
        for before in upper:
            for after in lower:
                leads(before, after)
    leads(layers[0][0], layers[6][3])

    with django_assert_num_queries(7):
        way = way_between(start=layers[0][0].pk, ends=[layers[11][4].pk])
    none = way_between(start=layers[11][4].pk, ends=[layers[0][0].pk])

    assert [code.split(".")[0] for code in way] == ["0", "6", "7", "8", "9", "10", "11"]
    assert (way[0], way[1], way[-1], none) == ("0.0", "6.3", "11.4", [])
