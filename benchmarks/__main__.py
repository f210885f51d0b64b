"""`python -m benchmarks [part …]`: measures, prints and writes docs/benchmarks.md."""

import os
import sys
from importlib import import_module

PARTS = {
    "pages": "Pages",
    "lists": "Lists",
    "talent_search": "Talent search",
    "catalogue": "Course catalogue",
    "editions": "Editions of frameworks",
    "imports": "Files of frameworks",
    "case": "CASE packages",
    "gaps": "Gaps",
    "compliance": "Mandatory training",
    "relations": "Who may see what",
    "walls": "Walls in the database",
    "ledger": "Ledger",
    "sign_in": "Signing in",
    "pathway_map": "Pathway map",
    "pdf": "Development plans as PDF",
    "certificates": "Certificates",
    "rush": "A rush for places",
}


def main(chosen: list[str]) -> int:
    os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
    import_module("django").setup()
    import_module("benchmarks.database").prepare()
    unknown = [name for name in chosen if name not in PARTS]
    if unknown:
        print(f"There is no part {', '.join(unknown)}. Choose from {', '.join(PARTS)}.")
        return 2
    found = {}
    for name, title in PARTS.items():
        if chosen and name not in chosen:
            continue
        print(f"\n{title}")
        found[title] = import_module(f"benchmarks.{name}").run()
        for row in found[title]:
            ratio = "" if row.ratio is None else f"{row.ratio:6.2f}"
            print(f"  {row.name:<70} {row.figure:>14} {row.beside:>14} {ratio}")
    now = import_module("django.utils.timezone").now()
    report = import_module("benchmarks.report")
    print(f"\nWritten: {report.write(found, order=PARTS.values(), now=now)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
