"""Equality data move into a schema of their own, encrypted, with functions that open one's own row.

There is no foreign key to people: nothing that works on people waits for this table, and it could
lie in another database. Erasing a person removes the row by name.
"""

from django.conf import settings
from django.db import migrations, models

from accounts.encryption import KeyRing

COLUMNS = ("ethnic_category", "disability", "gender_identity", "sexual_orientation", "birth_decade")
ETHNIC, DISABILITY, GENDER, DECADE = (
    "ETHNIC CATEGORY",
    "WDES DISABILITY",
    "GENDER IDENTITY CODE",
    "DECADE OF BIRTH",
)

MAKE_TABLE = """
CREATE SCHEMA equality;
CREATE TABLE equality.record (
    person_id bigint PRIMARY KEY,
    key_id text NOT NULL DEFAULT '',
    ethnic_category text,
    disability text,
    gender_identity text,
    sexual_orientation text,
    birth_decade text,
    opted_out_on date,
    CONSTRAINT equality_answers_are_encrypted CHECK (
        starts_with(ethnic_category, 'w1.' || key_id || '.')
        AND starts_with(disability, 'w1.' || key_id || '.')
        AND starts_with(gender_identity, 'w1.' || key_id || '.')
        AND starts_with(sexual_orientation, 'w1.' || key_id || '.')
        AND starts_with(birth_decade, 'w1.' || key_id || '.')
    ),
    CONSTRAINT equality_nothing_kept_of_who_opted_out CHECK (
        opted_out_on IS NULL
        OR (key_id = '' AND num_nonnulls(
            ethnic_category, disability, gender_identity, sexual_orientation, birth_decade
        ) = 0)
    )
);
REVOKE ALL ON equality.record FROM PUBLIC;
"""

# Each function is asked for a person by number and compares it with the person whose transaction
# it is. Names are written in full and the search path is fixed, so that nobody's own tables or
# operators are taken for ours.
MAKE_FUNCTIONS = """
CREATE FUNCTION equality.is_own(asked_for bigint) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT asked_for::text = current_setting('waymark.person', true)
$$;

CREATE FUNCTION equality.refuse_others(asked_for bigint) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF equality.is_own(asked_for) IS NOT TRUE THEN
        RAISE insufficient_privilege USING MESSAGE = 'This is not your own equality record.';
    END IF;
END
$$;

CREATE FUNCTION equality.read_own(asked_for bigint)
RETURNS TABLE (
    ethnic_category text, disability text, gender_identity text, sexual_orientation text,
    birth_decade text, opted_out_on date
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT ethnic_category, disability, gender_identity, sexual_orientation, birth_decade,
           opted_out_on
      FROM equality.record
     WHERE person_id = asked_for AND equality.is_own(asked_for)
$$;

CREATE FUNCTION equality.keep_own(
    asked_for bigint, with_key text, for_ethnic_category text, for_disability text,
    for_gender_identity text, for_sexual_orientation text, for_birth_decade text
) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM equality.refuse_others(asked_for);
    INSERT INTO equality.record AS kept VALUES (
        asked_for, with_key, for_ethnic_category, for_disability, for_gender_identity,
        for_sexual_orientation, for_birth_decade
    )
    ON CONFLICT (person_id) DO UPDATE
       SET key_id = with_key,
           ethnic_category = for_ethnic_category,
           disability = for_disability,
           gender_identity = for_gender_identity,
           sexual_orientation = for_sexual_orientation,
           birth_decade = for_birth_decade
     WHERE kept.opted_out_on IS NULL;
    RETURN FOUND;
END
$$;

CREATE FUNCTION equality.forget_own(asked_for bigint) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM equality.refuse_others(asked_for);
    DELETE FROM equality.record WHERE person_id = asked_for AND opted_out_on IS NULL;
    RETURN FOUND;
END
$$;

CREATE FUNCTION equality.stop_own(asked_for bigint, from_day date) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM equality.refuse_others(asked_for);
    INSERT INTO equality.record AS kept (person_id, opted_out_on) VALUES (asked_for, from_day)
    ON CONFLICT (person_id) DO UPDATE
       SET key_id = '',
           ethnic_category = NULL,
           disability = NULL,
           gender_identity = NULL,
           sexual_orientation = NULL,
           birth_decade = NULL,
           opted_out_on = from_day
     WHERE kept.opted_out_on IS NULL;
    RETURN FOUND;
END
$$;

CREATE FUNCTION equality.resume_own(asked_for bigint) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM equality.refuse_others(asked_for);
    DELETE FROM equality.record WHERE person_id = asked_for AND opted_out_on IS NOT NULL;
    RETURN FOUND;
END
$$;

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA equality FROM PUBLIC;
"""
DROP_SCHEMA = "DROP SCHEMA equality CASCADE"


def encrypt_what_was_told(apps, schema_editor):
    """Into a new table, so that no page of the old one keeps a plain answer."""
    told = apps.get_model("accounts", "EqualityRecord").objects.order_by("pk")
    if not told.exists():
        return
    ring = KeyRing(settings.EQUALITY_KEYS, purpose="equality")
    with schema_editor.connection.cursor() as cursor:
        for row in told.iterator(chunk_size=2000):
            cursor.execute(
                "INSERT INTO equality.record VALUES (%s, %s, %s, %s, %s, NULL, %s, %s)",
                encrypted(row, ring),
            )


def encrypted(row, ring):
    if row.opted_out_on:
        return [row.person_id, "", None, None, None, None, row.opted_out_on]
    told = {
        "ethnic_category": (row.ethnic_code_system, row.ethnic_code),
        "disability": (DISABILITY, row.disability_code),
        "gender_identity": (GENDER, row.gender_code),
        "birth_decade": (DECADE, str(row.birth_year // 10 * 10) if row.birth_year else ""),
    }
    tokens = [
        ring.encrypt(f"{system}|{code}", bound_to=f"{row.person_id}:{column}") if code else None
        for column, (system, code) in told.items()
    ]
    return [row.person_id, ring.key_id, *tokens, None]


def decrypt_again(apps, schema_editor):
    """The year of birth comes back as the first of its decade: the year itself was given up."""
    EqualityRecord = apps.get_model("accounts", "EqualityRecord")
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(
            "SELECT person_id, opted_out_on, ethnic_category, disability, gender_identity,"
            " birth_decade FROM equality.record ORDER BY person_id"
        )
        rows = cursor.fetchall()
    if rows:
        ring = KeyRing(settings.EQUALITY_KEYS, purpose="equality")
        EqualityRecord.objects.bulk_create(decrypted(EqualityRecord, row, ring) for row in rows)


def decrypted(EqualityRecord, row, ring):
    person_id, opted_out_on, *tokens = row
    columns = ("ethnic_category", "disability", "gender_identity", "birth_decade")
    told = {
        column: ring.decrypt(token, bound_to=f"{person_id}:{column}").split("|")
        for column, token in zip(columns, tokens, strict=True)
        if token
    }
    system, ethnic = told.get("ethnic_category", (ETHNIC, ""))
    decade = told.get("birth_decade", ("", ""))[1]
    return EqualityRecord(
        person_id=person_id,
        opted_out_on=opted_out_on,
        ethnic_code_system=system,
        ethnic_code=ethnic,
        disability_code=told.get("disability", ("", ""))[1],
        gender_code=told.get("gender_identity", ("", ""))[1],
        birth_year=int(decade) if decade.isdigit() else None,
    )


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0005_delegations'),
    ]

    operations = [
        migrations.RunSQL(MAKE_TABLE, DROP_SCHEMA),
        migrations.RunSQL(MAKE_FUNCTIONS, migrations.RunSQL.noop),
        migrations.RunPython(encrypt_what_was_told, decrypt_again),
        migrations.DeleteModel(name='EqualityRecord'),
        migrations.CreateModel(
            name='MonitoringCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('attribute', models.CharField(choices=[('ethnic_category', 'Ethnic group'), ('disability', 'Disability'), ('gender_identity', 'Gender identity'), ('sexual_orientation', 'Sexual orientation'), ('birth_decade', 'When you were born')], max_length=20, verbose_name='about')),
                ('system', models.CharField(max_length=40, verbose_name='code system')),
                ('code', models.CharField(max_length=10, verbose_name='code')),
                ('label', models.CharField(max_length=120, verbose_name='what it means')),
                ('kind', models.CharField(choices=[('ANSWER', 'Answer'), ('NOT_STATED', 'Prefer not to say'), ('NOT_KNOWN', 'Not known')], max_length=10, verbose_name='kind')),
                ('position', models.PositiveSmallIntegerField(verbose_name='place in the list')),
                ('is_verified', models.BooleanField(verbose_name='checked against its source')),
            ],
            options={
                'ordering': ['attribute', 'position', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('attribute', 'system', 'code'), name='monitoring_code_once_in_its_system')],
            },
        ),
    ]
