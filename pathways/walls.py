"""Row-level security of frameworks, role profiles and what people have reached."""

from accounts.walls import Declared, Member, Open, Organisation, Parent

_OWNED = Organisation("owner_id", is_shared=True, or_national=True)

WALLS: Declared = {
    "pathways_framework": _OWNED,
    "pathways_scale": Open("Names of levels, which editions of several owners use."),
    "pathways_level": Open("Names of levels, which editions of several owners use."),
    "pathways_frameworkversion": Parent("framework_id", "pathways_framework"),
    "pathways_domain": Parent("version_id", "pathways_frameworkversion"),
    "pathways_competency": Parent("domain_id", "pathways_domain"),
    "pathways_leveldescriptor": Parent("competency_id", "pathways_competency"),
    "pathways_indicator": Parent("descriptor_id", "pathways_leveldescriptor"),
    "pathways_roleprofile": _OWNED,
    "pathways_requirement": Parent("role_profile_id", "pathways_roleprofile"),
    "pathways_postrole": Parent("post_id", "accounts_post"),
    "pathways_pathwaystep": Parent("from_role_id", "pathways_roleprofile"),
    "pathways_attainment": Member(),
    "pathways_aspiration": Member(),
}
