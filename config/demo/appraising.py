"""Two rounds of appraisals: last year's, signed and frozen, and this year's, at every stage."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import F

from accounts.models import Person
from appraisals.models import (
    Appraisal,
    AppraisalForm,
    AppraisalState,
    Cycle,
    Draft,
    Objective,
    ObjectiveState,
    Side,
    Snapshot,
)
from appraisals.selectors.content import content_of, fingerprint
from appraisals.selectors.sheet import Sheet, sheet_of
from config.demo.learning import Levels, seen_by_manager
from config.demo.names import DOMAIN
from config.demo.texts import texts
from config.demo.world import BATCH, Body, Member, World, gather_statistics
from pathways.models import AttainmentSource

AN_HOUR = timedelta(hours=1)
# How far this year's appraisals are: the share of each stage, in its order.
STAGES = {
    "untouched": 24,
    "subject drafts": 16,
    "manager drafts": 8,
    "both draft": 12,
    "subject shared": 12,
    "shared": 11,
    "signed by one": 5,
    "signed": 12,
}


# What the personas find: something to begin, something to answer, something to sign.
STAGE_OF_PERSONA = {
    f"amara.okafor@{DOMAIN}": "subject drafts",
    f"ewa.kowalska@{DOMAIN}": "subject shared",
    f"daniel.hughes@{DOMAIN}": "shared",
    f"priya.raman@{DOMAIN}": "untouched",
}
# Due in two weeks on the last working day, which is when a reminder goes out.
DUE_IN_TWO_WEEKS = f"amara.okafor@{DOMAIN}"


@dataclass(frozen=True, slots=True)
class Round:
    """One cycle of every body, as days from today."""

    title: str
    opens: int
    due: int
    closes: int


@dataclass(slots=True)
class Case:
    """One appraisal on its way into the database: how far it is, and when it got there."""

    member: Member
    appraisal: Appraisal
    stage: str
    at: datetime
    drafts: dict[Side, Draft]
    objectives: list[Objective]

    @property
    def is_signed(self) -> bool:
        return self.stage == "signed"


class Appraising:
    """Writes one round of a world; signed cases become attainments and are returned."""

    def __init__(self, world: World, levels: Levels, round_: Round) -> None:
        self.world = world
        self.levels = levels
        self.round = round_
        self.dice = world.dice(f"appraisals {round_.title}")
        self.form = AppraisalForm.objects.order_by("-valid_from", "-pk")[0]
        self.questions = list(self.form.questions.order_by("position"))
        self._sheets: dict[int | None, Sheet] = {}

    def write(self, stages: dict[str, int]) -> list[Case]:
        cases = [case for body in self.world.bodies for case in self._cases(body, stages)]
        Appraisal.objects.bulk_create([case.appraisal for case in cases], batch_size=BATCH)
        gather_statistics(Appraisal)
        Draft.objects.bulk_create(
            [draft for case in cases for draft in case.drafts.values()], batch_size=BATCH
        )
        Objective.objects.bulk_create(
            [row for case in cases for row in case.objectives], batch_size=BATCH
        )
        self._tell(cases)
        self._sign([case for case in cases if case.is_signed])
        return cases

    def _cases(self, body: Body, stages: dict[str, int]) -> list[Case]:
        opened_at = self.world.moment(self.world.day(self.round.opens), self.dice)
        cycle = Cycle.objects.create(
            organisation=body.organisation,
            form=self.form,
            title=self.round.title,
            opens_on=self.world.day(self.round.opens),
            due_on=self.world.day(self.round.due),
            closes_on=self.world.day(self.round.closes),
            opened_at=opened_at,
        )
        return [
            self._case(member, cycle, self._stage(member, stages))
            for member in body.members
            if member.starts_on < cycle.opens_on and _manager_of(self.world, member)
        ]

    def _stage(self, member: Member, stages: dict[str, int]) -> str:
        drawn = self.dice.choices(list(stages), list(stages.values()))[0]
        told = STAGE_OF_PERSONA.get(member.person.email, drawn)
        return told if told in stages else drawn

    def _case(self, member: Member, cycle: Cycle, stage: str) -> Case:
        world, dice = self.world, self.dice
        first, last = self.round.opens + 5, min(-1, self.round.due - 5)
        at = world.moment(world.day(dice.randrange(first, last + 1)), dice)
        appraisal = Appraisal(
            cycle=cycle,
            form=self.form,
            role_profile=world.roles.get(member.job.role),
            subject=member.person,
            appraiser=_manager_of(world, member) or member.person,
            assignment=member.assignment,
            due_on=self._due_on(member, cycle),
            opened_at=cycle.opened_at or at,
        )
        case = Case(member, appraisal, stage, at, {}, [])
        self._advance(case)
        return case

    def _due_on(self, member: Member, cycle: Cycle) -> date:
        due_on = min(cycle.closes_on, cycle.due_on + timedelta(self.dice.randrange(-40, 25)))
        if member.person.email == DUE_IN_TWO_WEEKS and cycle.closes_on > self.world.today:
            return self.world.morning.date() + timedelta(days=14)
        return due_on

    def _advance(self, case: Case) -> None:
        """Give the appraisal what belongs to its stage; nothing is signed yet."""
        appraisal, stage, at = case.appraisal, case.stage, case.at
        is_shared = stage in {"shared", "signed by one", "signed"}
        if is_shared or stage in {"subject drafts", "both draft", "subject shared"}:
            case.drafts[Side.SUBJECT] = self._draft(case, Side.SUBJECT)
        if is_shared or stage in {"manager drafts", "both draft"}:
            case.drafts[Side.MANAGER] = self._draft(case, Side.MANAGER)
        if is_shared or stage == "subject shared":
            appraisal.subject_shared_at = at
        if not is_shared:
            return
        appraisal.state = AppraisalState.SHARED
        appraisal.manager_shared_at = at
        case.objectives = self._objectives(case)
        if stage != "shared":
            appraisal.met_on = at.date()
            appraisal.wellbeing_on = at.date() if self.dice.random() < 0.8 else None
            appraisal.subject_signed_at = at

    def _draft(self, case: Case, side: Side) -> Draft:
        asked = [q for q in self.questions if (q.for_subject, q.for_manager)[side == Side.MANAGER]]
        answers = {q.key: self.dice.choice(texts()["answers"][q.key]) for q in asked}
        return Draft(
            appraisal=case.appraisal,
            side=side,
            answers=answers,
            levels={
                str(competency_id): rank
                for competency_id, rank in seen_by_manager(
                    self.world, self.levels, case.member, self.dice
                ).items()
            },
            version=self.dice.randrange(1, 9),
            updated_at=case.at,
        )

    def _objectives(self, case: Case) -> list[Objective]:
        chosen = self.dice.sample(texts()["objectives"]["titles"], 2)
        return [
            Objective(
                person=case.member.person,
                appraisal=case.appraisal,
                title=title,
                measure=measure,
                due_on=case.at.date() + timedelta(days=days),
                state=self._objective_state(case, days),
            )
            for (title, measure), days in zip(chosen, (180, 330), strict=True)
        ]

    def _objective_state(self, case: Case, days: int) -> ObjectiveState:
        if not case.is_signed:
            return ObjectiveState.PROPOSED
        if case.at.date() + timedelta(days=days) > self.world.today:
            return ObjectiveState.AGREED
        states = [ObjectiveState.MET, ObjectiveState.NOT_MET, ObjectiveState.AGREED]
        return self.dice.choices(states, [70, 20, 10])[0]

    def _sign(self, cases: list[Case]) -> None:
        """Freeze what was signed: last, because nothing can be added to it afterwards."""
        for start in range(0, len(cases), BATCH):
            Snapshot.objects.bulk_create(
                [self._snapshot(case) for case in cases[start : start + BATCH]]
            )
        signed = Appraisal.objects.filter(snapshot__isnull=False, state=AppraisalState.SHARED)
        signed.update(
            state=AppraisalState.SIGNED, manager_signed_at=F("subject_signed_at") + AN_HOUR
        )
        for case in cases:
            draft = case.drafts[Side.MANAGER]
            self.levels.reach(
                case.member.person,
                {int(key): rank for key, rank in draft.levels.items()},
                source=AttainmentSource.APPRAISAL,
                key=f"appraisal:{case.appraisal.pk}",
                at=case.at,
                by=case.appraisal.appraiser,
            )

    def _snapshot(self, case: Case) -> Snapshot:
        appraisal = case.appraisal
        role = appraisal.role_profile
        sheet = self._sheets.get(appraisal.role_profile_id)
        if sheet is None:
            sheet = self._sheets[appraisal.role_profile_id] = sheet_of(appraisal)
        content = content_of(
            appraisal=appraisal, sheet=sheet, drafts=case.drafts, objectives=case.objectives
        )
        times = {Side.SUBJECT: case.at, Side.MANAGER: case.at + AN_HOUR}
        signed = {
            **content,
            "signatures": [
                {"side": side.value, "name": person.full_name, "at": times[side].isoformat()}
                for side, person in _parties(appraisal)
            ],
        }
        return Snapshot(
            appraisal=appraisal,
            form=self.form,
            version_id=role.version_id if role else None,
            content=signed,
            content_hash=fingerprint(signed),
            signed_at=times[Side.MANAGER],
        )

    def _tell(self, cases: list[Case]) -> None:
        for case in cases:
            appraisal = case.appraisal
            steps: list[tuple[str, datetime, Person | None]] = [
                ("open_appraisal", appraisal.opened_at, None)
            ]
            if appraisal.subject_shared_at:
                steps.append(("share", case.at, appraisal.subject))
            if appraisal.manager_shared_at:
                steps.append(("share", case.at, appraisal.appraiser))
            if appraisal.subject_signed_at:
                steps.append(("sign", case.at, appraisal.subject))
            if case.is_signed:
                steps.append(("sign", case.at + AN_HOUR, appraisal.appraiser))
            for verb, at, by in steps:
                self.world.ledger.tell(
                    verb,
                    appraisal,
                    at=at,
                    subject=appraisal.subject,
                    organisation=case.member.organisation,
                    by=by,
                )


def _parties(appraisal: Appraisal) -> list[tuple[Side, Person]]:
    return [(Side.SUBJECT, appraisal.subject), (Side.MANAGER, appraisal.appraiser)]


def _manager_of(world: World, member: Member) -> Person | None:
    """The line manager of record today; the chair for a chief executive."""
    if member.manager:
        return member.manager.person
    board = world.body(member.organisation.ods_code).board
    return board[0] if board else None


def last_year(world: World, levels: Levels) -> list[Case]:
    year = world.today.year
    round_ = Round(f"Appraisals {year - 1}", opens=-395, due=-290, closes=-260)
    return Appraising(world, levels, round_).write({"signed": 100})


def this_year(world: World, levels: Levels) -> list[Case]:
    year = world.today.year
    round_ = Round(f"Appraisals {year}", opens=-45, due=20, closes=60)
    return Appraising(world, levels, round_).write(STAGES)
