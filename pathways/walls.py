"""Row-level security of frameworks, role profiles and what people have reached."""

from accounts.walls import (
    ME,
    AnyOf,
    Concerning,
    Declared,
    Kind,
    Member,
    Open,
    Organisation,
    Own,
    Parent,
    Written,
)

_OWNED = Organisation("owner_id", is_shared=True, or_national=True)
# The wall of collaborators does not look at frameworks, or the two would ask each other for ever.
_COLLABORATOR = AnyOf(
    (
        Organisation("organisation_id", is_shared=True, or_national=True),
        Own(("person_id", "invited_by_id")),
    )
)
_WRITTEN_WITH = Written(
    "EXISTS (SELECT FROM pathways_collaborator shared"
    f" WHERE shared.framework_id = {{table}}.id AND shared.person_id = {ME})"
)
# Who is asked to confirm a level reads the words of its framework, also that of another body.
_ASKED_ABOUT = Written(
    "EXISTS (SELECT FROM pathways_verificationitem judged"
    " JOIN pathways_verificationrequest asked ON asked.id = judged.request_id"
    f" WHERE judged.framework_id = {{table}}.id AND asked.assessor_id = {ME})"
)
# And so does who decides a claim of prior learning.
_CLAIMED_FROM = Written(
    "EXISTS (SELECT FROM pathways_claimedlevel level"
    " JOIN pathways_priorlearningclaim claim ON claim.id = level.claim_id"
    f" WHERE level.framework_id = {{table}}.id AND claim.assessor_id = {ME})"
)
_EVIDENCE_SHOWN = Written(
    "EXISTS (SELECT FROM pathways_verificationevidence shown"
    " WHERE shown.evidence_id = {table}.id)"
    " OR EXISTS (SELECT FROM pathways_claimevidence shown WHERE shown.evidence_id = {table}.id)"
)

_FRAMEWORKS: dict[str, Kind | Open] = {
    "pathways_framework": AnyOf((_OWNED, _WRITTEN_WITH, _ASKED_ABOUT, _CLAIMED_FROM)),
    "pathways_scale": Open("Names of levels, which editions of several owners use."),
    "pathways_level": Open("Names of levels, which editions of several owners use."),
    "pathways_frameworkversion": Parent("framework_id", "pathways_framework"),
    "pathways_domain": Parent("version_id", "pathways_frameworkversion"),
    "pathways_competency": Parent("domain_id", "pathways_domain"),
    "pathways_leveldescriptor": Parent("competency_id", "pathways_competency"),
    "pathways_indicator": Parent("descriptor_id", "pathways_leveldescriptor"),
    "pathways_associationgroup": Parent("version_id", "pathways_frameworkversion"),
    "pathways_association": Parent("version_id", "pathways_frameworkversion"),
    "pathways_crosswalk": Parent("before_id", "pathways_competency"),
    "pathways_crosswalklevel": Parent("crosswalk_id", "pathways_crosswalk"),
    "pathways_collaborator": _COLLABORATOR,
    "pathways_review": Parent("version_id", "pathways_frameworkversion"),
    "pathways_comment": Parent("version_id", "pathways_frameworkversion"),
    "pathways_frameworkimport": AnyOf(
        (
            Own(("uploaded_by_id",)),
            Organisation("owner_id"),
            Parent("version_id", "pathways_frameworkversion"),
        )
    ),
    "pathways_importline": Parent("imported_id", "pathways_frameworkimport"),
}
_ROLES: dict[str, Kind | Open] = {
    "pathways_roleprofile": _OWNED,
    "pathways_requirement": Parent("role_profile_id", "pathways_roleprofile"),
    "pathways_requirementgroup": Parent("role_profile_id", "pathways_roleprofile"),
    "pathways_rolecondition": Parent("group_id", "pathways_requirementgroup"),
    "pathways_postrole": Parent("post_id", "accounts_post"),
    "pathways_pastpostrole": Parent("post_id", "accounts_post"),
    "pathways_pathwaystep": Parent("from_role_id", "pathways_roleprofile"),
    "pathways_resource": _OWNED,
    "pathways_resourcelevel": Parent("resource_id", "pathways_resource"),
    "pathways_coachoffer": AnyOf(
        (Organisation("organisation_id", is_shared=True), Own(("person_id",)))
    ),
}
_PEOPLE: dict[str, Kind | Open] = {
    "pathways_attainment": Member(),
    "pathways_aspiration": Member(),
    "pathways_qualification": Member(),
    "pathways_assessorappointment": AnyOf(
        (
            Organisation("organisation_id"),
            Concerning("subject_id"),
            Own(("assessor_id", "appointed_by_id")),
        )
    ),
    "pathways_verificationrequest": AnyOf(
        (Concerning("subject_id"), Own(("assessor_id", "decided_by_id")))
    ),
    "pathways_verificationitem": Parent("request_id", "pathways_verificationrequest"),
    "pathways_verificationevidence": Parent("item_id", "pathways_verificationitem"),
    "pathways_evidence": AnyOf((Concerning(), _EVIDENCE_SHOWN)),
    "pathways_evidenceuse": Parent("evidence_id", "pathways_evidence"),
    "pathways_priorlearningclaim": AnyOf((Member(), Own(("assessor_id", "decided_by_id")))),
    "pathways_claimedlevel": Parent("claim_id", "pathways_priorlearningclaim"),
    "pathways_claimevidence": Parent("claim_id", "pathways_priorlearningclaim"),
}

WALLS: Declared = {**_FRAMEWORKS, **_ROLES, **_PEOPLE}
