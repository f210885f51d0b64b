import ast

import pytest

from tests.architecture.bans import (
    BANS,
    SCRIPT_BANS,
    TEMPLATE_BANS,
    breaches,
    text_breaches,
)
from tests.architecture.source import ROOT, modules, name_of, tree

# One line for each ban, and for each way of doing what it forbids.
SAMPLES = {
    "runs-text": [
        'eval(request.GET["is_active"])',
        "exec(text)",
        "compile(text, name, mode)",
        "__import__(name)",
    ],
    "unpacks-code": [
        "import pickle",
        "from marshal import loads",
        "yaml.load(text)",
        "yaml.unsafe_load(text)",
    ],
    "shell": ["subprocess.run(command, shell=True)", "os.system(command)"],
    "trusted-html": [
        "mark_safe(text)",
        "html.mark_safe(text)",
        "SafeString(text)",
        "from django.utils.safestring import mark_safe",
    ],
    "csrf": [
        "@csrf_exempt\ndef view(request): ...",
        "path('x/', decorators.csrf_exempt(view))",
    ],
    "redirect": [
        'redirect(request.GET["next"])',
        "redirect(target)",
        'HttpResponseRedirect(request.META["HTTP_REFERER"])',
        "HttpResponsePermanentRedirect(address)",
        "redirect(form.cleaned_data['next'])",
        "redirect(request.path)",
        'redirect("https://elsewhere.example/")',
        'redirect("//elsewhere.example")',
        "redirect(to=target)",
    ],
    "queue": [
        "make_pdf.delay(plan.pk)",
        "make_pdf.apply_async((plan.pk,))",
        "app.send_task('x')",
        "make_pdf.delay_on_commit(plan.pk)",
    ],
    "columns": [
        "rows.annotate(**given)",
        "rows.values(**request.GET)",
        "rows.alias(**dict(request.GET))",
        "rows.values(**{name: F('x') for name in given})",
        'rows.order_by(request.GET["sort"])',
        'rows.values_list(*request.GET.getlist("fields"))',
        "rows.aggregate(**{given: Count('pk')})",
    ],
    "conditions": [
        "rows.filter(**request.GET.dict())",
        "rows.exclude(**request.query_params)",
        "Session.objects.create(**request.data)",
        "rows.update(**serializer.validated_data)",
    ],
    "raw-sql": ["rows.extra(where=[x])", "RawSQL(text, [])", "Session.objects.raw(text)"],
    "float": ["price = models.FloatField()", "price = serializers.FloatField()"],
    "clock": [
        "date.today()",
        "datetime.date.today()",
        "datetime.now()",
        "datetime.utcnow()",
    ],
    "all-fields": ['class Meta:\n    fields = "__all__"'],
    "forwarded": [
        'request.META["HTTP_X_FORWARDED_FOR"]',
        'request.headers.get("X-Forwarded-For")',
    ],
}
LEFT_ALONE = [
    'redirect("courses:session_show", session.pk)',
    "redirect(settings.LOGIN_REDIRECT_URL)",
    "redirect(reverse('home'))",
    "redirect(safe_next(request, default='home'))",
    "rows.annotate(taken=Count('pk'))",
    'rows.annotate(**{f"{prefix}taken": Count("pk")})',
    "rows.filter(**{f'{prefix}__in': ids})",
    "rows.order_by('family_name', 'pk')",
    "fields = ['name']",
    "subprocess.run(command, shell=False)",
]
TEMPLATE_SAMPLES = {
    "trusted-html": ["{{ text|safe }}", "{{ rows | safeseq }}", "{% autoescape off %}"],
    "inline": [
        "<script>go()</script>",
        "<style>p { }</style>",
        '<p style="color: red">',
        '<a onclick="go()">',
        '<a href="javascript:go()">',
        "<script\n  defer>go()</script>",
    ],
}
SCRIPT_SAMPLES = {
    "kept-in-the-browser": ["localStorage.setItem('draft', text)", "document.cookie = 'x'"],
    "made-of-text": ["box.innerHTML = text", "document.write(text)", "eval(text)"],
}


def samples_of(table):
    return [(name, sample) for name, samples in table.items() for sample in samples]


def test_no_line_of_ours_does_what_is_banned():
    found = [
        f"{name_of(path)}:{breach}"
        for path in modules()
        for breach in breaches(tree(path), name=name_of(path))
    ]

    assert found == []


def test_no_template_of_ours_does_what_is_banned():
    # Mail and the pack of one's information are read elsewhere, so they bring their style sheets.
    elsewhere = {"emails", "rights_pack"}
    pages = [
        path for path in (ROOT / "templates").rglob("*.html") if not elsewhere & set(path.parts)
    ]

    found = [
        f"{path.relative_to(ROOT)}:{breach}"
        for path in sorted(pages)
        for breach in text_breaches(path.read_text(), TEMPLATE_BANS)
    ]

    assert found == []


def test_no_script_of_ours_does_what_is_banned():
    found = [
        f"{path.relative_to(ROOT)}:{breach}"
        for path in sorted((ROOT / "static" / "waymark").rglob("*.js"))
        for breach in text_breaches(path.read_text(), SCRIPT_BANS)
    ]

    assert found == []


def test_every_ban_has_a_sample():
    assert set(SAMPLES) == {ban.name for ban in BANS}
    assert set(TEMPLATE_SAMPLES) == {ban.name for ban in TEMPLATE_BANS}
    assert set(SCRIPT_SAMPLES) == {ban.name for ban in SCRIPT_BANS}


@pytest.mark.parametrize(("ban", "sample"), samples_of(SAMPLES))
def test_what_is_banned_is_found(ban, sample):
    found = {breach.split(": ")[1] for breach in breaches(ast.parse(sample))}

    assert ban in found


@pytest.mark.parametrize("sample", LEFT_ALONE)
def test_what_is_not_banned_is_left_alone(sample):
    assert list(breaches(ast.parse(sample))) == []


@pytest.mark.parametrize(("ban", "sample"), samples_of(TEMPLATE_SAMPLES))
def test_what_is_banned_in_a_template_is_found(ban, sample):
    assert [breach.split(": ")[1] for breach in text_breaches(sample, TEMPLATE_BANS)] == [ban]


@pytest.mark.parametrize(("ban", "sample"), samples_of(SCRIPT_SAMPLES))
def test_what_is_banned_in_a_script_is_found(ban, sample):
    assert [breach.split(": ")[1] for breach in text_breaches(sample, SCRIPT_BANS)] == [ban]
