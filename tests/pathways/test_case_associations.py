"""Competencies are tied beside the tree: by authors, in drafts, once, and never in a circle."""

import threading
from dataclasses import replace

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from accounts.models import Event, OrganisationParent
from common.errors import Conflict, Forbidden
from pathways.models import Association, AssociationKind, Competency, FrameworkVersion
from pathways.selectors.associations import circle_of, ties_told
from pathways.selectors.case.packages import package_of
from pathways.selectors.trees import Tree, read_tree
from pathways.services import associations
from pathways.services.associations import tie_competencies, untie_competencies
from pathways.services.moving import move_competency_to
from pathways.services.taking_out import remove_competency
from pathways.services.trees import write_tree
from tests.api_client import hr_system
from tests.factories.accounts import OrganisationFactory, employ
from tests.factories.authoring import CollaboratorFactory, author_at, reviewer_at, written
from tests.factories.clock import NOW, TODAY
from tests.factories.pathways import CompetencyFactory, FrameworkFactory, FrameworkVersionFactory
from tests.factories.trees import AssociationFactory
from tests.pathways import case_schemas as schemas

pytestmark = pytest.mark.django_db
PART, BEFORE, RELATED = AssociationKind.PART, AssociationKind.BEFORE, AssociationKind.RELATED


@pytest.fixture
def draft():
    return written(4)


@pytest.fixture
def author(draft):
    return author_at(draft.framework.owner)


def of(draft, number):
    return Competency.objects.select_related("version", "domain").get(
        version=draft, code=f"A.{number}"
    )


def tie(draft, start, kind, end, author):
    other = end if isinstance(end, Competency) else of(draft, end)
    return tie_competencies(competency=of(draft, start), kind=kind, other=other, by=author, now=NOW)


def refused(draft, start, kind, end, author):
    with pytest.raises(Conflict) as refusal:
        tie(draft, start, kind, end, author)
    return refusal.value


def test_a_tie_is_said_counted_recorded_and_told_as_the_standard_has_it(draft, author):
    made = tie(draft, 1, PART, 2, author)

    draft.refresh_from_db()
    assert (made.origin, made.destination, draft.revision) == (of(draft, 1), of(draft, 2), 1)
    event = Event.objects.get(verb="tie_competencies")
    assert event.facts["kind"] == "isPartOf"
    told = package_of(type(draft).objects.select_related("framework", "scale").get(pk=draft.pk))
    assert schemas.mistakes(schemas.PACKAGE, told) == []
    (said,) = [one for one in told["CFAssociations"] if one["associationType"] == "isPartOf"]
    assert said["originNodeURI"]["identifier"] == str(of(draft, 1).identifier)
    assert said["destinationNodeURI"]["title"] == of(draft, 2).title


def test_a_competency_has_several_parents(draft, author):
    for parent in (2, 3, 4):
        tie(draft, 1, PART, parent, author)

    told = ties_told({of(draft, 1).pk, of(draft, 2).pk}, editions=FrameworkVersion.objects.none())

    assert [(one.words, one.title.split()[0]) for one in told[of(draft, 1).pk]] == [
        ("Is a part of", "A.2"),
        ("Is a part of", "A.3"),
        ("Is a part of", "A.4"),
    ]
    assert [(one.words, one.title.split()[0]) for one in told[of(draft, 2).pk]] == [
        ("Has as a part", "A.1")
    ]


@pytest.mark.parametrize("kind", [PART, BEFORE])
def test_a_circle_is_refused_with_its_codes(draft, author, kind):
    tie(draft, 1, kind, 2, author)
    tie(draft, 2, kind, 3, author)

    refusal = refused(draft, 3, kind, 1, author)

    assert refusal.code == "cycle"
    for code in ("A.1", "A.2", "A.3"):
        assert code in refusal.message
    assert Association.objects.filter(version=draft).count() == 2


def test_the_tree_and_the_ties_make_one_circle(draft, author):
    Competency.objects.filter(pk=of(draft, 2).pk).update(parent=of(draft, 1))

    refusal = refused(draft, 1, PART, 2, author)

    assert "A.1 → A.2 → A.1" in refusal.message or "A.2 → A.1 → A.2" in refusal.message


def test_parts_and_order_are_judged_apart(draft, author):
    tie(draft, 1, PART, 2, author)

    tie(draft, 2, BEFORE, 1, author)

    assert circle_of(draft) == ""


def test_a_move_that_would_close_a_circle_is_refused(draft, author):
    tie(draft, 1, PART, 2, author)
    draft.refresh_from_db()

    with pytest.raises(Conflict) as refusal:
        move_competency_to(
            competency=of(draft, 2),
            domain=of(draft, 1).domain,
            parent=of(draft, 1),
            revision=draft.revision,
            by=author,
            now=NOW,
        )

    assert refusal.value.code == "cycle"
    assert of(draft, 2).parent is None


def test_a_file_that_would_close_a_circle_is_refused(draft, author):
    tie(draft, 1, PART, 2, author)
    tree = read_tree(draft)
    keys = {node.code: node.key for node in tree.nodes}
    nodes = [
        replace(node, parent=keys["A.1"]) if node.code == "A.2" else node for node in tree.nodes
    ]

    with pytest.raises(Conflict) as refusal:
        write_tree(version=draft, tree=Tree(tuple(nodes)), revision=None, now=NOW)

    assert refusal.value.code == "cycle"
    assert of(draft, 2).parent is None


@pytest.mark.parametrize("kind", [RELATED, AssociationKind.PEER, AssociationKind.SAME, PART])
def test_the_same_tie_is_said_once(draft, author, kind):
    tie(draft, 1, kind, 2, author)

    assert refused(draft, 1, kind, 2, author).code == "tied_already"


@pytest.mark.parametrize("kind", [RELATED, AssociationKind.PEER, AssociationKind.SAME])
def test_what_holds_both_ways_is_not_said_the_other_way_round_too(draft, author, kind):
    tie(draft, 1, kind, 2, author)

    assert refused(draft, 2, kind, 1, author).code == "tied_already"


def test_the_database_refuses_the_same_tie_too(draft, author):
    made = tie(draft, 1, RELATED, 2, author)
    made.pk = made.identifier = None

    with pytest.raises(IntegrityError), transaction.atomic():
        Association.objects.create(
            version=draft,
            kind=RELATED,
            origin_identifier=made.origin_identifier,
            destination_identifier=made.destination_identifier,
        )


@pytest.mark.parametrize("kind", [AssociationKind.CHILD, AssociationKind.SKILL])
def test_what_the_tree_says_is_no_tie(draft, author, kind):
    assert refused(draft, 1, kind, 2, author).code == "tie_kind"


def test_nothing_is_tied_to_itself(draft, author):
    assert refused(draft, 1, RELATED, 1, author).code == "tied_to_itself"


def test_parts_lie_in_one_edition_and_other_ties_lead_anywhere(draft, author):
    elsewhere = CompetencyFactory(domain__version=FrameworkVersionFactory())

    assert refused(draft, 1, PART, elsewhere, author).code == "tie_within_edition"
    made = tie(draft, 1, AssociationKind.SAME, elsewhere, author)
    (told,) = ties_told({of(draft, 1).pk}, editions=FrameworkVersion.objects.all())[of(draft, 1).pk]
    assert made.destination == elsewhere
    assert told.edition.startswith(elsewhere.domain.version.framework.title)


def test_a_draft_elsewhere_is_tied_to_once_it_is_published(draft, author):
    theirs = written(2)

    refusal = refused(draft, 1, RELATED, of(theirs, 1), author)

    assert refusal.code == "tie_to_draft"
    assert not Association.objects.exists()
    remover = author_at(theirs.framework.owner)
    remove_competency(competency=of(theirs, 1), revision=theirs.revision, by=remover, now=NOW)
    assert not Competency.objects.filter(version=theirs, code="A.1").exists()


def local(owner):
    version = FrameworkVersionFactory(framework=FrameworkFactory(owner=owner))
    return CompetencyFactory(domain__version=version)


def test_what_fewer_may_read_than_the_tie_is_not_tied_to(draft, author):
    above, owner = OrganisationFactory(), draft.framework.owner
    OrganisationParent.objects.create(organisation=owner, parent=above, starts_on=TODAY)

    for wide in (local(owner), local(above)):
        assert tie(draft, 1, RELATED, wide, author).destination == wide
    for narrow in (local(OrganisationFactory()),):
        assert refused(draft, 1, RELATED, narrow, author).code == "tie_to_narrower"


def test_a_national_framework_is_not_tied_to_a_local_one():
    national = written(1, framework=FrameworkFactory())
    writer = CollaboratorFactory(framework=national.framework, person=employ()).person

    assert refused(national, 1, RELATED, local(OrganisationFactory()), writer).code == (
        "tie_to_narrower"
    )


def test_what_was_taken_out_meanwhile_is_not_tied_to(draft, author):
    gone = of(draft, 2)
    Competency.objects.filter(pk=gone.pk).delete()

    assert refused(draft, 1, RELATED, gone, author).code == "item_gone"


@pytest.fixture
def secret():
    """A competency of somebody's draft, tied to by an edition that everybody reads."""
    theirs = written(1)
    end = of(theirs, 1)
    Competency.objects.filter(pk=end.pk).update(title="Close the ward")
    end.refresh_from_db()
    ours = CompetencyFactory()
    AssociationFactory(origin=ours, destination=end, kind=RELATED, destination_title=end.title)
    return ours, author_at(theirs.framework.owner)


def test_a_page_names_what_its_reader_sees_alone(client, secret):
    ours, their_author = secret
    page = reverse("pathways:framework_show", args=[ours.domain.version_id])

    client.force_login(employ())
    shown = client.get(page).content.decode()
    client.force_login(their_author)
    whole = client.get(page).content.decode()

    assert "Close the ward" not in shown
    assert "A competency that you cannot see" in shown
    assert "Close the ward" in whole


def test_programs_are_told_what_they_see_alone(secret):
    ours, _their_author = secret
    edition, item = ours.domain.version.identifier, ours.identifier
    program = hr_system(OrganisationFactory())
    paths = [f"CFPackages/{edition}", f"CFItemAssociations/{item}"]
    paths.append(f"CFAssociations/{Association.objects.get().identifier}")

    for path in paths:
        told = program.get(f"/ims/case/v1p1/{path}")

        assert told.status_code == 200
        assert "Close the ward" not in told.content.decode()


def test_a_package_names_what_its_reader_sees(secret):
    version = secret[0].domain.version

    told = package_of(version, editions=FrameworkVersion.objects.all())

    titles = [one["destinationNodeURI"]["title"] for one in told["CFAssociations"]]
    assert "Close the ward" in titles


def test_a_tie_is_taken_away_once(draft, author):
    made = tie(draft, 1, RELATED, 2, author)

    untie_competencies(tie=made, by=author, now=NOW)

    assert not Association.objects.exists()
    made.pk = made.pk or 1
    with pytest.raises(Conflict) as refusal:
        untie_competencies(tie=made, by=author, now=NOW)
    assert refusal.value.code == "tie_gone"


def test_only_authors_tie_and_only_in_a_draft(draft, author):
    made = tie(draft, 1, RELATED, 2, author)
    reviewer = reviewer_at(draft.framework.owner)
    for act in (
        lambda by: tie(draft, 1, RELATED, 3, by),
        lambda by: untie_competencies(tie=made, by=by, now=NOW),
    ):
        with pytest.raises(Forbidden):
            act(reviewer)
    draft.state = "IN_REVIEW"
    draft.save()

    assert refused(draft, 1, RELATED, 3, author).code == "draft_closed"
    with pytest.raises(Conflict):
        untie_competencies(tie=made, by=author, now=NOW)


def sent(draft, **more):
    return {"kind": "precedes", "edition": draft.pk, "code": "A.2", **more}


def test_an_author_ties_and_unties_on_the_page(client, draft, author):
    client.force_login(author)
    page = reverse("pathways:tie_list", args=[of(draft, 1).pk])

    shown = client.post(page, sent(draft), follow=True).content.decode()
    assert "Comes before: A.2" in shown
    framework = reverse("pathways:framework_show", args=[draft.pk])
    assert "Comes after" in client.get(framework).content.decode()

    made = Association.objects.get()
    answer = client.post(reverse("pathways:tie_remove", args=[made.pk]), follow=True)
    assert answer.redirect_chain == [(page, 302)]
    assert "It is tied to nothing yet." in answer.content.decode()


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"code": "Z.9"}, "There is no competency Z.9 in 2027"),
        ({"code": ""}, "Enter code of the other competency"),
        ({"kind": "isChildOf"}, "Select an answer from the list"),
        ({"kind": ""}, "Select how the two are tied"),
        ({"code": "A.1"}, "A competency cannot be tied to itself."),
        ({"edition": "0"}, "Select an answer from the list"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(client, draft, author, more, sentence):
    client.force_login(author)

    answer = client.post(reverse("pathways:tie_list", args=[of(draft, 1).pk]), sent(draft, **more))

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Association.objects.exists()


def test_competencies_of_drafts_that_one_does_not_see_cannot_be_named(client, draft, author):
    hidden = written(2)
    client.force_login(author)

    answer = client.post(
        reverse("pathways:tie_list", args=[of(draft, 1).pk]),
        sent(draft, kind="isRelatedTo", edition=hidden.pk),
    )

    assert answer.status_code == 422
    assert not Association.objects.exists()


def test_another_organisation_sees_no_ties_of_a_draft(client, draft, author):
    made = tie(draft, 1, RELATED, 2, author)
    client.force_login(author_at(OrganisationFactory()))

    assert client.get(reverse("pathways:tie_list", args=[of(draft, 1).pk])).status_code == 404
    assert client.post(reverse("pathways:tie_remove", args=[made.pk])).status_code == 404
    assert Association.objects.filter(pk=made.pk).exists()


@pytest.mark.parametrize("rows", [1, 3])
def test_ties_are_listed(client, draft, author, django_assert_num_queries, rows):
    for number in range(rows):
        tie(draft, 1, RELATED, number + 2, author)
    elsewhere = written(2)
    tie(elsewhere, 1, RELATED, 2, author_at(elsewhere.framework.owner))
    client.force_login(author)

    with django_assert_num_queries(15):
        page = client.get(reverse("pathways:tie_list", args=[of(draft, 1).pk])).content.decode()

    assert page.count("data-tie") == rows


def both_at_once(draft, authors):
    """Each of two authors adds one half of a circle at the same moment; tells what was refused."""
    ends, codes = [(1, 2), (2, 1)], []
    ready = threading.Barrier(2)

    def add(author, start, end):
        try:
            ready.wait(timeout=10)
            tie(draft, start, PART, end, author)
        except Conflict as refusal:
            codes.append(refusal.code)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=add, args=(author, *end))
        for author, end in zip(authors, ends, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return codes


@pytest.mark.django_db(transaction=True)
def test_two_halves_of_a_circle_at_once_are_one_tie_and_one_refusal(draft):
    authors = [author_at(draft.framework.owner) for _ in range(2)]

    codes = both_at_once(draft, authors)

    assert codes == ["cycle"]
    assert Association.objects.filter(version=draft).count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_the_circle_would_close(draft, monkeypatch):
    authors = [author_at(draft.framework.owner) for _ in range(2)]
    written_by_both = threading.Barrier(2)

    def unlocked(version_id, *, by, now):
        return type(draft).objects.select_related("framework").get(pk=version_id)

    def judged(version):
        written_by_both.wait(timeout=10)
        refuse_circles(version)

    refuse_circles = associations.refuse_circles
    monkeypatch.setattr(associations, "hold_version", unlocked)
    monkeypatch.setattr(associations, "refuse_circles", judged)

    codes = both_at_once(draft, authors)

    assert codes == []
    assert circle_of(draft) != ""
