"""What a wall asks of other rows is looked up, where reading all of them took longer."""

from django.db import migrations

from accounts.walls import AnyOf, Organisation, Parent, RebuildWall, Written

_GIVEN = "EXISTS (SELECT FROM courses_offering given WHERE "
_OWNED = Organisation("owner_id", is_shared=True, or_national=True)


def programmes(offered: str) -> AnyOf:
    return AnyOf((_OWNED, Written(f"{_GIVEN}{offered})")))


def accreditations(*taught: str) -> AnyOf:
    return AnyOf(
        (
            Parent("programme_id", "courses_programme"),
            Parent("offering_id", "courses_offering"),
            Organisation("provider_id", is_shared=True),
            *(Written(f"{_GIVEN}{one})") for one in taught),
        )
    )


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0011_walls"),
        ("courses", "0036_checks_that_decide"),
    ]

    operations = [
        RebuildWall(
            "courses_programme",
            programmes("given.programme_id = {table}.id OFFSET 0"),
            before=programmes("given.programme_id = {table}.id"),
        ),
        RebuildWall(
            "courses_accreditation",
            accreditations(
                "given.provider_id = {table}.provider_id OFFSET 0",
                "given.host_id = {table}.provider_id OFFSET 0",
            ),
            before=accreditations("{table}.provider_id IN (given.provider_id, given.host_id)"),
        ),
    ]
