"""What a ward manager keeps to show what she can do, and what two people learned elsewhere."""

from datetime import date, datetime, timedelta
from io import BytesIO

from config.demo.papers import pdf
from config.demo.texts import texts
from config.demo.world import Member
from pathways.models import Evidence, PriorLearningClaim
from pathways.selectors.evidence import competencies_to_show
from pathways.selectors.prior_learning import claimable
from pathways.services.evidence import Words, add_file, add_link, add_reflection
from pathways.services.prior_learning import Claimed, Decision, decide_claim, submit_claim


def keep_evidence(member: Member, *, now: datetime) -> list[Evidence]:
    """A report that was written, the page of a project, and a few words about a hard week."""
    person, told = member.person, texts()["evidence"]
    skills = list(competencies_to_show(person=person, on=now.date()).values_list("pk", flat=True))
    file, link, reflection = (
        Words(
            title=one["title"],
            text=one["text"],
            url=one.get("url", ""),
            happened_on=now.date() - timedelta(days=one["days_ago"]),
            competency_ids=skills[place : place + 2],
        )
        for place, one in enumerate(told)
    )
    paper = BytesIO(pdf(file.title, f"{member.title}, {member.organisation.name}", file.text))
    return [
        add_file(
            person=person, words=file, content=paper, name="rota-review.pdf", by=person, now=now
        ),
        add_link(person=person, words=link, by=person, now=now + timedelta(minutes=4)),
        add_reflection(person=person, words=reflection, by=person, now=now + timedelta(minutes=9)),
    ]


def claim_prior_learning(
    member: Member, *, number: int, evidence: list[Evidence], at: datetime
) -> PriorLearningClaim:
    """What was learned before the NHS, or beside it, and two levels that it brought."""
    now = at - timedelta(days=2 + number * 3)
    person, told = member.person, texts()["claims"][number]
    levels = claimable(person=person, on=now.date())[number : number + 2]
    claimed = Claimed(
        title=told["title"],
        provider=told["provider"],
        finished_on=date.fromisoformat(told["finished_on"]),
        statement=told["statement"],
        ranks={competency.pk: scale[1].rank or 1 for competency, scale in levels},
        evidence=[piece.pk for piece in evidence],
    )
    return submit_claim(person=person, claimed=claimed, by=person, now=now)


def decide_prior_learning(claim: PriorLearningClaim, manager: Member, *, now: datetime) -> None:
    """The first level as it was claimed, the second not."""
    first, *others = claim.levels.order_by("pk")
    reason = texts()["claims"][1]["refusal"]
    decisions = {first.pk: Decision(rank=first.rank)}
    decisions |= {level.pk: Decision(rank=None, reason=reason) for level in others}
    decide_claim(claim=claim, decisions=decisions, by=manager.person, now=now)
