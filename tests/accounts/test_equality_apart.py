"""Who reaches equality data: the role that serves, the role of its own, and the code."""

import ast
import threading
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
import redis
from django.db import ProgrammingError, connection, transaction
from django.test import Client
from psycopg import sql

from accounts.equality import apart, own
from accounts.equality.cipher import opened
from accounts.equality.grants import EQUALITY_ROLE
from accounts.models import Attribute, Event, MonitoringCode
from accounts.services.equality import answer_equality, stop_monitoring
from common.errors import Conflict
from config.examinations import equality_data
from config.reference.monitoring import load_monitoring_codes
from config.supervisor import _our_programs
from tests.architecture.source import modules, name_of, tree
from tests.equality import (
    CHINESE,
    DISABILITY,
    DISABLED,
    ETHNIC,
    WHITE_BRITISH,
    all_rows,
    application,
    superuser,
    write_rows,
)
from tests.factories.accounts import employ
from tests.factories.clock import NOW, TODAY

committed = pytest.mark.django_db(transaction=True)
OWN, OTHER = 101, 102


@pytest.fixture
def rows(db, apart_role):
    write_rows([OWN, OTHER], {ETHNIC: CHINESE})


@pytest.fixture
def served(rows):
    """A connection as the role that serves pages, in the transaction of one person."""
    with psycopg.connect(application(), autocommit=True) as link:
        link.execute("SELECT set_config('waymark.person', %s, false)", [str(OWN)])
        yield link


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM equality.record",
        "SELECT count(*) FROM equality.record",
        f"SELECT ethnic_category FROM equality.record WHERE person_id = {OWN}",  # noqa: S608
        "SELECT p.id FROM accounts_person p JOIN equality.record r ON r.person_id = p.id",
        "COPY equality.record TO STDOUT",
        "INSERT INTO equality.record (person_id) VALUES (103)",
        "UPDATE equality.record SET opted_out_on = NULL",
        "DELETE FROM equality.record",
        "TRUNCATE equality.record",
        "ALTER TABLE equality.record DISABLE TRIGGER ALL",
        "CREATE TABLE equality.mine (id int)",
        "CREATE FUNCTION equality.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "ALTER FUNCTION equality.read_own(bigint) SECURITY INVOKER",
        f"SET ROLE {EQUALITY_ROLE}",
    ],
)
def test_the_role_that_serves_is_refused_by_the_database(served, statement):
    before = all_rows()

    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        served.execute(statement)

    assert all_rows() == before


def test_it_reads_the_row_of_the_person_whose_transaction_it_is(served):
    found = served.execute("SELECT ethnic_category FROM equality.read_own(%s)", [OWN]).fetchall()

    assert found == [(all_rows()[OWN][1],)]


@pytest.mark.parametrize("person", ["", "0", str(OTHER), "101, 102", "nobody", "1e2"])
def test_another_number_reads_nothing_whoever_asks(served, person):
    served.execute("SELECT set_config('waymark.person', %s, false)", [person])

    assert served.execute("SELECT * FROM equality.read_own(%s)", [OWN]).fetchall() == []


def test_a_transaction_of_nobody_reads_nothing(rows):
    with psycopg.connect(application()) as link:
        assert link.execute("SELECT * FROM equality.read_own(%s)", [OWN]).fetchall() == []


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT equality.keep_own(%s, 'k', NULL, NULL, NULL, NULL, NULL)",
        "SELECT equality.forget_own(%s)",
        "SELECT equality.stop_own(%s, '2026-11-20')",
        "SELECT equality.resume_own(%s)",
    ],
)
@pytest.mark.parametrize("asked_for", [OTHER, None, 999])
def test_nobody_writes_the_row_of_somebody_else(served, statement, asked_for):
    before = all_rows()

    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="not your own"):
        served.execute(statement, [asked_for])

    assert all_rows() == before


def test_a_mistake_in_the_code_finds_the_same_refusal(rows):
    """The scope of a request is one person; a service that names another gets nothing."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('waymark.person', %s, true)", [str(OWN)])
        assert own.read(OTHER) is None
        assert own.read(OWN) is not None
        with pytest.raises(ProgrammingError, match="not your own"), transaction.atomic():
            own.stop(OTHER, on=TODAY)
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('waymark.person', '', true)")

    assert all_rows()[OTHER][-1] is None


def test_the_role_of_equality_data_reads_nothing_else(rows):
    with psycopg.connect(superuser()) as link:
        reachable = link.execute(
            "SELECT n.nspname || '.' || c.relname FROM pg_class c"
            " JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE c.relkind IN ('r', 'p', 'v', 'm')"
            " AND n.nspname NOT IN ('pg_catalog', 'information_schema')"
            " AND has_schema_privilege(%(role)s, n.oid, 'USAGE')"
            " AND has_table_privilege(%(role)s, c.oid, 'SELECT')",
            {"role": EQUALITY_ROLE},
        ).fetchall()

    assert reachable == [("equality.record",)]


def test_functions_run_as_the_lesser_role_and_for_nobody_by_default(rows):
    with psycopg.connect(superuser()) as link:
        found = link.execute(
            "SELECT p.proname, p.proowner::regrole::text, p.prosecdef, p.proconfig,"
            " has_function_privilege('public', p.oid, 'EXECUTE')"
            " FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
            " WHERE n.nspname = 'equality' ORDER BY 1"
        ).fetchall()

    assert [name for name, _, is_definer, _, _ in found if is_definer] == [
        "forget_own",
        "keep_own",
        "read_own",
        "resume_own",
        "stop_own",
    ]
    assert {(owner, *config, open_) for _, owner, _, config, open_ in found} == {
        (EQUALITY_ROLE, "search_path=pg_catalog, pg_temp", False)
    }


@pytest.mark.parametrize("is_given", [False, True])
def test_the_doctor_finds_a_role_that_was_given_too_much(rows, is_given):
    role = sql.Identifier(urlsplit(application()).username)
    statement = sql.SQL("{} SELECT ON equality.record {} {}").format
    with psycopg.connect(superuser(), autocommit=True) as link:
        if is_given:
            link.execute(statement(sql.SQL("GRANT"), sql.SQL("TO"), role))
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(sql.SQL("SET LOCAL ROLE {}").format(role))
                finding = equality_data()
                cursor.execute("RESET ROLE")
        finally:
            link.execute(statement(sql.SQL("REVOKE"), sql.SQL("FROM"), role))

    assert finding.is_ok is not is_given
    assert ("in bulk" in finding.state) is is_given


def test_web_processes_are_not_told_where_the_role_signs_in(settings):
    values = {
        "DATABASE_URL": "postgres://waymark_web@db/waymark",
        "DATABASE_OWNER_URL": "",
        "EQUALITY_DATABASE_URL": "postgres://waymark_equality@db/waymark",
        "REDIS_URL": "redis://redis/0",
        "DATA_DIR": Path("/nowhere"),
        "LOG_LEVEL": "INFO",
        "WORKER_PROCESSES": 1,
        "BIND": "127.0.0.1",
        "PORT": 8000,
        "WEB_PROCESSES": 1,
        "WEB_THREADS": 1,
    }

    given = {p.name: p.env["EQUALITY_DATABASE_URL"] for p in _our_programs(values)}

    assert given["web"] == ""
    assert given["worker"] == values["EQUALITY_DATABASE_URL"]


# Everything else learns of equality data through these, or not at all.
MAY_IMPORT = (
    "accounts/apps.py",
    "accounts/equality/",
    "accounts/registration.py",
    "accounts/selectors/equality.py",
    "accounts/services/equality.py",
    "accounts/services/equality_counts.py",
    "accounts/services/equality_keys.py",
    "accounts/views/equality.py",
    "config/demo/people.py",
)


def test_no_other_part_of_the_code_comes_near_it():
    near = [
        name_of(path)
        for path in modules()
        if "migrations" not in path.parts
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom)
        and node.module
        and node.module.startswith("accounts.equality")
    ]

    assert {name for name in near if not name.startswith(MAY_IMPORT)} == set()
    assert len(near) >= len(MAY_IMPORT) - 1


CANARY = "QZ7CANARY"


def everything_in_the_database():
    """Every table of every schema, as a dump would hold them."""
    with psycopg.connect(superuser()) as link:
        tables = link.execute(
            "SELECT schemaname, tablename FROM pg_tables"
            " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        ).fetchall()
        for schema, table in tables:
            statement = sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(schema, table))
            with link.cursor().copy(statement) as copy:
                yield from (bytes(block) for block in copy)


def everything_in_redis(settings):
    server = redis.Redis.from_url(settings.CACHES["default"]["LOCATION"])
    reads = {
        b"string": server.get,
        b"list": lambda key: server.lrange(key, 0, -1),
        b"hash": server.hgetall,
        b"set": server.smembers,
        b"zset": lambda key: server.zrange(key, 0, -1),
    }
    for key in server.scan_iter(count=1000):
        yield key + repr(reads[server.type(key)](key)).encode() if server.exists(key) else b""
    server.close()


def holds_canary(blocks):
    return any(CANARY.encode() in block for block in blocks)


@committed
def test_a_dump_the_files_the_cache_and_the_logs_hold_no_answer(
    apart_role, settings, caplog, capsys
):
    load_monitoring_codes()
    person, client = employ(), Client()
    offered = [
        MonitoringCode.objects.create(
            attribute=attribute,
            system=f"{CANARY} SYSTEM",
            code=CANARY,
            label="A thing nobody else says",
            kind="ANSWER",
            position=99,
            is_verified=True,
        )
        for attribute in Attribute
    ]
    client.force_login(person)

    said = client.post("/equality/answers/", {code.attribute: str(code.pk) for code in offered})
    shown = client.get("/equality/answers/")

    assert said.status_code == 302
    assert CANARY not in said["Location"]
    assert holds_canary(everything_in_the_database()), "the codes themselves are found"
    MonitoringCode.objects.filter(code=CANARY).delete()
    assert not holds_canary(everything_in_the_database())
    assert not holds_canary(everything_in_redis(settings))
    files = [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]
    assert not holds_canary(path.read_bytes() for path in files)
    assert CANARY not in caplog.text + capsys.readouterr().err
    # They are there: the person reads them.
    assert shown.content.decode().count("checked") == len(Attribute)
    assert CANARY in client.get("/equality/").content.decode()


def together(*acts):
    """Do all at the same moment, each in a thread; return what each of them came to."""
    start, ends = threading.Barrier(len(acts)), {}

    def run(number, act):
        start.wait()
        try:
            act()
            ends[number] = "done"
        except Conflict as refusal:
            ends[number] = refusal.code
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=item) for item in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [ends.get(number) for number in range(len(acts))]


@committed
def test_of_two_saves_at_once_one_stands_whole(apart_role):
    load_monitoring_codes()
    one, two = {ETHNIC: CHINESE}, {ETHNIC: WHITE_BRITISH, DISABILITY: DISABLED}
    for _ in range(8):
        person = employ()

        ends = together(
            lambda p=person: answer_equality(person=p, answers=one, by=p, now=NOW),
            lambda p=person: answer_equality(person=p, answers=two, by=p, now=NOW),
        )

        assert ends == ["done", "done"]
        assert opened(own.read(person.pk).tokens, person_id=person.pk) in (one, two)
        assert Event.objects.filter(subject=person, verb="answer_equality").count() == 2


@committed
def test_looking_first_and_writing_then_would_fail_for_one_of_two(apart_role):
    """Why it is one statement: two that look and see nothing both insert."""
    insert = "INSERT INTO equality.record (person_id) VALUES (900)"
    look = "SELECT 1 FROM equality.record WHERE person_id = 900"
    with apart.connected() as one, apart.connected() as two:
        assert (one.execute(look).fetchone(), two.execute(look).fetchone()) == (None, None)
        one.execute(insert)
        one.commit()
        with pytest.raises(psycopg.errors.UniqueViolation):
            two.execute(insert)
        two.rollback()


@committed
def test_an_answer_and_a_stop_at_once_never_leave_an_answer_behind(apart_role):
    load_monitoring_codes()
    answers = {ETHNIC: CHINESE}
    for _ in range(8):
        person = employ()

        ends = together(
            lambda p=person: answer_equality(person=p, answers=answers, by=p, now=NOW),
            lambda p=person: stop_monitoring(person=p, by=p, now=NOW),
        )

        row = own.read(person.pk)
        assert ends[1] == "done"
        assert ends[0] in {"done", "equality_stopped"}
        assert row.opted_out_on == TODAY
        assert not any(row.tokens.values())


def test_without_its_guards_the_database_would_keep_an_answer_after_a_stop(rows):
    """The test above can fail: taken off, for one transaction, this is what they prevent."""
    late = "UPDATE equality.record SET key_id = 'k', disability = 'w1.k.x' WHERE person_id = 777"
    guard = "equality_nothing_kept_of_who_opted_out"
    with psycopg.connect(superuser()) as link:
        link.execute("INSERT INTO equality.record (person_id, opted_out_on) VALUES (777, now())")
        with pytest.raises(psycopg.errors.CheckViolation), link.transaction():
            link.execute(late)
        link.execute(f"ALTER TABLE equality.record DROP CONSTRAINT {guard}")
        link.execute(late)
        found = link.execute("SELECT disability FROM equality.record WHERE person_id = 777")
        assert found.fetchone() == ("w1.k.x",)
        link.rollback()
