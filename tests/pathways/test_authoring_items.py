import threading

import pytest
from django.db import connection

from accounts.models import Event
from common.errors import Conflict, Forbidden, Stale
from pathways.models import Competency, FrameworkVersion, Indicator
from pathways.services.items import (
    CompetencyText,
    DomainText,
    LevelText,
    describe_levels,
    write_competency,
    write_domain,
)
from pathways.services.moving import move_competency, move_competency_to, move_domain
from pathways.services.taking_out import remove_competency, remove_domain
from tests.factories.accounts import OrganisationFactory, PersonFactory, grant, place_below
from tests.factories.authoring import (
    CollaboratorFactory,
    CommentFactory,
    author_at,
    reviewer_at,
    written,
)
from tests.factories.clock import NOW, TODAY
from tests.factories.pathways import (
    CompetencyFactory,
    IndicatorFactory,
    LevelDescriptorFactory,
    RequirementFactory,
    RoleProfileFactory,
    ScaleFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft():
    return written(4, 2)


@pytest.fixture
def author(draft):
    return author_at(draft.framework.owner)


def codes(version, domain="A"):
    rows = Competency.objects.filter(version=version, domain__code=domain)
    return list(rows.order_by("position").values_list("code", flat=True))


def competency(version, code):
    return Competency.objects.get(version=version, code=code)


def at(version):
    version.refresh_from_db()
    return version.revision


def saved_by(author, version):
    return {"revision": at(version), "by": author, "now": NOW}


def test_a_domain_is_added_at_the_end_and_counted_as_a_change(draft, author):
    domain = write_domain(
        version=draft, domain=None, text=DomainText("C", "Money"), **saved_by(author, draft)
    )

    assert (domain.position, at(draft), draft.changed_at) == (3, 1, NOW)
    event = Event.objects.get(verb="add_domain")
    assert (event.by_person, event.about_id, event.facts["code"]) == (author, domain.pk, "C")
    assert event.organisation_id == draft.framework.owner_id


def test_whoever_saves_over_a_newer_state_is_refused_and_nothing_is_written(draft, author):
    domain = draft.domains.get(code="A")
    seen = at(draft)
    write_domain(
        version=draft,
        domain=domain,
        text=DomainText("A", "First"),
        revision=seen,
        by=author,
        now=NOW,
    )

    with pytest.raises(Stale) as refusal:
        write_domain(
            version=draft,
            domain=domain,
            text=DomainText("A", "Second"),
            revision=seen,
            by=author,
            now=NOW,
        )

    assert refusal.value.code == "draft_moved_on"
    domain.refresh_from_db()
    assert (domain.title, at(draft)) == ("First", 1)


@pytest.mark.parametrize("code", ["B", "b"])
def test_a_code_is_there_once_in_small_and_capital_letters(code, draft, author):
    domain = draft.domains.get(code="A")

    with pytest.raises(Conflict) as refusal:
        write_domain(
            version=draft, domain=domain, text=DomainText(code, "Other"), **saved_by(author, draft)
        )

    assert refusal.value.code == "code_taken"
    assert "Domain B" in refusal.value.message


def test_a_part_is_written_below_its_competency_with_its_own_scale(draft, author):
    scale = ScaleFactory()
    parent = competency(draft, "A.1")

    part = write_competency(
        domain=parent.domain,
        competency=None,
        parent=parent,
        text=CompetencyText("A.1.1", "Plans nights", scale=scale, is_assessable=False),
        **saved_by(author, draft),
    )

    part.refresh_from_db()
    assert (part.parent, part.scale, part.is_assessable) == (parent, scale, False)
    assert part.version == draft


def test_a_part_of_a_competency_of_another_domain_is_refused(draft, author):
    elsewhere = competency(draft, "B.1")

    with pytest.raises(Conflict) as refusal:
        write_competency(
            domain=draft.domains.get(code="A"),
            competency=None,
            parent=elsewhere,
            text=CompetencyText("A.9", "Lost"),
            **saved_by(author, draft),
        )

    assert refusal.value.code == "item_gone"


def test_another_scale_waits_until_the_levels_of_the_old_one_are_emptied(draft, author):
    row = competency(draft, "A.1")
    descriptor = LevelDescriptorFactory(competency=row)

    def choose():
        text = CompetencyText(row.code, row.title, scale=ScaleFactory())
        return write_competency(
            domain=row.domain, competency=row, text=text, **saved_by(author, draft)
        )

    with pytest.raises(Conflict) as refusal:
        choose()
    descriptor.delete()

    assert refusal.value.code == "levels_described"
    assert descriptor.level.label in refusal.value.message
    assert choose().scale is not None


def test_levels_keep_the_rows_whose_words_stay(draft, author):
    row = competency(draft, "A.1")
    low, high = draft.scale.levels.filter(rank__in=[1, 2]).order_by("rank")
    descriptor = LevelDescriptorFactory(competency=row, level=low, text="Plans a week.")
    gone = IndicatorFactory(descriptor=descriptor, text="The rota is late.", position=1)
    stays = IndicatorFactory(descriptor=descriptor, text="The rota is out.", position=2)

    describe_levels(
        competency=row,
        levels={
            low.pk: LevelText("Plans a fortnight.", ("The rota is out.", "Swaps are agreed.")),
            high.pk: LevelText("Plans a year."),
        },
        **saved_by(author, draft),
    )

    descriptor.refresh_from_db()
    assert descriptor.text == "Plans a fortnight."
    texts = descriptor.indicators.order_by("position").values_list("text", "position")
    assert list(texts) == [("The rota is out.", 1), ("Swaps are agreed.", 2)]
    assert descriptor.indicators.get(position=1).pk == stays.pk
    assert not Indicator.objects.filter(pk=gone.pk).exists()
    assert row.descriptors.get(level=high).text == "Plans a year."


def test_an_emptied_level_is_taken_away_with_what_one_sees_at_it(draft, author):
    row = competency(draft, "A.1")
    indicator = IndicatorFactory(descriptor=LevelDescriptorFactory(competency=row))
    level = indicator.descriptor.level

    with pytest.raises(Conflict) as refusal:
        describe_levels(
            competency=row,
            levels={level.pk: LevelText("", ("The rota is out.",))},
            **saved_by(author, draft),
        )
    describe_levels(competency=row, levels={level.pk: LevelText("")}, **saved_by(author, draft))

    assert refusal.value.code == "indicators_without_description"
    assert not row.descriptors.exists()


def test_a_level_of_another_scale_is_refused(draft, author):
    level = ScaleFactory().levels.get(rank=1)

    with pytest.raises(Conflict) as refusal:
        describe_levels(
            competency=competency(draft, "A.1"),
            levels={level.pk: LevelText("Plans")},
            **saved_by(author, draft),
        )

    assert refusal.value.code == "level_not_on_scale"


@pytest.mark.parametrize(
    ("code", "move", "order"),
    [
        ("A.2", {"step": "up"}, ["A.2", "A.1", "A.3", "A.4"]),
        ("A.2", {"step": "down"}, ["A.1", "A.3", "A.2", "A.4"]),
        ("A.1", {"step": "up"}, ["A.1", "A.2", "A.3", "A.4"]),
        ("A.4", {"step": "down"}, ["A.1", "A.2", "A.3", "A.4"]),
        ("A.4", {"before": "A.1"}, ["A.4", "A.1", "A.2", "A.3"]),
        ("A.1", {"before": None}, ["A.2", "A.3", "A.4", "A.1"]),
    ],
)
def test_a_competency_moves_among_those_beside_it(code, move, order, draft, author):
    if move.get("before"):
        move = {"before": competency(draft, move["before"]).pk}

    move_competency(competency=competency(draft, code), **move, **saved_by(author, draft))

    assert codes(draft) == order


def test_parts_move_with_what_they_are_part_of(draft, author):
    first = competency(draft, "A.1")
    CompetencyFactory(domain=first.domain, parent=first, code="A.1.1", position=5)
    CompetencyFactory(domain=first.domain, parent=first, code="A.1.2", position=6)

    move_competency(competency=first, step="down", **saved_by(author, draft))

    assert codes(draft) == ["A.2", "A.1", "A.1.1", "A.1.2", "A.3", "A.4"]


def test_domains_move_too(draft, author):
    move_domain(domain=draft.domains.get(code="B"), step="up", **saved_by(author, draft))

    assert list(draft.domains.order_by("position").values_list("code", flat=True)) == ["B", "A"]


def test_a_competency_goes_to_another_domain_with_all_below_it(draft, author):
    first, home = competency(draft, "A.1"), draft.domains.get(code="B")
    part = CompetencyFactory(domain=first.domain, parent=first, code="A.1.1", position=5)

    move_competency_to(
        competency=first, domain=home, parent=competency(draft, "B.1"), **saved_by(author, draft)
    )

    assert codes(draft, "B") == ["B.1", "A.1", "A.1.1", "B.2"]
    part.refresh_from_db()
    assert (part.parent, part.domain) == (first, home)


def test_a_competency_does_not_go_below_itself(draft, author):
    first = competency(draft, "A.1")
    part = CompetencyFactory(domain=first.domain, parent=first, code="A.1.1", position=5)

    for parent in (first, part):
        with pytest.raises(Conflict) as refusal:
            move_competency_to(
                competency=first, domain=first.domain, parent=parent, **saved_by(author, draft)
            )
        assert refusal.value.code == "cycle"
        assert parent.code in refusal.value.message


def test_a_domain_is_taken_out_with_all_that_it_holds(draft, author):
    row = competency(draft, "A.1")
    IndicatorFactory(descriptor=LevelDescriptorFactory(competency=row))
    CompetencyFactory(domain=row.domain, parent=row, code="A.1.1", position=5)
    comments = [
        CommentFactory(version=draft, competency=row),
        CommentFactory(version=draft, domain=row.domain),
    ]

    remove_domain(domain=row.domain, **saved_by(author, draft))

    assert codes(draft) == []
    assert list(draft.domains.values_list("code", flat=True)) == ["B"]
    for comment, name in zip(comments, ["A.1 Plans rotas in A", "A Domain A"], strict=True):
        comment.refresh_from_db()
        assert (comment.domain, comment.competency, comment.part_name) == (None, None, name)
    assert comments[0].part_lineage == row.lineage


def test_a_competency_is_taken_out_with_its_parts_and_no_others(draft, author):
    row = competency(draft, "A.1")
    CompetencyFactory(domain=row.domain, parent=row, code="A.1.1", position=5)

    remove_competency(competency=row, **saved_by(author, draft))

    assert codes(draft) == ["A.2", "A.3", "A.4"]


def test_what_a_role_asks_for_is_not_taken_out(draft, author):
    row = competency(draft, "A.1")
    role = RoleProfileFactory(version=draft, title="Ward manager")
    RequirementFactory(role_profile=role, competency=row)

    with pytest.raises(Conflict) as refusal:
        remove_competency(competency=row, **saved_by(author, draft))

    assert refusal.value.code == "competency_in_use"
    assert "A.1" in refusal.value.message
    assert codes(draft) == ["A.1", "A.2", "A.3", "A.4"]


@pytest.mark.parametrize("state", ["IN_REVIEW", "PUBLISHED"])
def test_only_a_draft_changes(state, draft, author):
    FrameworkVersion.objects.filter(pk=draft.pk).update(state="IN_REVIEW")
    FrameworkVersion.objects.filter(pk=draft.pk).update(state=state)

    with pytest.raises(Conflict) as refusal:
        move_domain(domain=draft.domains.get(code="B"), step="up", **saved_by(author, draft))

    assert refusal.value.code == "draft_closed"


def test_reviewers_invited_reviewers_and_authors_elsewhere_change_nothing(draft):
    trust = draft.framework.owner
    invited = CollaboratorFactory(framework=draft.framework, part="REVIEWER").person
    gone = CollaboratorFactory(
        framework=draft.framework, starts_on=TODAY.replace(year=2025), ends_on=TODAY.replace(day=1)
    ).person
    elsewhere = author_at(OrganisationFactory())

    for by in (reviewer_at(trust), invited, gone, elsewhere, PersonFactory()):
        with pytest.raises(Forbidden):
            move_domain(domain=draft.domains.get(code="B"), step="up", **saved_by(by, draft))


def test_an_invited_author_writes(draft):
    by = CollaboratorFactory(framework=draft.framework).person

    move_domain(domain=draft.domains.get(code="B"), step="up", **saved_by(by, draft))

    assert at(draft) == 1


def test_an_author_of_the_board_above_writes(draft):
    board = OrganisationFactory(kind="ICB")
    place_below(draft.framework.owner, board)
    by = grant(PersonFactory(), "FRAMEWORK_AUTHOR", board)

    move_domain(domain=draft.domains.get(code="B"), step="up", **saved_by(by, draft))

    assert at(draft) == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_authors_who_save_at_once_one_is_told_that_the_other_was_quicker():
    draft = written(1)
    author = author_at(draft.framework.owner)
    domain = draft.domains.get()
    together, told = threading.Barrier(2), []

    def save(title):
        together.wait()
        try:
            write_domain(
                version=draft,
                domain=domain,
                text=DomainText("A", title),
                revision=0,
                by=author,
                now=NOW,
            )
            told.append("saved")
        except Stale:
            told.append("stale")
        finally:
            connection.close()

    threads = [threading.Thread(target=save, args=(title,)) for title in ("One", "Two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(told) == ["saved", "stale"]
    assert at(draft) == 1
