"""What the system rests on, looked at one by one: for /readyz, the supervisor and the doctor."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import redis
from django.conf import settings
from django.db import DatabaseError, ProgrammingError, connection
from django.db.migrations.executor import MigrationExecutor

from jobs.models import Heartbeat

SEEN_WITHIN = timedelta(minutes=2)
OK = "ok"


@dataclass(frozen=True, slots=True)
class Finding:
    """One part of the system: ``state`` is "ok" or says what is wrong, ``remedy`` what mends it."""

    name: str
    state: str
    remedy: str = ""

    @property
    def is_ok(self) -> bool:
        return self.state == OK


def database() -> Finding:
    remedy = "Start PostgreSQL, or correct DATABASE_URL."
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
    except DatabaseError:
        return Finding("database", "does not answer", remedy)
    return Finding("database", OK)


def cache_and_queue() -> Finding:
    """Redis holds both; what was asked for meanwhile is safe in PostgreSQL."""
    options = settings.CACHES["default"]["OPTIONS"]
    # Not through the cache, which makes do without Redis and so would not tell.
    with redis.Redis.from_url(settings.CACHES["default"]["LOCATION"], **options) as client:
        try:
            client.ping()
        except redis.RedisError:
            return Finding("redis", "does not answer", "Start Redis, or correct REDIS_URL.")
    return Finding("redis", OK)


def migrations() -> Finding:
    remedy = "Run `manage.py migrate`."
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        return Finding("migrations", f"{len(waiting)} not applied", remedy)
    return Finding("migrations", OK)


_POWERS = """
SELECT rolsuper, rolbypassrls,
       EXISTS (SELECT FROM pg_class WHERE relkind IN ('r', 'p') AND relowner = pg_roles.oid
                  AND relnamespace = 'public'::regnamespace)
  FROM pg_roles WHERE rolname = current_user
"""


def database_role() -> Finding:
    """The role that serves must be one that row-level security holds for."""
    remedy = (
        "Let DATABASE_URL name a role that owns nothing, and DATABASE_OWNER_URL the owner of the "
        "tables; README.md has what to type."
    )
    with connection.cursor() as cursor:
        cursor.execute(_POWERS)
        powers = zip(
            ("is a superuser", "has BYPASSRLS", "owns the tables"), cursor.fetchone(), strict=True
        )
    held = [words for words, is_held in powers if is_held]
    if held:
        return Finding(
            "database role", f"{' and '.join(held)}, so no wall between trusts holds", remedy
        )
    return Finding("database role", OK)


def refuse_to_serve_with_powers() -> None:
    """End a web or worker process of production whose role no wall holds for.

    A database that does not answer is not this function's business: /readyz says so.
    """
    if settings.EMBEDDED:
        return
    try:
        finding = database_role()
    except DatabaseError:
        return
    finally:
        # A process that forks must not hand its connections on.
        connection.close()
        connection.close_pool()  # type: ignore[attr-defined] # PostgreSQL's
    if not finding.is_ok:
        raise SystemExit(f"The {finding.name} {finding.state}. {finding.remedy}")


def last_seen(name: str) -> datetime | None:
    return Heartbeat.objects.filter(name=name).values_list("seen_at", flat=True).first()


def heartbeat(name: str, *, now: datetime, command: str) -> Finding:
    """Return whether a worker, or beat, was seen in the last two minutes."""
    try:
        seen_at = last_seen(name)
    except ProgrammingError:
        return Finding(name, "cannot be read", "Run `manage.py migrate`.")
    if seen_at is None:
        return Finding(name, "never seen", f"Start it: `{command}`.")
    if now - seen_at > SEEN_WITHIN:
        minutes = int((now - seen_at).total_seconds() // 60)
        return Finding(name, f"last seen {minutes} minutes ago", f"Start it: `{command}`.")
    return Finding(name, OK)


def worker(*, now: datetime) -> Finding:
    return heartbeat("worker", now=now, command="celery --app config worker")


def beat(*, now: datetime) -> Finding:
    return heartbeat("beat", now=now, command="celery --app config beat")


def of_the_database(*checks: Callable[[], Finding]) -> list[Finding]:
    """Look at the database, and at what it says only if it answers: each try takes seconds."""
    first = database()
    return [first, *(check() for check in checks)] if first.is_ok else [first]


def to_serve(*, now: datetime) -> list[Finding]:
    """What must be well before this process is sent requests."""
    return [*of_the_database(database_role, migrations, lambda: worker(now=now)), cache_and_queue()]
