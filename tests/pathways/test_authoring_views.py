import pytest
from django.urls import reverse

from accounts.models import Event
from pathways.models import Competency, Framework, FrameworkVersion, Scale
from pathways.selectors import authoring
from tests.factories.accounts import OrganisationFactory, employ
from tests.factories.authoring import (
    CollaboratorFactory,
    CommentFactory,
    author_at,
    reviewer_at,
    written,
)
from tests.factories.clock import TODAY
from tests.factories.pathways import (
    CompetencyFactory,
    FrameworkFactory,
    FrameworkVersionFactory,
    IndicatorFactory,
    LevelDescriptorFactory,
    ScaleFactory,
    domain_with,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def trust():
    return OrganisationFactory()


@pytest.fixture
def author(client, trust):
    person = author_at(trust)
    client.force_login(person)
    return person


@pytest.fixture
def draft(trust):
    return written(2, 1, framework__owner=trust, framework__title="How we lead here")


def at(name, row, **query):
    return reverse(f"pathways:{name}", args=[row.pk], query=query)


def words_of(response):
    return " ".join(response.content.decode().split())


def competency(version, code):
    return Competency.objects.get(version=version, code=code)


# --- The list, and starting


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_shows_what_one_writes_at_constant_cost(
    client, author, trust, django_assert_num_queries, rows
):
    for _row in range(rows):
        draft = written(1, framework__owner=trust)
        CommentFactory(version=draft)
    written(1)
    FrameworkVersionFactory()

    with django_assert_num_queries(12):
        response = client.get(reverse("pathways:authoring_list"))

    page = words_of(response)
    assert page.count("data-edition") == rows
    assert page.count("1 domain, 1 competency, 1 comment to deal with") == rows


def test_where_there_is_no_comment_none_is_counted(client, author, draft):
    page = words_of(client.get(reverse("pathways:authoring_list")))

    assert "2 domains, 3 competencies <" in page
    assert "to deal with" not in page


def test_the_list_is_narrowed_by_words_state_and_owner(client, author, trust, draft):
    FrameworkVersionFactory(framework=draft.framework, label="2026")
    written(framework__owner=trust, framework__title="Another")

    def found(**query):
        response = client.get(reverse("pathways:authoring_list", query=query))
        assert response.status_code == 200
        return words_of(response).count("data-edition")

    assert found() == 3
    assert found(words="lead here") == 2
    assert found(state="DRAFT") == 2
    assert found(words="lead", state="DRAFT", owner=trust.pk) == 1
    assert found(words="nothing is called this") == 0


def test_the_list_says_what_to_do_when_there_is_nothing(client, author):
    page = words_of(client.get(reverse("pathways:authoring_list")))

    assert "There is no framework to write yet." in page
    assert page.count(reverse("pathways:authoring_create")) == 2


def test_who_writes_nothing_is_told_who_can_let_them(client, trust):
    client.force_login(employ(organisation=trust))

    response = client.get(reverse("pathways:authoring_list"))

    assert "You write or review no framework." in words_of(response)
    assert client.get(reverse("pathways:authoring_create")).status_code == 403
    assert client.get(reverse("pathways:scale_create")).status_code == 403


def sent_framework(owner, scale, **changes):
    return {
        "code": "LOCAL",
        "title": "How we lead",
        "nation": "England",
        "counting_rule": "CONFIRMED",
        "owner": owner.pk,
        "scale": scale.pk,
        "label": "2027",
        "valid_from_day": "1",
        "valid_from_month": "4",
        "valid_from_year": "2027",
        **changes,
    }


def test_a_framework_starts_with_an_empty_draft(client, author, trust):
    scale = ScaleFactory()

    response = client.post(reverse("pathways:authoring_create"), sent_framework(trust, scale))

    version = FrameworkVersion.objects.get(framework__code="LOCAL")
    assert response["Location"] == at("authoring_show", version)
    assert (version.state, version.framework.owner, version.scale) == ("DRAFT", trust, scale)
    assert version.framework.counting_rule == "CONFIRMED"
    assert Event.objects.get(verb="start_framework").by_person == author


def test_a_framework_is_not_started_for_others_nor_under_a_code_there_is(client, author, trust):
    FrameworkFactory(code="LOCAL")
    elsewhere, scale = OrganisationFactory(), ScaleFactory()

    for sent in (sent_framework(elsewhere, scale, code="NEW"), sent_framework(trust, scale)):
        response = client.post(reverse("pathways:authoring_create"), sent)
        assert response.status_code == 422
        assert "How we lead" in words_of(response)

    assert Framework.objects.count() == 1


def test_particulars_change_but_not_which_level_counts_once_it_counted(client, author, draft):
    sent = sent_framework(draft.framework.owner, draft.scale, title="How we lead now", revision=0)

    assert client.post(at("authoring_edit", draft), sent).status_code == 302
    FrameworkVersionFactory(framework=draft.framework)
    again = sent | {"counting_rule": "HIGHEST", "revision": 1}
    refused = client.post(at("authoring_edit", draft), again)

    draft.framework.refresh_from_db()
    assert (draft.framework.title, draft.framework.counting_rule) == (
        "How we lead now",
        "CONFIRMED",
    )
    assert refused.status_code == 422
    assert "cannot change after an edition was published" in words_of(refused)


# --- The structure


@pytest.mark.parametrize("rows", [1, 3])
def test_the_structure_costs_the_same_at_any_size(
    client, author, draft, django_assert_num_queries, rows
):
    for _row in range(rows):
        domain_with(draft, "Plans", "Listens")

    with django_assert_num_queries(14):
        response = client.get(at("authoring_show", draft))

    page = words_of(response)
    assert page.count("data-domain") == rows + 2
    assert page.count("data-competency") == rows * 2 + 3


def test_a_large_framework_shows_one_domain_at_a_time(client, author, draft, monkeypatch):
    monkeypatch.setattr(authoring, "MOST_AT_ONCE", 2)

    first = words_of(client.get(at("authoring_show", draft)))
    second = words_of(
        client.get(at("authoring_show", draft, domain=draft.domains.get(code="B").pk))
    )

    assert first.count("data-competency") == 2
    assert first.count(f"?domain={draft.domains.get(code='B').pk}#") == 2
    assert "Show 1 competency of Domain B" in first
    assert second.count("data-competency") == 1
    assert "Show 2 competencies of Domain A" in second


def test_a_draft_is_there_for_those_who_write_or_review_it_only(client, trust, draft):
    everybody = {
        200: [author_at(trust), reviewer_at(trust)],
        404: [employ(organisation=trust), author_at(OrganisationFactory())],
    }
    everybody[200].append(CollaboratorFactory(framework=draft.framework).person)
    ended = CollaboratorFactory(
        framework=draft.framework,
        starts_on=TODAY.replace(year=2025),
        ends_on=TODAY.replace(day=1),
    )
    # Somebody else's invitation that goes on does not bring back one that is over.
    everybody[404].append(ended.person)

    for status, people in everybody.items():
        for person in people:
            client.force_login(person)
            for name in ("authoring_show", "framework_show", "framework_print"):
                assert client.get(at(name, draft)).status_code == status


def test_who_reviews_sees_no_buttons_and_changes_nothing(client, trust, draft):
    client.force_login(reviewer_at(trust))
    domain, row = draft.domains.get(code="A"), competency(draft, "A.1")

    assert "formaction" not in words_of(client.get(at("authoring_show", draft)))
    for name, about in (
        ("domain_add", draft),
        ("edition_edit", draft),
        ("domain_edit", domain),
        ("domain_remove", domain),
        ("competency_add", domain),
        ("competency_edit", row),
        ("levels_edit", row),
        ("competency_move_to", row),
        ("competency_remove", row),
    ):
        assert client.get(at(name, about)).status_code == 403
        assert client.post(at(name, about), {"revision": "0"}).status_code == 403
    assert client.post(at("domain_move", domain), {"revision": "0"}).status_code == 403


def test_titles_with_the_same_words_are_named(client, author, draft):
    domain_with(draft, "Leading the change", "Change: leading")

    page = words_of(client.get(at("authoring_show", draft)))

    assert "data-twins" in page


# --- Writing


def test_a_domain_and_a_competency_are_written(client, author, draft):
    sent = {"revision": "0", "code": "C", "title": "Money", "about": "All of it"}

    client.post(at("domain_add", draft), sent)
    domain = draft.domains.get(code="C")
    parent = {"revision": "1", "code": "C.1", "title": "Budgets", "is_assessable": "on"}
    client.post(at("competency_add", domain), parent)
    first = competency(draft, "C.1")
    part = {"revision": "2", "code": "C.1.1", "title": "Keeps receipts"}
    response = client.post(at("competency_add", domain, part_of=first.pk), part)

    assert response.status_code == 302
    assert domain.summary == "All of it"
    below = competency(draft, "C.1.1")
    assert (below.parent, below.is_assessable, first.is_assessable) == (first, False, True)


def test_a_mistake_is_named_with_what_was_typed_still_there(client, author, draft):
    sent = {"revision": "0", "code": "A", "title": "Money matters"}

    taken = client.post(at("domain_add", draft), sent)
    empty = client.post(at("domain_add", draft), sent | {"code": ""})

    assert (taken.status_code, empty.status_code) == (422, 422)
    assert "A is the code of “Domain A” in this edition. Enter another code." in words_of(taken)
    assert "Enter code" in words_of(empty)
    assert "Money matters" in words_of(empty)


def test_both_texts_are_shown_to_who_was_overtaken_and_saving_again_keeps_theirs(
    client, author, draft
):
    domain = draft.domains.get(code="A")
    url, sent = at("domain_edit", domain), {"revision": "0", "code": "A"}
    client.post(url, sent | {"title": "What the other wrote"})

    overtaken = client.post(url, sent | {"title": "What I typed"})
    page = words_of(overtaken)
    again = client.post(url, sent | {"title": "What I typed", "revision": "1"})

    assert overtaken.status_code == 409
    assert "What the other wrote" in page
    assert 'value="What I typed"' in page
    assert 'name="revision" value="1"' in page
    assert again.status_code == 302
    domain.refresh_from_db()
    assert domain.title == "What I typed"


def test_who_was_overtaken_by_a_removal_is_told_and_keeps_the_words(client, author, draft):
    domain = draft.domains.get(code="A")
    url = at("domain_edit", domain)
    client.get(url)
    client.post(at("domain_remove", draft.domains.get(code="B")), {"revision": "0"})

    response = client.post(url, {"revision": "0", "code": "A", "title": "Mine"})

    assert response.status_code == 409
    assert 'value="Mine"' in words_of(response)


def test_levels_are_written_for_each_level_of_the_scale(client, author, draft):
    row = competency(draft, "A.1")
    low = draft.scale.levels.get(rank=1)
    sent = {
        "revision": "0",
        f"text_{low.pk}": "Plans a week.",
        f"indicators_{low.pk}": "The rota is out.\n\nSwaps are agreed.",
    }

    response = client.post(at("levels_edit", row), sent)
    page = words_of(client.get(at("levels_edit", row)))

    assert response.status_code == 302
    descriptor = row.descriptors.get()
    assert list(descriptor.indicators.order_by("position").values_list("text", flat=True)) == [
        "The rota is out.",
        "Swaps are agreed.",
    ]
    assert "Plans a week." in page
    assert all(level.label in page for level in draft.scale.levels.all())


def test_a_title_like_another_is_asked_about_once(client, author, trust, draft):
    version = FrameworkVersionFactory(framework__owner=trust, framework__title="National one")
    domain_with(version, "Manages the budget well")
    unseen = FrameworkVersionFactory(framework__owner=OrganisationFactory())
    domain_with(unseen, "Manages the budget well")
    url = at("competency_add", draft.domains.get(code="A"))
    sent = {"revision": "0", "code": "A.9", "title": "Manages the budgets well"}

    asked = client.post(url, sent)
    page = words_of(asked)
    saved = client.post(url, sent | {"keep_alike": "on"})

    assert asked.status_code == 422
    assert "National one" in page
    assert unseen.framework.title not in page
    assert 'name="keep_alike"' in page
    assert saved.status_code == 302
    assert competency(draft, "A.9").title == "Manages the budgets well"


# --- Moving and taking out


def test_moving_by_button_leads_back_to_where_it_stands(client, author, draft):
    row = competency(draft, "A.2")

    response = client.post(at("competency_move", row), {"revision": "0", "step": "up"})

    assert response.status_code == 302
    assert f"#domain-{row.domain_id}" in response["Location"]
    row.refresh_from_db()
    assert row.position == 1


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"revision": "7", "step": "up"}, 409),
        ({"revision": "0", "step": "sideways"}, 409),
        ({"step": "up"}, 409),
    ],
)
def test_a_move_that_cannot_be_shows_how_the_draft_is_now(client, author, draft, sent, status):
    row = competency(draft, "A.2")

    response = client.post(at("competency_move", row), sent)

    assert response.status_code == status
    assert "This did not happen." in words_of(response)
    assert words_of(response).count("data-competency") == 3
    row.refresh_from_db()
    assert row.position == 2


def test_a_competency_is_moved_to_a_place_that_is_chosen(client, author, draft):
    row = competency(draft, "A.1")
    part = CompetencyFactory(domain=row.domain, parent=row, code="A.1.1", position=9)
    target = competency(draft, "B.1")

    page = words_of(client.get(at("competency_move_to", row)))
    client.post(at("competency_move_to", row), {"revision": "0", "to": f"competency:{target.pk}"})

    assert f"competency:{target.pk}" in page
    assert f"competency:{part.pk}" not in page
    row.refresh_from_db()
    assert row.parent == target


def test_taking_out_asks_first(client, author, draft):
    row = competency(draft, "A.1")
    part = CompetencyFactory(domain=row.domain, parent=row, code="A.1.1", position=8)
    CompetencyFactory(domain=row.domain, parent=part, code="A.1.1.1", position=9)

    asked = client.get(at("competency_remove", row))
    assert asked.context["part_count"] == 2
    assert Competency.objects.filter(pk=row.pk).exists()
    client.post(at("competency_remove", row), {"revision": "0"})

    assert "Take it out" in words_of(asked)
    assert not Competency.objects.filter(pk=row.pk).exists()


def test_a_published_edition_is_not_written(client, author, trust):
    version = FrameworkVersionFactory(framework__owner=trust)
    domain_with(version, "Plans")

    assert "formaction" not in words_of(client.get(at("authoring_show", version)))
    assert client.get(at("domain_add", version)).status_code == 409
    assert client.get(at("edition_edit", version)).status_code == 409


# --- Scales and paper


def test_a_scale_is_made_with_an_answer_that_does_not_count(client, author):
    sent = {
        "code": "HOW",
        "title": "How well",
        "levels": "Beginning\nPractising: with advice\n\nLeading",
        "not_applicable": "No chance",
    }

    response = client.post(reverse("pathways:scale_create"), sent)

    assert response["Location"] == reverse("pathways:scale_list")
    levels = Scale.objects.get(code="HOW").levels.order_by("rank", "pk")
    assert list(levels.values_list("rank", "label", "meaning")) == [
        (1, "Beginning", ""),
        (2, "Practising", "with advice"),
        (3, "Leading", ""),
        (None, "No chance", ""),
    ]
    assert "How well" in words_of(client.get(reverse("pathways:scale_list")))


@pytest.mark.parametrize(
    ("levels", "sentence"),
    [
        ("One", "Enter from 2 to 7 levels, one in each line"),
        ("\n".join("12345678"), "Enter from 2 to 7 levels, one in each line"),
        ("Same\nsame", "Two levels are called Same."),
        ("x" * 61 + "\nTwo", "Enter at most 60 characters"),
    ],
)
def test_a_scale_that_is_none_is_refused_in_words(client, author, levels, sentence):
    sent = {"code": "HOW", "title": "How well", "levels": levels}

    response = client.post(reverse("pathways:scale_create"), sent)

    assert response.status_code == 422
    assert sentence in words_of(response)
    assert not Scale.objects.filter(code="HOW").exists()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_for_paper_says_everything_at_constant_cost(
    client, author, draft, django_assert_num_queries, rows
):
    for row in Competency.objects.filter(version=draft).order_by("pk")[:rows]:
        IndicatorFactory(descriptor=LevelDescriptorFactory(competency=row))

    with django_assert_num_queries(14):
        response = client.get(at("framework_print", draft))

    page = words_of(response)
    assert page.count("The rota is published six weeks ahead.") == rows
    assert page.count("data-competency") == 3
    assert "This is a draft. It is not in use." in page
