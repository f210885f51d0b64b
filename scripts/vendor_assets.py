"""Bring the browser assets into the repository, mended so that they work offline and lawfully.

    python scripts/vendor_assets.py DIRECTORY

``DIRECTORY`` holds the tarballs that ``npm pack nhsuk-frontend@10.6.1 htmx.org@4.0.1`` writes.
Nothing of Node is needed afterwards: neither the build nor the running system calls it.

What is mended in the style sheet and scripts of NHS.UK frontend, and why:

- addresses that begin with ``/assets/`` become relative, because we do not serve that path;
- the two ``@font-face`` blocks go: they call a server of the NHS from the reader's browser, and
  Frutiger is licensed to NHS organisations only. Arial, the next in the list, is used;
- notes on source maps go, because the maps are not shipped and a manifest storage looks for them;
- only the icons the style sheet names are kept. Favicons and the large icons are NHS marks.
"""

import hashlib
import json
import re
import sys
import tarfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "static" / "vendor"
NHSUK_VERSION = "10.6.1"
# The release of nhsuk-frontend-jinja whose macros belong to this style sheet.
NHSUK_JINJA_VERSION = "0.10.2"
HTMX_VERSION = "4.0.1"

MIT_LICENCE = """\
MIT License

Copyright (c) 2019 NHS.UK

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.
"""

FONT_FACE = re.compile(r"@font-face\{[^}]*assets\.nhs\.uk[^}]*\}")
SOURCE_MAP = re.compile(r"(/\*# sourceMappingURL=[^*]*\*/|//# sourceMappingURL=\S*)\s*$")
ICON = re.compile(r"/assets/images/([\w.-]+)")


def mended_style(text: str) -> str:
    text = SOURCE_MAP.sub("", FONT_FACE.sub("", text))
    text = text.replace("Frutiger W01,arial,sans-serif", "arial,sans-serif")
    return text.replace("url(/assets/images/", "url(images/").rstrip() + "\n"


def mended_script(text: str) -> str:
    return SOURCE_MAP.sub("", text).rstrip() + "\n"


def nhsuk_files(source: Path) -> dict[str, bytes]:
    """Return path -> content of what we ship of NHS.UK frontend, mended."""
    with tarfile.open(source) as package:
        style = _member(package, "package/dist/nhsuk/nhsuk-frontend.min.css").decode()
        script = _member(package, "package/dist/nhsuk/nhsuk-frontend.min.js").decode()
        files = {
            "nhsuk-frontend.min.css": mended_style(style).encode(),
            "nhsuk-frontend.min.js": mended_script(script).encode(),
            "LICENCE.txt": MIT_LICENCE.encode(),
        }
        for icon in sorted(set(ICON.findall(style))):
            files[f"images/{icon}"] = _member(package, f"package/dist/nhsuk/assets/images/{icon}")
    return files


def htmx_files(source: Path) -> dict[str, bytes]:
    with tarfile.open(source) as package:
        script = _member(package, "package/dist/htmx.min.js").decode()
        licence = _member(package, "package/LICENSE")
    return {"htmx.min.js": mended_script(script).encode(), "LICENCE.txt": licence}


def write(folder: Path, files: dict[str, bytes]) -> dict[str, str]:
    """Write ``files`` below ``folder`` and return path -> sha256 as the manifest lists them."""
    sums = {}
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        sums[path.relative_to(VENDOR).as_posix()] = hashlib.sha256(content).hexdigest()
    return sums


def _member(package: tarfile.TarFile, name: str) -> bytes:
    member = package.extractfile(name)
    if member is None:
        raise SystemExit(f"{name} is not in the package: its layout has changed.")
    return member.read()


def main(source: Path) -> None:
    nhsuk = write(
        VENDOR / "nhsuk" / NHSUK_VERSION,
        nhsuk_files(source / f"nhsuk-frontend-{NHSUK_VERSION}.tgz"),
    )
    htmx = write(
        VENDOR / "htmx" / HTMX_VERSION, htmx_files(source / f"htmx.org-{HTMX_VERSION}.tgz")
    )
    manifest = {
        "versions": {
            "nhsuk-frontend": NHSUK_VERSION,
            "nhsuk-frontend-jinja": NHSUK_JINJA_VERSION,
            "htmx.org": HTMX_VERSION,
        },
        "sha256": dict(sorted((nhsuk | htmx).items())),
    }
    (VENDOR / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit("Name the folder that holds the two tarballs.")
    main(Path(sys.argv[1]))
