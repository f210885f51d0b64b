"""Reads the environment, and refuses to start with every problem at once, each with its remedy."""

import os
import re
import secrets
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import dj_database_url
import dj_email_url
from environs import EnvValidationError, FileAwareEnv

from config import places
from config.variables import SHORTEST_EQUALITY_KEY, SHORTEST_SECRET_KEY, VARIABLES, Variable

BY_NAME = {variable.name: variable for variable in VARIABLES}
REQUIRED = [variable.name for variable in VARIABLES if variable.required]
# Words that stand in the keys of examples: whoever read the example could sign a session.
KNOWN_KEY = re.compile(r"django-insecure|change-?me|example|secret-?key", re.IGNORECASE)

Values = dict[str, Any]


class SettingsRefused(SystemExit):
    """The environment cannot be used: the sentences go to standard error, without a traceback."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        lines = "\n".join(f"  - {problem}" for problem in problems)
        super().__init__(
            f"Waymark cannot start with these settings:\n{lines}\n"
            "docs/settings.md explains every setting. To try Waymark without any, type `make run`."
        )


def load() -> Values:
    """Return every setting by its name, or raise ``SettingsRefused`` with all problems."""
    values, problems = _read()
    unread = {problem.split(" ")[0].removesuffix("_FILE") for problem in problems}
    if not unread & {"EMBEDDED", "PORT", "DATA_DIR"}:
        _complete(values)
    checked = {name: value for name, value in values.items() if name not in unread}
    problems += _missing(checked)
    problems += _unsafe(checked)
    if problems:
        raise SettingsRefused(problems)
    return values


def hostname(url: str) -> str:
    return str(_split(url).hostname)


def broker_url(redis_url: str) -> str:
    """The same server in the words of kombu, which calls a socket by another scheme."""
    parts = _split(redis_url)
    if parts.scheme != "unix":
        return redis_url
    number = parse_qs(parts.query).get("db", ["0"])[0]
    return f"redis+socket://{parts.path}?virtual_host={number}"


def _read() -> tuple[Values, list[str]]:
    env = FileAwareEnv(eager=False, strip_whitespace=True)
    values: Values = {}
    problems: list[str] = []
    for variable in VARIABLES:
        try:
            values[variable.name] = _parse(env, variable)
        except ValueError:
            problems.append(f"{variable.name}_FILE names a file that cannot be read.")
    try:
        env.seal()
    except EnvValidationError as error:
        problems += [
            f"{name} cannot be understood. {BY_NAME[name].remedy}" for name in error.error_messages
        ]
    return values, problems


def _parse(env: FileAwareEnv, variable: Variable) -> Any:
    match variable.kind:
        case "switch":
            return env.bool(variable.name, None)
        case "number":
            return env.int(variable.name, int(variable.default))
        case "list":
            return env.list(variable.name, [])
        case _:
            return env.str(variable.name, variable.default)


def _complete(values: Values) -> None:
    """Fill in what follows from other settings."""
    embedded = bool(values["EMBEDDED"])
    for variable in VARIABLES:
        if variable.kind == "switch" and values.get(variable.name) is None:
            fallback = variable.default_embedded if embedded else None
            values[variable.name] = (fallback or variable.default) == "1"
    data_dir = values["DATA_DIR"] = places.BASE_DIR / Path(values["DATA_DIR"]).expanduser()
    if embedded:
        places.make_enterable(data_dir)
        if not values.get("DATABASE_URL"):
            values["DATABASE_URL"] = places.database_url(data_dir)
            values["DATABASE_OWNER_URL"] = places.database_owner_url(data_dir)
            values["EQUALITY_DATABASE_URL"] = values.get(
                "EQUALITY_DATABASE_URL"
            ) or places.equality_database_url(data_dir)
        values["REDIS_URL"] = values.get("REDIS_URL") or places.redis_url(data_dir)
        values["SITE_URL"] = values.get("SITE_URL") or f"http://127.0.0.1:{values['PORT']}"
        values["SECRET_KEY"] = values.get("SECRET_KEY") or _kept_secret(data_dir / "secret_key")
        values["EQUALITY_KEYS"] = values.get("EQUALITY_KEYS") or [
            _kept_secret(data_dir / "equality_key")
        ]
        if "TRUSTED_PROXY_COUNT" not in os.environ:
            values["TRUSTED_PROXY_COUNT"] = 0
    host = _split(values.get("SITE_URL")).hostname or "localhost"
    values["MAIL_FROM"] = values.get("MAIL_FROM") or f"Waymark <no-reply@{host}>"


def _kept_secret(path: Path) -> str:
    if not path.exists():
        # Linked into place whole, so that two processes starting together agree on one key.
        with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False) as draft:
            draft.write(secrets.token_urlsafe(50))
        try:
            os.link(draft.name, path)
        except FileExistsError:
            pass
        finally:
            Path(draft.name).unlink()
    return path.read_text()


def _missing(values: Values) -> list[str]:
    return [
        f"{name} is not set. {BY_NAME[name].remedy}"
        for name in REQUIRED
        if name in values and not values[name]
    ]


def _unsafe(values: Values) -> list[str]:
    problems = [*_malformed(values)]
    if not values.get("EMBEDDED"):
        problems += [*_unsafe_in_production(values)]
    return problems


def _malformed(values: Values) -> Iterator[str]:
    for variable in VARIABLES:
        value = values.get(variable.name)
        if value not in (None, "") and not _is_well_formed(variable, value):
            yield f"{variable.name} cannot be understood. {variable.remedy}"


def _is_well_formed(variable: Variable, value: Any) -> bool:
    match variable.kind:
        case "number":
            return bool(variable.least <= value <= variable.greatest)
        case "choice":
            return value in variable.choices
        case "address":
            return _ADDRESSES[variable.name](value)
        case _:
            return True


def _unsafe_in_production(values: Values) -> Iterator[str]:
    if values.get("DEBUG"):
        yield f"DEBUG is on, which shows settings and code to visitors. {BY_NAME['DEBUG'].remedy}"
    if values.get("DEMO"):
        yield f"DEMO is on, which lets anybody sign in as anybody. {BY_NAME['DEMO'].remedy}"
    key = values.get("SECRET_KEY")
    if key and (len(key) < SHORTEST_SECRET_KEY or len(set(key)) < 10 or KNOWN_KEY.search(key)):
        yield f"SECRET_KEY can be guessed. {BY_NAME['SECRET_KEY'].remedy}"
    keys = values.get("EQUALITY_KEYS") or []
    if any(len(key) < SHORTEST_EQUALITY_KEY or len(set(key)) < 10 for key in keys):
        yield f"EQUALITY_KEYS can be guessed. {BY_NAME['EQUALITY_KEYS'].remedy}"
    if any("*" in host for host in values.get("ALLOWED_HOSTS", [])):
        yield f"ALLOWED_HOSTS lets in every host name. {BY_NAME['ALLOWED_HOSTS'].remedy}"
    if _split(values.get("SITE_URL")).scheme == "http":
        yield f"SITE_URL is not https, so passwords would be readable. {BY_NAME['SITE_URL'].remedy}"


def _split(url: Any) -> Any:
    try:
        return urlsplit(url or "")
    except ValueError:
        return urlsplit("")


def _is_database(url: str) -> bool:
    try:
        parsed: Mapping[str, Any] = dj_database_url.parse(url)
    except (ValueError, KeyError):
        return False
    return str(parsed["ENGINE"]).endswith("postgresql") and bool(parsed["NAME"])


def _is_redis(url: str) -> bool:
    return _split(url).scheme in {"redis", "rediss", "unix"}


def _is_site(url: str) -> bool:
    parts = _split(url)
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and not parts.path.strip("/")


def _is_mail_server(url: str) -> bool:
    scheme = _split(url).scheme
    return scheme in dj_email_url.SCHEMES and scheme.startswith(("smtp", "submission", "console"))


_ADDRESSES: Mapping[str, Callable[[str], bool]] = {
    "DATABASE_URL": _is_database,
    "DATABASE_OWNER_URL": _is_database,
    "EQUALITY_DATABASE_URL": _is_database,
    "REDIS_URL": _is_redis,
    "SITE_URL": _is_site,
    "EMAIL_URL": _is_mail_server,
}
