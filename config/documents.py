"""Writes docs/settings.md and .env.example from the table of settings."""

import textwrap
from collections.abc import Iterator

from config.variables import VARIABLES, Variable

ABOUT = """\
# Settings

This page is made from `config/variables.py` by `manage.py document_settings`.

Settings come from the environment and from nowhere else. When something is missing, cannot be
understood or is unsafe, Waymark does not start: it names every problem at once, each with what
mends it. `make run` and `make test` need no setting at all.

A secret may be put into a file: `SECRET_KEY_FILE=/run/secrets/key` stands for `SECRET_KEY`, and so
for every other setting.

Outside the embedded mode five settings are required. From `SITE_URL` follow the allowed hosts, the
trusted origins, secure cookies, HSTS and the links in mail. TLS ends at a proxy in front of the web
server, which must set `X-Forwarded-Proto` and replace whatever the visitor sent under that name.
"""

ABOUT_EXAMPLE = """\
# Settings of a production system, made from config/variables.py by `manage.py document_settings`.
# docs/settings.md explains them. Give this file to systemd (EnvironmentFile=) or to a container
# (--env-file). Only the five settings without # are required.
"""


def settings_page() -> str:
    required = [variable for variable in VARIABLES if variable.required]
    optional = [variable for variable in VARIABLES if not variable.required]
    return "\n".join(
        [ABOUT, "## Required\n", *_sections(required), "## Optional\n", *_sections(optional)]
    )


def example_file() -> str:
    in_production = [
        variable
        for variable in VARIABLES
        if not variable.embedded_only and variable.name != "EMBEDDED"
    ]
    blocks = [_example(variable) for variable in in_production]
    return "\n".join([ABOUT_EXAMPLE, *blocks])


def _sections(variables: list[Variable]) -> Iterator[str]:
    for variable in variables:
        yield f"### `{variable.name}`\n\n{variable.meaning}\n\n{_facts(variable)}\n"


def _facts(variable: Variable) -> str:
    facts = ["- Only in the embedded mode."] if variable.embedded_only else []
    if variable.default:
        facts.append(f"- Default: {_code(variable.default)}.")
    if variable.derived:
        when = "In the embedded mode" if variable.required else "Default"
        facts.append(f"- {when}: {variable.derived}.")
    if variable.default_embedded is not None:
        facts.append(f"- Default in the embedded mode: {_code(variable.default_embedded)}.")
    if variable.kind == "number":
        facts.append(f"- A whole number from {variable.least} to {variable.greatest}.")
    if variable.choices:
        facts.append(f"- One of {', '.join(map(_code, variable.choices))}.")
    if variable.secret:
        facts.append("- A secret.")
    facts.append(f"- If it is refused: {variable.remedy}")
    return "\n".join(facts)


def _code(text: str) -> str:
    return f"`{text}`"


def _example(variable: Variable) -> str:
    meaning = textwrap.fill(variable.meaning, width=98, initial_indent="# ", subsequent_indent="# ")
    if variable.required:
        return f"{meaning}\n{variable.name}=\n"
    return f"{meaning}\n# {variable.name}={variable.default}\n"
