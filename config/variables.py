"""The settings an operator may give, in one table: read, checked and documented from here."""

from dataclasses import dataclass
from typing import Literal

SHORTEST_SECRET_KEY = 50
SHORTEST_EQUALITY_KEY = 32

Kind = Literal["text", "switch", "number", "choice", "list", "address"]


@dataclass(frozen=True, slots=True)
class Variable:
    """One environment variable: what it means, and the sentence that mends it.

    ``derived`` says in words where the value comes from when no fixed default can be written down.
    """

    name: str
    kind: Kind
    meaning: str
    remedy: str
    default: str = ""
    default_embedded: str | None = None
    derived: str = ""
    least: int = 1
    greatest: int = 1_000_000
    choices: tuple[str, ...] = ()
    required: bool = False
    embedded_only: bool = False
    secret: bool = False


VARIABLES = (
    Variable(
        "DATABASE_URL",
        "address",
        "The PostgreSQL database (15 or newer), with the role that Waymark works as. That role "
        "owns nothing, so that row-level security holds for it.",
        "Set it to an address such as postgres://waymark_web:password@db.example.nhs.uk/waymark.",
        required=True,
        secret=True,
        derived="a private server in DATA_DIR",
    ),
    Variable(
        "DATABASE_OWNER_URL",
        "address",
        "The same database with the role that owns its tables; `manage.py migrate` alone works as "
        "it. Give it to nothing that serves, and let it name PostgreSQL itself, not a pool.",
        "Set it to an address such as postgres://waymark:password@db.example.nhs.uk:5432/waymark.",
        secret=True,
        derived="DATABASE_URL, or the owner of the private server in DATA_DIR",
    ),
    Variable(
        "REDIS_URL",
        "address",
        "The Redis server: cache and queue.",
        "Set it to an address such as redis://:password@redis.example.nhs.uk:6379/0.",
        required=True,
        secret=True,
        derived="a private server in DATA_DIR",
    ),
    Variable(
        "SECRET_KEY",
        "text",
        "Signs sessions and links. Keep it secret; changing it signs everybody out.",
        f"Set it to at least {SHORTEST_SECRET_KEY} random characters: "
        "python3 -c 'import secrets; print(secrets.token_urlsafe(50))'.",
        required=True,
        secret=True,
        derived="made once and kept in DATA_DIR",
    ),
    Variable(
        "SECRET_KEY_FALLBACKS",
        "list",
        "Secret keys of before, newest first: sessions, links and the seeds of one-time codes made "
        "under them still work, and so do keys that certificates are signed with. Type `manage.py "
        "rewrite_seeds` and `manage.py rewrite_signing_keys`, wait 12 hours, then leave them out.",
        "List the former values of SECRET_KEY, separated by commas.",
        secret=True,
    ),
    Variable(
        "EQUALITY_KEYS",
        "list",
        "The keys that encrypt what people answer for equality monitoring, newest first, separated "
        "by commas. Every key reads, the first writes; docs/guides/equality-keys.md says how to "
        "change them. Whoever loses them loses the answers.",
        f"Set it to one or more keys of at least {SHORTEST_EQUALITY_KEY} random characters: "
        "python3 -c 'import secrets; print(secrets.token_urlsafe(32))'.",
        required=True,
        secret=True,
        derived="made once and kept in DATA_DIR",
    ),
    Variable(
        "SITE_URL",
        "address",
        "The address people type. Allowed hosts, trusted origins, secure cookies, HSTS and the "
        "links in mail follow from it.",
        "Set it to the https address of the site, such as https://waymark.example.nhs.uk.",
        required=True,
        derived="http://127.0.0.1:PORT",
    ),
    Variable(
        "EQUALITY_DATABASE_URL",
        "address",
        "The same database with the role waymark_equality, which alone reads all equality data: "
        "for counts and for changing keys. Give it to the worker and to commands, never to the web "
        "server.",
        "Set it to an address such as "
        "postgres://waymark_equality:password@db.example.nhs.uk:5432/waymark.",
        secret=True,
        derived="in the embedded mode, the private server in DATA_DIR",
    ),
    Variable(
        "EMBEDDED",
        "switch",
        "Evaluation and development mode: the servers of PostgreSQL and Redis are started from "
        "here, and nothing else is required. `make run` and `make test` set it.",
        "Set it to 1 or 0.",
        default="0",
    ),
    Variable(
        "DEMO",
        "switch",
        "The demonstration: a banner, one-click sign-in as an invented person, mail kept in a "
        "mailbox page. Only possible with EMBEDDED.",
        "Set it to 0, or leave it out.",
        default="0",
        default_embedded="1",
        embedded_only=True,
    ),
    Variable(
        "DEMO_PEOPLE",
        "number",
        "How many invented people `make run` puts into an empty database.",
        "Set it to a whole number of people, such as 1500.",
        default="1500",
        embedded_only=True,
    ),
    Variable(
        "DEBUG",
        "switch",
        "Django's debug pages. Only possible with EMBEDDED.",
        "Set it to 0, or leave it out.",
        default="0",
        embedded_only=True,
    ),
    Variable(
        "PORT",
        "number",
        "The port the web server listens on.",
        "Set it to a port number, such as 8000.",
        default="8000",
        greatest=65_535,
    ),
    Variable(
        "BIND",
        "text",
        "The network address the web server listens on.",
        "Set it to an address of this machine, such as 127.0.0.1 or 0.0.0.0.",
        default="127.0.0.1",
    ),
    Variable(
        "ALLOWED_HOSTS",
        "list",
        "More host names the site answers to, beside the one in SITE_URL, separated by commas.",
        "List host names, without *.",
    ),
    Variable(
        "CASE_SERVERS_INSIDE",
        "list",
        "Servers of your own network from which frameworks may be fetched (CASE), separated by "
        "commas. All others must be public, and answer on port 443.",
        "List host names, each with its port where that is not 443, such as "
        "case.trust.nhs.uk:8443.",
    ),
    Variable(
        "TRUSTED_PROXY_COUNT",
        "number",
        "How many proxies of yours stand before the web server and add to X-Forwarded-For.",
        "Set it to the number of proxies, usually 1.",
        default="1",
        default_embedded="0",
        least=0,
    ),
    Variable(
        "EMAIL_URL",
        "address",
        "The mail server, such as smtp+tls://user:password@smtp.example.nhs.uk:587.",
        "Set it to an address such as smtp+tls://user:password@smtp.example.nhs.uk:587.",
        default="smtp://localhost:25",
        secret=True,
    ),
    Variable(
        "MAIL_FROM",
        "text",
        "The sender of mail.",
        "Set it to an address such as Waymark <no-reply@example.nhs.uk>.",
        derived="Waymark <no-reply@host of SITE_URL>",
    ),
    Variable(
        "ORGANISATION_NAME",
        "text",
        "The name in the header of every page.",
        "Set it to the name of your organisation.",
        default="Waymark",
    ),
    Variable(
        "DATABASE_POOL_SIZE",
        "number",
        "How many database connections one process may hold open.",
        "Set it to a whole number, at least 2.",
        default="10",
        least=2,
    ),
    Variable(
        "WEB_PROCESSES",
        "number",
        "How many processes serve pages.",
        "Set it to a whole number, at least 1.",
        default="2",
    ),
    Variable(
        "WEB_THREADS",
        "number",
        "How many threads each of them has.",
        "Set it to a whole number, at least 1.",
        default="4",
    ),
    Variable(
        "WORKER_PROCESSES",
        "number",
        "How many processes of the worker do the work that waits.",
        "Set it to a whole number, at least 1.",
        default="2",
    ),
    Variable(
        "API_CALLS_PER_CLIENT",
        "number",
        "How many calls of the API one program may make in a minute.",
        "Set it to a whole number, such as 1200.",
        default="1200",
    ),
    Variable(
        "API_CALLS_PER_PERSON",
        "number",
        "How many calls of the API one signed-in person may make in a minute.",
        "Set it to a whole number, such as 300.",
        default="300",
    ),
    Variable(
        "API_CALLS_PER_ADDRESS",
        "number",
        "How many calls of the API one network address may make in a minute without signing in, or "
        "with a token that opens nothing.",
        "Set it to a whole number, such as 120.",
        default="120",
    ),
    Variable(
        "TOKENS_PER_CLIENT",
        "number",
        "How many tokens one program may ask for in a minute. One lasts an hour.",
        "Set it to a whole number, such as 60.",
        default="60",
    ),
    Variable(
        "TOKENS_PER_ADDRESS",
        "number",
        "How many tokens may be asked for in a minute from one network address.",
        "Set it to a whole number, such as 300.",
        default="300",
    ),
    Variable(
        "SIGN_INS_PER_ADDRESS",
        "number",
        "How many pages of signing in with an organisation's account may be asked for in a minute "
        "from one network address. A whole trust may share one.",
        "Set it to a whole number, such as 600.",
        default="600",
    ),
    Variable(
        "VERIFICATIONS_PER_ADDRESS",
        "number",
        "How many certificates, keys and status lists may be looked at in a minute from one "
        "network address by whoever checks them, without anybody being signed in.",
        "Set it to a whole number, such as 120.",
        default="120",
    ),
    Variable(
        "DIARIES_PER_ADDRESS",
        "number",
        "How often subscribed diaries may be asked for in a minute from one network address. The "
        "diaries of a whole trust may be asked for from one.",
        "Set it to a whole number, such as 600.",
        default="600",
    ),
    Variable(
        "LOG_LEVEL",
        "choice",
        "How much is logged: DEBUG, INFO, WARNING or ERROR.",
        "Set it to DEBUG, INFO, WARNING or ERROR.",
        default="INFO",
        choices=("DEBUG", "INFO", "WARNING", "ERROR"),
    ),
    Variable(
        "DATA_DIR",
        "text",
        "The folder for documents, logs and the data of the embedded servers.",
        "Set it to a folder that Waymark may write to.",
        default="var",
    ),
    Variable(
        "LEDGER_ANCHORS_DIR",
        "text",
        "The folder for the signed heads of the ledger, which prove that nobody rewrote it. Mount "
        "a store where files can be added to and never changed, away from the database's backups.",
        "Set it to a folder that Waymark may write to.",
        derived="anchors in DATA_DIR",
    ),
    Variable(
        "LEDGER_SIGNING_KEYS",
        "list",
        "The keys that sign the heads of the ledger: the first one signs, the others prove what "
        "was signed before it. Needed when workers run on several machines.",
        "List long random texts, separated by commas, the newest first.",
        derived="made once and kept in DATA_DIR",
        secret=True,
    ),
    Variable(
        "POSTGRES_BIN",
        "text",
        "A folder with PostgreSQL's server programs, for the embedded mode on a machine where the "
        "packaged ones do not run.",
        "Set it to a folder that holds initdb and pg_ctl.",
        embedded_only=True,
    ),
    Variable(
        "REDIS_SERVER",
        "text",
        "The redis-server program, for the embedded mode on a machine where the packaged one "
        "does not run.",
        "Set it to the path of redis-server.",
        embedded_only=True,
    ),
)
