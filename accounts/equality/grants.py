"""Who may do what in the schema of equality data, given again after every migration.

``waymark_equality`` owns the functions and reads and writes the table. The application's role may
execute the functions and nothing else. Where one role still does everything (a database that was
set up without the others) there is nothing to give.
"""

from typing import Any

from django.conf import settings
from django.db import connections

EQUALITY_ROLE = "waymark_equality"

# A function of the owner would run with the owner's powers, so it is given to the lesser role.
# That takes the right to make things in the schema, for as long as it takes.
_TO_EQUALITY_ROLE = """
GRANT USAGE, CREATE ON SCHEMA equality TO {role};
GRANT SELECT, INSERT, UPDATE, DELETE ON equality.record TO {role};
DO $$
DECLARE found regprocedure;
BEGIN
    FOR found IN
        SELECT p.oid FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
         WHERE n.nspname = 'equality' AND p.proowner <> '{role}'::regrole
    LOOP
        EXECUTE format('ALTER FUNCTION %s OWNER TO {role}', found);
    END LOOP;
END $$;
REVOKE CREATE ON SCHEMA equality FROM {role};
"""
_TO_APPLICATION = """
GRANT USAGE ON SCHEMA equality TO {role};
REVOKE ALL ON equality.record FROM {role};
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA equality TO {role};
"""
_STATE = """
SELECT to_regclass('equality.record') IS NOT NULL,
       to_regrole(%(equality)s) IS NOT NULL
           AND pg_has_role(current_user, to_regrole(%(equality)s), 'MEMBER'),
       to_regrole(%(application)s) IS NOT NULL AND current_user <> %(application)s
"""


def give(using: str, *, application: str) -> None:
    """Give both roles their rights, as the owner of the schema; the same again changes nothing."""
    quote = connections[using].ops.quote_name
    with connections[using].cursor() as cursor:
        cursor.execute(_STATE, {"equality": EQUALITY_ROLE, "application": application})
        is_there, has_own_role, has_application = cursor.fetchone()
        if not is_there:
            return
        if has_own_role:
            cursor.execute(_TO_EQUALITY_ROLE.format(role=EQUALITY_ROLE))
        if has_application:
            cursor.execute(_TO_APPLICATION.format(role=quote(application)))


def after_migrate(*, using: str, **kwargs: Any) -> None:
    give(using, application=settings.APPLICATION_ROLE)
