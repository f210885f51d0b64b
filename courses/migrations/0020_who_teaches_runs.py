"""Whoever teaches an offering sees the seats kept on its sessions and what people thought of them,
as whoever hosts it does."""

from django.db import migrations

from accounts.walls import ORGANISATIONS, AnyOf, Organisation, RebuildWall, Wall, Written

_RUN = (
    "EXISTS (SELECT FROM courses_session held JOIN courses_offering run ON run.id = held.offering_id"
    " WHERE held.id = {table}.session_id AND "
)
_HOSTS = f"run.host_id = {ORGANISATIONS}"
HOSTED = Written(f"{_RUN}{_HOSTS})")
HOSTED_OR_TAUGHT = Written(f"{_RUN}({_HOSTS} OR run.provider_id = {ORGANISATIONS}))")
FORMS = Organisation(is_shared=True, or_national=True)
ANSWERED = Written(
    "EXISTS (SELECT FROM courses_evaluationbox used WHERE used.form_id = {table}.id)"
)


def seats(run: Written) -> Wall:
    counted = Written("{table}.session_id = (SELECT waymark_session())")
    return Wall(AnyOf((Organisation(), counted, run)), seen_by_owner=True)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0011_walls"),
        ("courses", "0019_calendar_feeds"),
    ]

    operations = [
        RebuildWall("courses_seatallotment", seats(HOSTED_OR_TAUGHT), before=seats(HOSTED)),
        RebuildWall("courses_evaluationbox", HOSTED_OR_TAUGHT, before=HOSTED),
        RebuildWall("courses_evaluationform", AnyOf((FORMS, ANSWERED)), before=FORMS),
    ]
