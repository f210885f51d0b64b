import os
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from threading import Barrier

import pytest

from accounts.models import Event
from common.errors import Conflict, Forbidden
from pathways.models import Evidence
from pathways.policies.evidence import may_keep_evidence
from pathways.selectors.evidence import bytes_kept, evidence_seen_by
from pathways.services import evidence as service
from pathways.services.evidence import (
    Words,
    add_file,
    add_link,
    add_reflection,
    change_evidence,
    read_evidence,
    remove_evidence,
)
from pathways.services.evidence_files import sweep_evidence_files
from pathways.tasks import sweep_evidence
from tests.courses.test_overbooking import at_once
from tests.factories.accounts import OrganisationFactory, PersonFactory, employ, grant
from tests.factories.clock import NOW, TODAY
from tests.factories.files import pdf
from tests.factories.pathways import CompetencyFactory, competencies_of, follow, role_asking
from tests.factories.showing import (
    AssessorAppointmentFactory,
    ClaimEvidenceFactory,
    EvidenceFactory,
    PriorLearningClaimFactory,
    VerificationEvidenceFactory,
    VerificationItemFactory,
    VerificationRequestFactory,
)
from tests.jobs.undoing import undone

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(hours=1)
WORDS = Words(title="Rota review", text="I led it.", happened_on=TODAY)


def keep(person, content=None, *, words=WORDS, name="../review.pdf", by=None):
    return add_file(
        person=person,
        words=words,
        content=BytesIO(content or pdf()),
        name=name,
        by=by or person,
        now=NOW,
    )


def stored_files(settings):
    folder = Path(settings.MEDIA_ROOT) / "evidence"
    return sorted(folder.iterdir()) if folder.exists() else []


def test_a_file_is_kept_under_a_random_name_with_what_is_said_of_it(settings):
    trust = OrganisationFactory()
    role = role_asking(2, 2)
    person = follow(employ(organisation=trust), role)
    first, second = competencies_of(role)

    evidence = keep(person, words=Words("Rota review", competency_ids=[first.pk, second.pk]))

    [stored] = stored_files(settings)
    assert stored.read_bytes() == pdf()
    assert evidence.file.name == f"evidence/{stored.name}"
    assert len(stored.name) == 32
    assert "review" not in evidence.file.name
    assert (evidence.file_name, evidence.content_type) == ("review.pdf", "application/pdf")
    assert evidence.size == len(pdf())
    assert {use.competency for use in evidence.uses.all()} == {first, second}
    event = Event.objects.get()
    assert (event.verb, event.organisation, event.subject) == ("add_evidence", trust, person)
    assert event.facts == {"kind": "FILE", "content_type": "application/pdf", "bytes": len(pdf())}


def test_links_and_reflections_are_kept_without_a_file(settings):
    person = employ()

    link = add_link(
        person=person, words=Words("Audit", url="https://a.example/b"), by=person, now=NOW
    )
    words = add_reflection(
        person=person, words=Words("Handover", text="It went well."), by=person, now=NOW
    )

    assert (link.kind, link.url, words.kind, words.text) == (
        "LINK",
        "https://a.example/b",
        "REFLECTION",
        "It went well.",
    )
    assert stored_files(settings) == []


@pytest.mark.parametrize("who", ["manager", "lead"])
def test_nobody_adds_changes_or_removes_what_another_keeps(settings, who):
    trust, manager = OrganisationFactory(), employ()
    person = employ(organisation=trust, manager=manager)
    by = {"manager": manager, "lead": grant(employ(), "LEARNING_LEAD", trust)}[who]
    mine = EvidenceFactory(person=person)

    for act in (
        lambda: keep(person, by=by),
        lambda: add_link(person=person, words=Words("A", url="https://a.example"), by=by, now=NOW),
        lambda: change_evidence(evidence=mine, words=WORDS, by=by, now=NOW),
        lambda: remove_evidence(evidence=mine, by=by, now=NOW),
    ):
        with pytest.raises(Forbidden):
            act()

    assert stored_files(settings) == []
    assert list(Evidence.objects.values_list("title", "removed_at")) == [(mine.title, None)]


def test_may_keep_evidence_both_ways():
    assert may_keep_evidence(frozenset({"SELF", "LINE_MANAGER"}))
    assert not may_keep_evidence(frozenset({"LINE_MANAGER", "LEARNING_LEAD", "AUDITOR"}))


def test_competencies_of_a_framework_one_does_not_use_are_refused():
    person = follow(employ(), role_asking(2))

    with pytest.raises(Conflict) as refusal:
        keep(person, words=Words("A", competency_ids=[CompetencyFactory().pk]))

    assert refusal.value.code == "competency_not_offered"
    assert not Evidence.objects.exists()


def test_a_hundred_megabytes_are_kept_and_not_one_byte_more(monkeypatch):
    monkeypatch.setattr(service, "MOST_KEPT", 2 * len(pdf()))
    person, other = employ(), employ()
    keep(other)
    gone = keep(person)
    keep(person)

    with pytest.raises(Conflict) as refusal:
        keep(person)
    remove_evidence(evidence=gone, by=person, now=LATER)
    keep(person)

    assert refusal.value.code == "evidence_full"
    assert bytes_kept(person=person) == 2 * len(pdf())


def test_words_and_uses_change_and_the_file_does_not(settings):
    role = role_asking(2, 2)
    person = follow(employ(), role)
    first, second = competencies_of(role)
    evidence = keep(person, words=Words("Old", competency_ids=[first.pk]))
    before = (evidence.file.name, evidence.checksum)

    changed = change_evidence(
        evidence=evidence,
        words=Words("New", text="More", url="https://b.example", competency_ids=[second.pk]),
        by=person,
        now=LATER,
    )

    changed.refresh_from_db()
    assert (changed.title, changed.text, changed.url) == ("New", "More", "")
    assert (changed.file.name, changed.checksum) == before
    assert [use.competency for use in changed.uses.all()] == [second]
    assert Event.objects.order_by("-pk")[0].verb == "change_evidence"


def test_a_use_of_an_older_edition_stays_when_the_words_change():
    old = CompetencyFactory()
    person = follow(employ(), role_asking(2))
    evidence = EvidenceFactory(person=person)
    evidence.uses.create(competency=old)

    change_evidence(
        evidence=evidence, words=Words("New", competency_ids=[old.pk]), by=person, now=NOW
    )

    assert [use.competency for use in evidence.uses.all()] == [old]


def test_removing_keeps_the_row_and_loses_the_file_for_good(
    settings, django_capture_on_commit_callbacks
):
    person = employ()
    evidence = keep(person)

    with django_capture_on_commit_callbacks(execute=True):
        remove_evidence(evidence=evidence, by=person, now=LATER)

    evidence.refresh_from_db()
    assert (evidence.removed_at, bool(evidence.file), evidence.file_name) == (
        LATER,
        False,
        "review.pdf",
    )
    assert stored_files(settings) == []
    with pytest.raises(Conflict):
        remove_evidence(evidence=evidence, by=person, now=LATER)
    with pytest.raises(Conflict):
        change_evidence(evidence=evidence, words=WORDS, by=person, now=LATER)


def test_a_removal_that_is_taken_back_leaves_the_file(settings):
    person = employ()
    evidence = keep(person)

    with undone():
        remove_evidence(evidence=evidence, by=person, now=LATER)

    assert len(stored_files(settings)) == 1


def test_files_that_no_row_knows_are_swept_after_a_day_and_others_never(settings):
    person = employ()
    kept = keep(person)
    with undone():
        keep(person)
    left = next(file for file in stored_files(settings) if file.name not in kept.file.name)
    young = sweep_evidence_files(now=NOW)
    os.utime(left, (1, 1))
    os.utime(kept.file.path, (1, 1))

    swept = sweep_evidence_files(now=NOW)

    assert (young, swept) == (0, 1)
    assert [file.name for file in stored_files(settings)] == [Path(kept.file.name).name]
    assert sweep_evidence() == 0


def shown_to(person, **request):
    """A piece of evidence of ``person`` shown with a request to confirm a level."""
    evidence = EvidenceFactory(person=person)
    item = VerificationItemFactory(request=VerificationRequestFactory(subject=person, **request))
    VerificationEvidenceFactory(item=item, evidence=evidence)
    return evidence


def claimed(person, **claim):
    evidence = EvidenceFactory(person=person)
    claim = PriorLearningClaimFactory(person=person, **claim)
    ClaimEvidenceFactory(claim=claim, evidence=evidence)
    return evidence


def seen(actor):
    return set(evidence_seen_by(actor, on=TODAY))


def test_evidence_is_seen_by_its_person_and_those_it_was_shown_to_and_nobody_else():
    trust, manager, assessor = OrganisationFactory(), employ(), employ()
    person = employ(organisation=trust, manager=manager)
    lead = grant(employ(organisation=trust), "LEARNING_LEAD", trust)
    others = [
        grant(employ(organisation=trust), role, trust)
        for role in ("HR_ADMINISTRATOR", "TALENT_LEAD", "AUDITOR", "ORGANISATION_ADMINISTRATOR")
    ]
    appointment = AssessorAppointmentFactory(
        assessor=assessor, appointed_by=manager, organisation=trust, ends_on=TODAY
    )
    kept = EvidenceFactory(person=person)
    requested = shown_to(person)
    asked = {"assessor": assessor, "organisation": trust, "appointment": appointment}
    assessed = shown_to(person, **asked)
    unnamed = claimed(person, organisation=trust)
    named = claimed(person, **asked)
    stranger = shown_to(employ(manager=employ()))

    assert seen(person) == {kept, requested, assessed, unnamed, named}
    assert seen(manager) == {requested, assessed, unnamed, named}
    assert seen(assessor) == {assessed, named}
    assert set(evidence_seen_by(assessor, on=TODAY + timedelta(days=1))) == set()
    assert seen(lead) == {unnamed}
    assert [seen(one) for one in others] == [set()] * 4
    assert stranger not in seen(manager) | seen(lead)


def test_a_piece_shown_in_two_places_is_seen_once():
    person = employ(manager=employ())
    evidence = shown_to(person)
    ClaimEvidenceFactory(claim=PriorLearningClaimFactory(person=person), evidence=evidence)

    assert list(evidence_seen_by(person, on=TODAY)) == [evidence]


def test_a_reading_by_another_leaves_one_trace_a_day_and_ones_own_none():
    manager = employ()
    evidence = shown_to(employ(manager=manager))

    for reader in (evidence.person, manager, manager):
        read_evidence(evidence=evidence, by=reader, now=NOW)

    event = Event.objects.get()
    assert (event.verb, event.by_person, event.subject) == (
        "read_evidence",
        manager,
        evidence.person,
    )


def two_at_once(person):
    def add(_number):
        try:
            keep(person)
        except Conflict:
            return "full"
        return "kept"

    return sorted(at_once(add, range(2)))


@pytest.mark.django_db(transaction=True)
def test_two_files_at_once_do_not_both_take_the_last_room(monkeypatch):
    monkeypatch.setattr(service, "MOST_KEPT", len(pdf()))

    assert two_at_once(PersonFactory()) == ["full", "kept"]


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_both_are_kept(monkeypatch):
    """The negative control: the test above can fail."""
    together = Barrier(2)
    real = service.bytes_kept

    def counted_together(*, person):
        found = real(person=person)
        together.wait(timeout=30)
        return found

    monkeypatch.setattr(service, "MOST_KEPT", len(pdf()))
    monkeypatch.setattr(service, "_lock", lambda person: None)
    monkeypatch.setattr(service, "bytes_kept", counted_together)

    assert two_at_once(PersonFactory()) == ["kept", "kept"]
