"""What no line of ours may do: each ban says why, and what to write instead."""

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

Finder = Callable[[ast.AST], bool]


@dataclass(frozen=True, slots=True)
class Ban:
    """``found`` tells whether a node of a syntax tree does what ``sentence`` forbids.

    ``allowed_in`` are the modules whose work it is.
    """

    name: str
    sentence: str
    found: Finder
    allowed_in: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class TextBan:
    """``pattern`` in the text of a template or a script does what ``sentence`` forbids."""

    name: str
    sentence: str
    pattern: re.Pattern[str]


RUNS_TEXT = {"eval", "exec", "compile", "__import__"}
UNPACKS_CODE = {"pickle", "cPickle", "marshal", "shelve", "dill", "jsonpickle"}
COLUMNS = {"annotate", "alias", "aggregate", "values", "values_list", "order_by", "only", "defer"}
CONDITIONS = {"filter", "exclude", "get", "create", "update", "get_or_create", "update_or_create"}
REDIRECTS = {
    "redirect",
    "HttpResponseRedirect",
    "HttpResponsePermanentRedirect",
    "HttpResponseRedirectBase",
}
SAFE_TARGETS = {"reverse", "reverse_lazy", "safe_next", "safe_redirect_target"}
REQUEST_PARTS = {"GET", "POST", "data", "query_params", "COOKIES", "META", "headers", "body"}


def _called(node: ast.AST) -> str:
    """The last name of what ``node`` calls, or nothing."""
    if not isinstance(node, ast.Call):
        return ""
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def _imports(node: ast.AST, names: set[str]) -> bool:
    if isinstance(node, ast.Import):
        return any(alias.name.partition(".")[0] in names for alias in node.names)
    return isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] in names


def _runs_text(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and (node.func.id in RUNS_TEXT)
    )


def _unpacks_code(node: ast.AST) -> bool:
    loads_yaml = (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and ast.unparse(node.func) in {"yaml.load", "yaml.unsafe_load", "yaml.full_load"}
    )
    return loads_yaml or _imports(node, UNPACKS_CODE)


def _uses_a_shell(node: ast.AST) -> bool:
    if isinstance(node, ast.Call) and ast.unparse(node.func) in {"os.system", "os.popen"}:
        return True
    return (
        isinstance(node, ast.keyword)
        and node.arg == "shell"
        and (not isinstance(node.value, ast.Constant) or bool(node.value.value))
    )


def _trusts_text_as_html(node: ast.AST) -> bool:
    return _called(node) in {"mark_safe", "SafeString", "SafeText"} or (
        isinstance(node, ast.ImportFrom) and any(alias.name == "mark_safe" for alias in node.names)
    )


def _skips_csrf(node: ast.AST) -> bool:
    return isinstance(node, ast.Name | ast.Attribute) and "csrf_exempt" in ast.unparse(node)


def _leads_anywhere(node: ast.AST) -> bool:
    """A redirect to anything but a name of ours, ``reverse`` or the one safe function."""
    if _called(node) not in REDIRECTS or not isinstance(node, ast.Call):
        return False
    target = node.args[0] if node.args else next((k.value for k in node.keywords), None)
    if isinstance(target, ast.Constant) and isinstance(target.value, str):
        return "//" in target.value or "\\" in target.value
    if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name):
        return target.value.id != "settings"
    return _called(target) not in SAFE_TARGETS if target is not None else True


def _queues_by_hand(node: ast.AST) -> bool:
    return _called(node) in {"delay", "apply_async", "send_task", "delay_on_commit"}


def _takes_columns_from_outside(node: ast.AST) -> bool:
    """``values(**given)`` and the like: names of columns are code, and Django has let such names
    through to SQL more than once."""
    if _called(node) not in COLUMNS or not isinstance(node, ast.Call):
        return False
    return any(
        word.arg is None and not _has_constant_keys(word.value) for word in node.keywords
    ) or _reads_request(node)


def _takes_conditions_from_outside(node: ast.AST) -> bool:
    if _called(node) not in CONDITIONS or not isinstance(node, ast.Call):
        return False
    return any(word.arg is None and _names_request(word.value) for word in node.keywords)


def _has_constant_keys(node: ast.AST) -> bool:
    """A dict written out, whose keys are text of ours (an f-string's prefix is a parameter)."""
    if not isinstance(node, ast.Dict):
        return False
    return all(isinstance(key, ast.Constant | ast.JoinedStr) for key in node.keys)


def _names_request(node: ast.AST) -> bool:
    return any(
        isinstance(part, ast.Attribute) and part.attr in {*REQUEST_PARTS, "validated_data"}
        for part in ast.walk(node)
    )


def _reads_request(node: ast.Call) -> bool:
    """``order_by(request.GET["sort"])``, starred or not."""
    return any(
        isinstance(part, ast.Attribute)
        and part.attr in REQUEST_PARTS
        and isinstance(part.value, ast.Name)
        and part.value.id == "request"
        for argument in node.args
        for part in ast.walk(argument)
    )


def _writes_raw_conditions(node: ast.AST) -> bool:
    return _called(node) in {"extra", "RawSQL", "raw"} and isinstance(node, ast.Call)


def _counts_in_floats(node: ast.AST) -> bool:
    return _called(node) == "FloatField"


def _asks_the_machine_what_day_it_is(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) in {
        "date.today",
        "datetime.date.today",
        "datetime.now",
        "datetime.datetime.now",
        "datetime.utcnow",
        "datetime.datetime.utcnow",
        "datetime.today",
    }


def _lets_every_field_in(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Assign)
        and any(isinstance(target, ast.Name) and target.id == "fields" for target in node.targets)
        and isinstance(node.value, ast.Constant)
        and node.value.value == "__all__"
    )


def _believes_a_header(node: ast.AST) -> bool:
    """Who says where a request came from is the proxy alone; allauth counts the proxies."""
    return isinstance(node, ast.Constant) and str(node.value).upper().replace("_", "-") in {
        "HTTP-X-FORWARDED-FOR",
        "X-FORWARDED-FOR",
        "HTTP-X-REAL-IP",
        "X-REAL-IP",
    }


BANS = [
    Ban("runs-text", "Text is never run as code: write the choice as a table.", _runs_text),
    Ban("unpacks-code", "Pickles and free YAML run code when read: use JSON.", _unpacks_code),
    Ban("shell", "No shell: give the program and its arguments as a list.", _uses_a_shell),
    Ban(
        "trusted-html",
        "Nothing is marked as safe: use format_html or a template, which escape.",
        _trusts_text_as_html,
        # The macros of NHS.UK frontend, whose own environment escapes.
        frozenset({"common/templatetags/waymark.py"}),
    ),
    Ban(
        "csrf",
        "Every form carries its token: no view is exempt.",
        _skips_csrf,
        # Programs ask for tokens with a secret and without cookies, so there is nothing to forge.
        frozenset({"accounts/views/tokens.py"}),
    ),
    Ban(
        "redirect",
        "Redirect to a named address, to reverse(…), or to what common.http.redirects found safe.",
        _leads_anywhere,
        # The second leads to the organisation's own identity provider, as its settings name it.
        frozenset({"common/http/redirects.py", "accounts/views/organisation_sign_in.py"}),
    ),
    Ban(
        "queue",
        "Work that waits is a row first: use jobs.services.outbox.put.",
        _queues_by_hand,
        # The second is a sign of life, which nobody misses if it is lost.
        frozenset({"jobs/services/outbox.py", "config/celery.py"}),
    ),
    Ban(
        "columns",
        "Names of columns are written by us: map what was sent to them with a table.",
        _takes_columns_from_outside,
    ),
    Ban(
        "conditions",
        "Conditions are written by us: name each field that may be sent.",
        _takes_conditions_from_outside,
    ),
    Ban(
        "raw-sql", "No extra(), raw() or RawSQL: a cursor with parameters.", _writes_raw_conditions
    ),
    Ban("float", "Money, time and scores are Decimal or whole numbers.", _counts_in_floats),
    Ban(
        "clock",
        "Days are London's and are passed in: timezone.localdate() at the edge.",
        _asks_the_machine_what_day_it_is,
    ),
    Ban(
        "all-fields", "Name each field: what is added later must not appear.", _lets_every_field_in
    ),
    Ban(
        "forwarded",
        "A header says nothing about the caller: TRUSTED_PROXY_COUNT does.",
        _believes_a_header,
    ),
]

TEMPLATE_BANS = [
    TextBan(
        "trusted-html",
        "Nothing is marked as safe in a template.",
        re.compile(r"\|\s*safe(seq)?\b|{%-?\s*autoescape\s+off"),
    ),
    TextBan(
        "inline",
        "No script, style or handler inside a page: the content security policy refuses them.",
        re.compile(
            r"<script(?![^>]*(\ssrc=|type=\"application/json\"))|<style|\sstyle=|\son[a-z]+=|javascript:",
            re.IGNORECASE,
        ),
    ),
]
SCRIPT_BANS = [
    TextBan(
        "kept-in-the-browser",
        "Nothing is kept in the browser: drafts live on the server.",
        re.compile(r"\b(localStorage|sessionStorage|indexedDB|document\.cookie)\b"),
    ),
    TextBan(
        "made-of-text",
        "No page is put together from text in a script.",
        re.compile(
            r"\b(innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval|Function)\b\s*[=(]"
        ),
    ),
]


def breaches(module: ast.Module, *, name: str = "") -> Iterator[str]:
    """Yield ``line: ban: sentence`` for everything in ``module`` that is forbidden."""
    for ban in BANS:
        if name in ban.allowed_in:
            continue
        for node in ast.walk(module):
            if ban.found(node):
                yield f"{getattr(node, 'lineno', '?')}: {ban.name}: {ban.sentence}"


def text_breaches(text: str, bans: list[TextBan]) -> Iterator[str]:
    """The same for a template or a script; a tag may go over several lines."""
    for ban in bans:
        for match in ban.pattern.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            yield f"{line}: {ban.name}: {ban.sentence}"
