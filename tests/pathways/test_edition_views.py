from dataclasses import replace

import pytest
from django.urls import reverse

from jobs.models import Job
from pathways.models import Competency, Crosswalk, FrameworkVersion
from pathways.selectors.trees import Tree, read_tree
from pathways.services.trees import write_tree
from tests.factories.accounts import employ
from tests.factories.clock import NOW
from tests.factories.editions import (
    author_of,
    competency,
    next_edition,
    publish,
    published_edition,
)
from tests.factories.trees import big_tree, node

pytestmark = pytest.mark.django_db


@pytest.fixture
def before():
    return published_edition()


@pytest.fixture
def after(before):
    """The next edition, in use: "b.1" left out, "b.8" new, "a.2" put in other words and moved."""
    draft, _author = next_edition(before)
    tree = read_tree(draft)
    keys = {one.code: one.key for one in tree.nodes}
    nodes = [one for one in tree.nodes if one.code not in ("b.1", "a.2")]
    told = node("COMPETENCY", keys["a.2"], keys["b"], code="a.2", title="Title of all a.2", at=2)
    nodes += [replace(told, lineage=keys["a.2"])]
    nodes += [node("COMPETENCY", "b.8", keys["b"], code="b.8")]
    write_tree(version=draft, tree=Tree(tuple(nodes)), revision=draft.revision, now=NOW)
    return publish(draft)


@pytest.fixture
def author(before):
    return author_of(before.framework)


@pytest.fixture
def reader(before):
    return employ(organisation=before.framework.owner)


def page(client, person, name, version, status=200, **query):
    client.force_login(person)
    response = client.get(reverse(f"pathways:{name}", args=[version.pk]), query)
    assert response.status_code == status
    return response.content.decode()


def post(client, person, name, row, data=None, query=""):
    client.force_login(person)
    return client.post(reverse(f"pathways:{name}", args=[row.pk]) + query, data or {})


def test_two_editions_are_shown_side_by_side_word_by_word(client, reader, after):
    html = page(client, reader, "edition_compare", after)

    assert "From edition 2026 to edition 2027" in html
    assert "<ins>all </ins>" in html
    assert "<del>Title of b.1</del>" in html
    assert "Moved from a to b." in html
    assert html.count('data-line="ADD"') == 1


def test_a_change_is_headed_by_code_and_title_and_what_stayed_by_where_it_is_now(
    client, reader, author, after
):
    changes = page(client, reader, "edition_compare", after)
    post(client, author, "crosswalk_confirm_stayed", after)

    became = page(client, reader, "crosswalk_show", after)

    assert "a.2 Title of all a.2" in " ".join(changes.split())
    assert "Stayed, as a.2 Title of all a.2. Confirmed." in " ".join(became.split())


def test_one_kind_of_change_is_shown_when_asked_for(client, reader, after):
    html = page(client, reader, "edition_compare", after, state="ADD")

    assert html.count("data-line=") == html.count('data-line="ADD"') == 1


def test_the_other_way_round_can_be_asked_for(client, reader, before, after):
    html = page(client, reader, "edition_compare", before, since=after.pk)

    assert "From edition 2027 to edition 2026" in html
    assert "<del>all </del>" in html


def test_an_edition_of_another_framework_cannot_be_compared_with(client, reader, after):
    other = published_edition(label="Elsewhere")

    html = page(client, reader, "edition_compare", after, status=422, since=other.pk)

    assert "Elsewhere" not in html


def test_an_only_edition_has_nothing_beside_it(client, reader, before):
    assert "There is no other edition to compare with." in page(
        client, reader, "edition_compare", before
    )


def test_people_of_elsewhere_find_neither_page(client, after):
    for name in ("edition_compare", "crosswalk_show"):
        page(client, employ(), name, after, status=404)


def test_a_draft_is_shown_to_its_authors_only(client, reader, author, after):
    draft, _author = next_edition(after, label="2028")

    assert "From edition 2027 to edition 2028" in page(client, author, "edition_compare", draft)
    page(client, reader, "edition_compare", draft, status=404)


@pytest.mark.parametrize("size", [1, 60])
def test_the_statements_are_as_many_at_any_size(client, size, django_assert_num_queries):
    before = published_edition(big_tree(competencies=size))
    draft, author = next_edition(before)
    tree = read_tree(draft)
    keys = {one.key for one in tree.nodes if one.kind == "DOMAIN"}
    kept = Tree(tuple(one for one in tree.nodes if one.key in keys))
    write_tree(version=draft, tree=kept, revision=draft.revision, now=NOW)
    client.force_login(author)

    with django_assert_num_queries(19):
        response = client.get(reverse("pathways:edition_compare", args=[draft.pk]))

    assert response.content.decode().count("data-line=") == min(size * 3, 50)


def test_an_author_starts_the_next_edition(client, author, before):
    assert "Draft the next edition" in page(client, author, "edition_draft", before)

    response = post(client, author, "edition_draft", before, {"label": "2027"})

    draft = FrameworkVersion.objects.get(based_on=before)
    assert response.url == reverse("pathways:authoring_show", args=[draft.pk])
    assert (draft.label, draft.state) == ("2027", "DRAFT")


def test_a_name_that_is_taken_is_refused_with_what_was_typed(client, author, before):
    response = post(client, author, "edition_draft", before, {"label": "2026"})

    html = response.content.decode()
    assert response.status_code == 422
    assert "There is an edition 2026 already." in html
    assert 'value="2026"' in html


def test_readers_neither_draft_nor_say(client, reader, before, after):
    for name in ("edition_draft", "crosswalk_say"):
        page(client, reader, name, after, status=403, of="b.1")
    for name in ("edition_draft", "crosswalk_confirm_stayed", "crosswalk_carry"):
        assert post(client, reader, name, after).status_code == 403
    assert not Crosswalk.objects.exists()


def test_what_nobody_spoke_of_comes_first(client, reader, after):
    html = page(client, reader, "crosswalk_show", after)

    assert "1 still has to be accounted for" in html
    assert html.index("Title of b.1") < html.index("Title of a.1")
    assert "Confirm what stayed" not in html


def test_an_author_says_confirms_and_carries_over(client, author, after):
    said = {"kind": "REPLACED", "after": "b.8", "reason": "It says more."}
    assert "What became of b.1" in page(client, author, "crosswalk_say", after, of="b.1")

    post(client, author, "crosswalk_say", after, said, query="?of=b.1")
    rule = Crosswalk.objects.get()
    assert "Rarely or never" in page(client, author, "crosswalk_confirm", rule)
    told = {"level_2": "1", "level_3": "2", "revision": rule.revision}
    post(client, author, "crosswalk_confirm", rule, told)
    post(client, author, "crosswalk_confirm_stayed", after)
    response = post(client, author, "crosswalk_carry", after)

    assert dict(rule.levels.values_list("rank", "becomes")) == {2: 1, 3: 2}
    assert Crosswalk.objects.filter(kind="SAME").count() == 3
    assert response.url == reverse("jobs:job_show", args=[Job.objects.get().public_id])
    html = page(client, author, "crosswalk_show", after)
    assert "Replaced by b.8 Title of b.8" in html
    assert "Confirmed." in html


def test_what_was_said_in_the_meantime_is_shown_beside_what_was_typed(client, author, after):
    said = {"kind": "REPLACED", "after": "b.8", "reason": "It says more.", "revision": ""}
    post(client, author, "crosswalk_say", after, said, query="?of=b.1")
    late = {**said, "kind": "MERGED", "after": "a.2", "reason": "It says the same."}

    refused = post(client, author, "crosswalk_say", after, late, query="?of=b.1")

    html = refused.content.decode()
    assert refused.status_code == 409
    for words in ("Somebody said something else", "b.8", "It says more.", "It says the same."):
        assert words in html
    rule = Crosswalk.objects.get()
    assert rule.reason == "It says more."
    seen = {**late, "revision": f"{rule.pk}.0"}
    assert f'value="{rule.pk}.0"' in html
    post(client, author, "crosswalk_say", after, seen, query="?of=b.1")
    assert Crosswalk.objects.get().after.code == "a.2"


def test_levels_confirmed_in_the_meantime_are_shown_beside_those_chosen(client, author, after):
    said = {"kind": "REPLACED", "after": "b.8", "reason": "It says more.", "revision": ""}
    post(client, author, "crosswalk_say", after, said, query="?of=b.1")
    rule = Crosswalk.objects.get()
    post(client, author, "crosswalk_confirm", rule, {"level_2": "1", "revision": "0"})

    refused = post(client, author, "crosswalk_confirm", rule, {"level_2": "3", "revision": "0"})

    html = refused.content.decode()
    assert refused.status_code == 409
    assert '<option value="3" selected>' in html
    assert 'name="revision" value="1"' in html
    assert dict(rule.levels.values_list("rank", "becomes")) == {2: 1}


def test_what_was_said_is_what_the_page_begins_with(client, author, after):
    said = {"kind": "MERGED", "after": "a.2", "reason": "It says the same.", "revision": ""}
    post(client, author, "crosswalk_say", after, said, query="?of=b.1")

    html = page(client, author, "crosswalk_say", after, of="b.1")

    assert 'value="a.2"' in html
    assert "It says the same." in html


def test_an_edition_that_is_followed_leads_to_the_one_that_follows(client, author, before, after):
    html = page(client, author, "authoring_show", before)

    assert reverse("pathways:edition_draft", args=[before.pk]) not in html
    assert reverse("pathways:authoring_show", args=[after.pk]) in html
    refused = page(client, author, "edition_draft", before)
    assert f"Edition {after.label} follows this one already" in refused
    assert "Start the draft" not in refused
    last = page(client, author, "authoring_show", after)
    assert reverse("pathways:edition_draft", args=[after.pk]) in last


def test_a_code_that_is_not_there_is_named_and_the_words_stay(client, author, after):
    said = {"kind": "REPLACED", "after": "b.8, zz.9", "reason": "It says more."}

    response = post(client, author, "crosswalk_say", after, said, query="?of=b.1")

    html = response.content.decode()
    assert response.status_code == 422
    assert "The new edition has no competency zz.9." in html
    assert "It says more." in html
    assert "b.8, zz.9" in html


def test_a_wrong_number_of_heirs_is_refused_by_a_sentence(client, author, after):
    said = {"kind": "SPLIT", "after": "b.8", "reason": "It says more."}

    response = post(client, author, "crosswalk_say", after, said, query="?of=b.1")

    assert response.status_code == 422
    assert "Select at least two competencies" in response.content.decode()


def test_a_competency_of_no_earlier_edition_is_not_found(client, author, after):
    page(client, author, "crosswalk_say", after, status=404, of="b.8")
    page(client, author, "crosswalk_say", after, status=404, of="b\x00")
    page(client, author, "crosswalk_say", after, status=302)


def test_what_was_left_out_has_no_levels_to_confirm(client, author, before, after):
    rule = Crosswalk.objects.create(
        before=competency(before, "b.1"), kind="RETIRED", reason="Nobody does it."
    )

    page(client, author, "crosswalk_confirm", rule, status=404)


def test_carrying_over_without_a_rule_is_refused_on_the_page(client, author, after):
    client.force_login(author)

    response = client.post(reverse("pathways:crosswalk_carry", args=[after.pk]), follow=True)

    assert "No rule is confirmed yet." in response.content.decode()
    assert not Job.objects.exists()


@pytest.mark.parametrize(
    ("sent", "codes"),
    [
        ("1,2", ["1,2"]),
        ("1, 2", ["1,2"]),
        ("b.8, 1,2", ["1,2", "b.8"]),
        ("1,2,, b.8 ,", ["1,2", "b.8"]),
    ],
)
def test_a_code_with_a_comma_in_it_is_one_code(client, author, after, sent, codes):
    draft, _author = next_edition(after, label="2028")
    Competency.objects.filter(version=draft, code="a.1.1").update(code="1,2")
    kind = "SPLIT" if len(codes) > 1 else "REPLACED"
    told = {"kind": kind, "after": sent, "reason": "It says more."}

    response = post(client, author, "crosswalk_say", draft, told, query="?of=a.2")

    assert response.status_code == 302
    assert sorted(rule.after.code for rule in Crosswalk.objects.all()) == codes


def test_codes_that_are_not_there_are_named_one_by_one(client, author, after):
    draft, _author = next_edition(after, label="2028")
    Competency.objects.filter(version=draft, code="a.1.1").update(code="1,2")
    told = {"kind": "SPLIT", "after": "b.8, 1, 2", "reason": "It says more."}
    wrong = told | {"after": "b.8, x.1, 3"}

    assert post(client, author, "crosswalk_say", draft, told, query="?of=a.2").status_code == 302
    html = post(client, author, "crosswalk_say", draft, wrong, query="?of=b.8").content.decode()

    assert "The new edition has no competency x.1, 3. Enter codes that it has." in html
