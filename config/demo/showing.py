"""What a ward manager keeps to show what she can do."""

from datetime import datetime, timedelta
from io import BytesIO

from config.demo.papers import pdf
from config.demo.texts import texts
from config.demo.world import Member
from pathways.models import Evidence
from pathways.selectors.evidence import competencies_to_show
from pathways.services.evidence import Words, add_file, add_link, add_reflection


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
