"""Stages and contests are seen with the request; rules by everybody whom they hold for.

Requests that already wait get the stage that they were asked under.
"""

from django.db import migrations

from accounts.walls import BuildWall, Organisation, Parent

_REQUESTS_THAT_WAIT = """
SELECT set_config('waymark.everywhere', 'on', true);
INSERT INTO courses_approval (
    enrolment_id, stage, asks, state, working_days, on_silence, asked_at, due_on,
    escalated_to, decided_by_rule)
SELECT id, 1, 'LINE_MANAGER', 'WAITING', 5, 'GRANT', requested_at, CURRENT_DATE + 7, '', ''
  FROM courses_enrolment WHERE state = 'REQUESTED';
SELECT set_config('waymark.everywhere', '', true);
"""


class Migration(migrations.Migration):
    dependencies = [("courses", "0006_stages_of_approval")]

    operations = [
        BuildWall("courses_approval", Parent("enrolment_id", "courses_enrolment")),
        BuildWall("courses_contest", Parent("enrolment_id", "courses_enrolment")),
        BuildWall("courses_approvalrule", Organisation(is_shared=True, or_national=True)),
        migrations.RunSQL(_REQUESTS_THAT_WAIT, migrations.RunSQL.noop),
    ]
