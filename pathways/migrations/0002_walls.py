"""Row-level security of this app."""

from django.db import migrations

from accounts.walls import BuildWall, Member, Organisation, Parent


class Migration(migrations.Migration):
    dependencies = [
        ("pathways", "0001_initial"),
        ("accounts", "0011_walls"),
    ]

    operations = [
        BuildWall("pathways_framework", Organisation("owner_id", is_shared=True, or_national=True)),
        BuildWall("pathways_frameworkversion", Parent("framework_id", "pathways_framework")),
        BuildWall("pathways_domain", Parent("version_id", "pathways_frameworkversion")),
        BuildWall("pathways_competency", Parent("domain_id", "pathways_domain")),
        BuildWall("pathways_leveldescriptor", Parent("competency_id", "pathways_competency")),
        BuildWall("pathways_indicator", Parent("descriptor_id", "pathways_leveldescriptor")),
        BuildWall(
            "pathways_roleprofile", Organisation("owner_id", is_shared=True, or_national=True)
        ),
        BuildWall("pathways_requirement", Parent("role_profile_id", "pathways_roleprofile")),
        BuildWall("pathways_postrole", Parent("post_id", "accounts_post")),
        BuildWall("pathways_pathwaystep", Parent("from_role_id", "pathways_roleprofile")),
        BuildWall("pathways_attainment", Member()),
        BuildWall("pathways_aspiration", Member()),
    ]
