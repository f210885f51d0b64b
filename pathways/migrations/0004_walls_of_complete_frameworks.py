"""Row-level security of what came with complete frameworks."""

from django.db import migrations

from accounts.walls import (
    ME,
    AnyOf,
    BuildWall,
    Concerning,
    Member,
    Organisation,
    Own,
    Parent,
    RebuildWall,
    Written,
)

_OWNED = Organisation("owner_id", is_shared=True, or_national=True)
_WRITTEN_WITH = Written(
    "EXISTS (SELECT FROM pathways_collaborator shared"
    f" WHERE shared.framework_id = {{table}}.id AND shared.person_id = {ME})"
)
_EVIDENCE_SHOWN = Written(
    "EXISTS (SELECT FROM pathways_verificationevidence shown"
    " WHERE shown.evidence_id = {table}.id)"
    " OR EXISTS (SELECT FROM pathways_claimevidence shown WHERE shown.evidence_id = {table}.id)"
)
_VERSION = Parent("version_id", "pathways_frameworkversion")


class Migration(migrations.Migration):
    dependencies = [
        ("pathways", "0003_complete_frameworks"),
    ]

    operations = [
        BuildWall(
            "pathways_collaborator",
            AnyOf(
                (
                    Organisation("organisation_id", is_shared=True, or_national=True),
                    Own(("person_id", "invited_by_id")),
                )
            ),
        ),
        RebuildWall("pathways_framework", AnyOf((_OWNED, _WRITTEN_WITH)), before=_OWNED),
        BuildWall("pathways_associationgroup", _VERSION),
        BuildWall("pathways_association", _VERSION),
        BuildWall("pathways_crosswalk", Parent("before_id", "pathways_competency")),
        BuildWall("pathways_crosswalklevel", Parent("crosswalk_id", "pathways_crosswalk")),
        BuildWall("pathways_review", _VERSION),
        BuildWall("pathways_comment", _VERSION),
        BuildWall(
            "pathways_frameworkimport",
            AnyOf((Own(("uploaded_by_id",)), Organisation("owner_id"), _VERSION)),
        ),
        BuildWall("pathways_importline", Parent("imported_id", "pathways_frameworkimport")),
        BuildWall("pathways_requirementgroup", Parent("role_profile_id", "pathways_roleprofile")),
        BuildWall("pathways_rolecondition", Parent("group_id", "pathways_requirementgroup")),
        BuildWall("pathways_resource", _OWNED),
        BuildWall("pathways_resourcelevel", Parent("resource_id", "pathways_resource")),
        BuildWall(
            "pathways_coachoffer",
            AnyOf((Organisation("organisation_id", is_shared=True), Own(("person_id",)))),
        ),
        BuildWall("pathways_qualification", Member()),
        BuildWall(
            "pathways_assessorappointment",
            AnyOf(
                (
                    Organisation("organisation_id"),
                    Concerning("subject_id"),
                    Own(("assessor_id", "appointed_by_id")),
                )
            ),
        ),
        BuildWall(
            "pathways_verificationrequest",
            AnyOf((Concerning("subject_id"), Own(("assessor_id", "decided_by_id")))),
        ),
        BuildWall(
            "pathways_verificationitem", Parent("request_id", "pathways_verificationrequest")
        ),
        BuildWall("pathways_verificationevidence", Parent("item_id", "pathways_verificationitem")),
        BuildWall(
            "pathways_priorlearningclaim",
            AnyOf((Member(), Own(("assessor_id", "decided_by_id")))),
        ),
        BuildWall("pathways_claimedlevel", Parent("claim_id", "pathways_priorlearningclaim")),
        BuildWall("pathways_claimevidence", Parent("claim_id", "pathways_priorlearningclaim")),
        BuildWall("pathways_evidence", AnyOf((Concerning(), _EVIDENCE_SHOWN))),
        BuildWall("pathways_evidenceuse", Parent("evidence_id", "pathways_evidence")),
    ]
