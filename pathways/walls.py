"""Row-level security of frameworks, role profiles and what people have reached."""

from accounts.walls import (
    ME,
    ORGANISATIONS,
    AnyOf,
    Concerning,
    Declared,
    Kind,
    Member,
    Open,
    Organisation,
    Own,
    Parent,
    Wall,
    Written,
)

_OWNED = Organisation("owner_id", is_shared=True, or_national=True)
_COLLABORATOR = AnyOf(
    (
        Organisation("organisation_id", is_shared=True, or_national=True),
        Own(("person_id", "invited_by_id")),
    )
)
# Frameworks of other bodies that one writes with them, is asked to confirm levels of, or decides
# claims about. Told by the owner and once a statement: everything in an edition rests on this wall,
# and a policy that asked other tables would ask them again for every row.
_OPENED = Written("{table}.id = ANY ((SELECT waymark_opened_frameworks())::bigint[])")
# A program is shown how far the requests are that its organisation keeps; people are not.
_KEPT_FOR_PROGRAMS = Written(f"{ME} IS NULL AND {{table}}.organisation_id = {ORGANISATIONS}")
_EVIDENCE_SHOWN = Written(
    "EXISTS (SELECT FROM pathways_verificationevidence shown"
    " WHERE shown.evidence_id = {table}.id)"
    " OR EXISTS (SELECT FROM pathways_claimevidence shown WHERE shown.evidence_id = {table}.id)"
)

_FRAMEWORKS: dict[str, Kind | Wall | Open] = {
    "pathways_framework": AnyOf((_OWNED, _OPENED)),
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
    "pathways_collaborator": Wall(_COLLABORATOR, seen_by_owner=True),
    "pathways_review": Parent("version_id", "pathways_frameworkversion"),
    "pathways_comment": Parent("version_id", "pathways_frameworkversion"),
    "pathways_frameworkimport": AnyOf(
        (
            Own(("uploaded_by_id",)),
            Organisation("owner_id"),
            Parent("version_id", "pathways_frameworkversion"),
        )
    ),
    "pathways_packagefetch": Parent("version_id", "pathways_frameworkversion"),
    "pathways_importline": Parent("imported_id", "pathways_frameworkimport"),
}
_ROLES: dict[str, Kind | Wall | Open] = {
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
_PEOPLE: dict[str, Kind | Wall | Open] = {
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
    "pathways_verificationrequest": Wall(
        AnyOf(
            (
                Concerning("subject_id"),
                Own(("assessor_id", "decided_by_id")),
                _KEPT_FOR_PROGRAMS,
            )
        ),
        seen_by_owner=True,
    ),
    "pathways_verificationitem": Wall(
        Parent("request_id", "pathways_verificationrequest"), seen_by_owner=True
    ),
    "pathways_verificationevidence": Parent("item_id", "pathways_verificationitem"),
    "pathways_evidence": AnyOf((Concerning(), _EVIDENCE_SHOWN)),
    "pathways_evidenceuse": Parent("evidence_id", "pathways_evidence"),
    "pathways_priorlearningclaim": Wall(
        AnyOf((Member(), Own(("assessor_id", "decided_by_id")))), seen_by_owner=True
    ),
    "pathways_claimedlevel": Wall(
        Parent("claim_id", "pathways_priorlearningclaim"), seen_by_owner=True
    ),
    "pathways_claimevidence": Parent("claim_id", "pathways_priorlearningclaim"),
}

WALLS: Declared = {**_FRAMEWORKS, **_ROLES, **_PEOPLE}
