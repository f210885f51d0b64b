"""Two parties and an outsider do anything in any order: no illegal state, and no text is lost."""

from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from appraisals.models import Appraisal, DevelopmentPlan, Draft, Objective, Snapshot
from appraisals.selectors.content import fingerprint
from appraisals.services.conversation import record_conversation
from appraisals.services.drafting import save_draft
from appraisals.services.objectives import Wording, add_objective, remove_objective
from appraisals.services.workflow import send_back, share, sign
from common.errors import Conflict, Forbidden
from common.text import clean_text
from tests.factories.accounts import PersonFactory
from tests.factories.appraisals import appraise
from tests.factories.clock import NOW, TODAY

PARTIES = ("SUBJECT", "MANAGER")
ACTORS = st.sampled_from((*PARTIES, "OUTSIDER"))
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20).filter(
    str.strip
)


class TwoParties(RuleBasedStateMachine):
    """Keeps its own account of what should be so, and compares after every step."""

    def __init__(self):
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        appraisal = appraise()
        self.pk = appraisal.pk
        self.people = {
            "SUBJECT": appraisal.subject,
            "MANAGER": appraisal.appraiser,
            "OUTSIDER": PersonFactory(),
        }
        self.now = NOW
        self.texts: dict[str, str] = {}
        self.versions = dict.fromkeys(PARTIES, 0)
        self.shared: set[str] = set()
        self.signed: set[str] = set()
        self.objectives = 0
        self.has_met = False

    def teardown(self):
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)

    @property
    def is_signed(self):
        return self.signed == set(PARTIES)

    @property
    def is_shared(self):
        return self.shared == set(PARTIES)

    def attempt(self, allowed, act, who):
        """Do ``act``; it must succeed exactly when ``allowed`` says so."""
        self.now += timedelta(seconds=1)
        appraisal = Appraisal.objects.get(pk=self.pk)
        if allowed:
            act(appraisal, self.people[who])
            return True
        with pytest.raises(Forbidden if who == "OUTSIDER" else Conflict), transaction.atomic():
            act(appraisal, self.people[who])
        return False

    @rule(who=ACTORS, text=TEXTS, is_behind=st.booleans())
    def write(self, who, text, is_behind):
        version = self.versions.get(who, 0) - (1 if is_behind else 0)
        open_ = who != "OUTSIDER" and who not in self.shared and not self.is_signed
        text = text.strip()
        changes = open_ and self.texts.get(who) != clean_text(text)
        allowed = open_ and not (changes and is_behind)
        done = self.attempt(
            allowed,
            lambda appraisal, by: save_draft(
                appraisal=appraisal,
                by=by,
                answers={"went-well": text},
                levels={},
                version=version,
                now=self.now,
            ),
            who,
        )
        if done and changes:
            self.texts[who] = clean_text(text)
            self.versions[who] += 1

    @rule(who=ACTORS)
    def share(self, who):
        allowed = who in self.texts and who not in self.shared and not self.is_signed
        if self.attempt(allowed, lambda row, by: share(appraisal=row, by=by, now=self.now), who):
            self.shared.add(who)

    @rule(who=ACTORS)
    def send_back(self, who):
        other = {"SUBJECT": "MANAGER", "MANAGER": "SUBJECT"}.get(who)
        allowed = other in self.shared and not self.is_signed
        if self.attempt(
            allowed, lambda row, by: send_back(appraisal=row, by=by, now=self.now), who
        ):
            self.shared.discard(other)
            self.signed.clear()

    @rule(who=ACTORS)
    def sign(self, who):
        ready = self.is_shared and self.has_met and not self.is_signed
        allowed = who != "OUTSIDER" and ready and who not in self.signed
        if self.attempt(allowed, lambda row, by: sign(appraisal=row, by=by, now=self.now), who):
            self.signed.add(who)

    @rule(who=ACTORS, day=st.sampled_from([TODAY, TODAY - timedelta(days=1)]))
    def meet(self, who, day):
        allowed = who != "OUTSIDER" and not self.is_signed
        before = Appraisal.objects.get(pk=self.pk).met_on
        if self.attempt(
            allowed,
            lambda row, by: record_conversation(
                appraisal=row, met_on=day, wellbeing_on=None, by=by, now=self.now
            ),
            who,
        ):
            self.has_met = True
            if before != day:
                self.signed.clear()

    @rule(who=ACTORS)
    def agree(self, who):
        allowed = who != "OUTSIDER" and self.is_shared and not self.is_signed
        wording = Wording("An aim", "A measure", date(2027, 6, 30))
        if self.attempt(
            allowed,
            lambda row, by: add_objective(appraisal=row, wording=wording, by=by, now=self.now),
            who,
        ):
            self.objectives += 1
            self.signed.clear()

    @rule(who=ACTORS)
    def remove(self, who):
        objective = Objective.objects.filter(appraisal_id=self.pk).first()
        if objective is None:
            return
        allowed = who != "OUTSIDER" and self.is_shared and not self.is_signed
        if self.attempt(
            allowed, lambda row, by: remove_objective(objective=objective, by=by, now=self.now), who
        ):
            self.objectives -= 1
            self.signed.clear()

    @invariant()
    def the_record_is_as_it_should_be(self):
        row = Appraisal.objects.get(pk=self.pk)
        state = "SIGNED" if self.is_signed else "SHARED" if self.is_shared else "DRAFTING"
        assert row.state == state
        assert {side for side in PARTIES if row.shared_at(side)} == self.shared
        assert {side for side in PARTIES if row.signed_at(side)} == self.signed

    @invariant()
    def no_text_is_lost(self):
        kept = Draft.objects.filter(appraisal_id=self.pk).values_list("side", "answers__went-well")
        assert dict(kept) == self.texts

    @invariant()
    def nobody_reads_what_is_not_theirs_to_read(self):
        for who, person in self.people.items():
            seen = set(Draft.objects.visible_to(person, on=TODAY).values_list("side", flat=True))
            may = set() if who == "OUTSIDER" else ({who} | self.shared) & set(self.texts)
            assert seen == may

    @invariant()
    def what_follows_a_signature_follows_once(self):
        expected = int(self.is_signed)
        assert Snapshot.objects.filter(appraisal_id=self.pk).count() == expected
        assert DevelopmentPlan.objects.filter(appraisal_id=self.pk).count() == expected
        for snapshot in Snapshot.objects.filter(appraisal_id=self.pk):
            assert snapshot.content_hash == fingerprint(snapshot.content)
            assert len(snapshot.content["objectives"]) == self.objectives
            answer = snapshot.content["sections"][0]["answers"][0]
            assert (answer["subject"], answer["manager"]) == (
                self.texts["SUBJECT"],
                self.texts["MANAGER"],
            )


@pytest.mark.django_db
def test_two_parties_and_an_outsider_never_reach_an_illegal_state():
    run_state_machine_as_test(
        TwoParties,
        settings=settings(
            max_examples=25,
            stateful_step_count=25,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
