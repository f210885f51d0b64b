"""Programs are shown how far the requests to confirm levels are that their organisation keeps."""

from django.db import migrations

from accounts.walls import ME, ORGANISATIONS, AnyOf, Concerning, Own, RebuildWall, Wall, Written

_OF_PEOPLE = (Concerning("subject_id"), Own(("assessor_id", "decided_by_id")))
_KEPT_FOR_PROGRAMS = Written(f"{ME} IS NULL AND {{table}}.organisation_id = {ORGANISATIONS}")


class Migration(migrations.Migration):
    dependencies = [("pathways", "0016_writers_do_not_overwrite")]

    operations = [
        RebuildWall(
            "pathways_verificationrequest",
            Wall(AnyOf((*_OF_PEOPLE, _KEPT_FOR_PROGRAMS)), seen_by_owner=True),
            before=Wall(AnyOf(_OF_PEOPLE), seen_by_owner=True),
        ),
    ]
