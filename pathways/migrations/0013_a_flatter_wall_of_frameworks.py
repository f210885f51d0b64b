"""The wall of frameworks asks no other table row by row; the owner tells it once a statement."""

from django.db import migrations

from accounts.walls import (
    ME,
    AnyOf,
    Concerning,
    Kind,
    Member,
    Organisation,
    Own,
    Parent,
    RebuildWall,
    Wall,
    Written,
)

OPENED_FRAMEWORKS = """
CREATE FUNCTION waymark_opened_frameworks() RETURNS bigint[] LANGUAGE sql
STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT array_agg(opened.framework_id) FROM (
        SELECT framework_id FROM pathways_collaborator WHERE person_id = waymark_person()
        UNION
        SELECT item.framework_id
          FROM pathways_verificationitem item
          JOIN pathways_verificationrequest asked ON asked.id = item.request_id
         WHERE asked.assessor_id = waymark_person()
        UNION
        SELECT level.framework_id
          FROM pathways_claimedlevel level
          JOIN pathways_priorlearningclaim claim ON claim.id = level.claim_id
         WHERE claim.assessor_id = waymark_person()
    ) opened
$$
"""

_OWNED = Organisation("owner_id", is_shared=True, or_national=True)
_WRITTEN_WITH = Written(
    "EXISTS (SELECT FROM pathways_collaborator shared"
    f" WHERE shared.framework_id = {{table}}.id AND shared.person_id = {ME})"
)
_ASKED_ABOUT = Written(
    "EXISTS (SELECT FROM pathways_verificationitem judged"
    " JOIN pathways_verificationrequest asked ON asked.id = judged.request_id"
    f" WHERE judged.framework_id = {{table}}.id AND asked.assessor_id = {ME})"
)
_CLAIMED_FROM = Written(
    "EXISTS (SELECT FROM pathways_claimedlevel level"
    " JOIN pathways_priorlearningclaim claim ON claim.id = level.claim_id"
    f" WHERE level.framework_id = {{table}}.id AND claim.assessor_id = {ME})"
)
_OPENED = Written("{table}.id = ANY ((SELECT waymark_opened_frameworks())::bigint[])")


def _told_by_owner(table: str, kind: Kind) -> RebuildWall:
    return RebuildWall(table, Wall(kind, seen_by_owner=True), before=kind)


class Migration(migrations.Migration):
    dependencies = [
        ("pathways", "0012_frozen_by_statement"),
    ]

    operations = [
        migrations.RunSQL(OPENED_FRAMEWORKS, "DROP FUNCTION waymark_opened_frameworks()"),
        _told_by_owner(
            "pathways_collaborator",
            AnyOf(
                (
                    Organisation("organisation_id", is_shared=True, or_national=True),
                    Own(("person_id", "invited_by_id")),
                )
            ),
        ),
        _told_by_owner(
            "pathways_verificationrequest",
            AnyOf((Concerning("subject_id"), Own(("assessor_id", "decided_by_id")))),
        ),
        _told_by_owner(
            "pathways_verificationitem", Parent("request_id", "pathways_verificationrequest")
        ),
        _told_by_owner(
            "pathways_priorlearningclaim",
            AnyOf((Member(), Own(("assessor_id", "decided_by_id")))),
        ),
        _told_by_owner(
            "pathways_claimedlevel", Parent("claim_id", "pathways_priorlearningclaim")
        ),
        RebuildWall(
            "pathways_framework",
            AnyOf((_OWNED, _OPENED)),
            before=AnyOf((_OWNED, _WRITTEN_WITH, _ASKED_ABOUT, _CLAIMED_FROM)),
        ),
    ]
