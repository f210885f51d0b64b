import pytest

from config import examinations

BOTH = ("LiberationSans-Regular.ttf", "DejaVuSans.ttf")


@pytest.fixture
def font_folder(tmp_path, monkeypatch):
    """A machine whose only fonts are those that a test puts into this folder."""
    folder = tmp_path / "fonts"
    folder.mkdir()
    monkeypatch.setattr(examinations, "FONT_FOLDERS", (str(folder),))
    return folder


@pytest.mark.parametrize(
    ("installed", "wanted"),
    [
        ((), "fonts-liberation fonts-dejavu-core"),
        (BOTH[:1], "fonts-dejavu-core"),
        (BOTH[1:], "fonts-liberation"),
    ],
)
def test_the_doctor_names_the_fonts_that_are_missing(font_folder, installed, wanted):
    for name in installed:
        (font_folder / name).touch()

    finding = examinations.fonts()

    assert finding.remedy == f"Run `sudo apt-get install {wanted}`."


def test_with_both_fonts_all_is_well(font_folder):
    for name in BOTH:
        (font_folder / name).touch()

    assert examinations.fonts().remedy == ""
