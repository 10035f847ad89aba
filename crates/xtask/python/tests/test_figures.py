"""The letters inside the figures: no browser is needed."""

import re
from base64 import b64decode
from collections import defaultdict
from io import BytesIO
from pathlib import Path

import pytest
from embed_fonts.cli import main
from embed_fonts.figure import characters_by_face
from embed_fonts.style import without_letters
from fontTools.ttLib import TTFont

ROOT = Path(__file__).resolve().parents[4]
FIGURES = sorted((ROOT / "pics").glob("*.svg"))
FONTS = ROOT / "styles/fonts"
COMMAND = "PYTHONPATH=crates/xtask/python .lab/venv/bin/python -m embed_fonts"
RULE = re.compile(
    r"font-family: '(.+?)'; font-weight: (.+?); font-style: (.+?);"
    r".*?base64,([\w+/=]+)\)"
)
SMALL = """<svg xmlns="http://www.w3.org/2000/svg" font-family="'netlab sans',serif">
  <title>Ж</title>
  <text font-weight="700">два\n    слова</text>
  <text>A<tspan font-family="'netlab mono'">B</tspan>C</text>
</svg>
"""


def carried(svg: str) -> dict[str, list[TTFont]]:
    """The fonts that a figure brings along, by the name of their face."""
    fonts = defaultdict(list)
    for family, weight, style, data in RULE.findall(svg):
        font = TTFont(BytesIO(b64decode(data)))
        fonts[f"{family} {weight} {style}"].append(font)
    return fonts


def letters(fonts: list[TTFont]) -> set[str]:
    """The characters that fonts have together."""
    return {chr(code) for font in fonts for code in font.getBestCmap()}


@pytest.fixture
def figure(tmp_path: Path) -> Path:
    figure = tmp_path / "small.svg"
    figure.write_text(SMALL, encoding="utf-8")
    return figure


def embed(figure: Path) -> int:
    """The exit code of the tool."""
    return main(["--fonts", str(FONTS), str(figure)])


@pytest.mark.parametrize("figure", FIGURES, ids=lambda path: path.stem)
def test_figure_carries_what_it_shows(figure: Path) -> None:
    svg = figure.read_text(encoding="utf-8")
    fonts = carried(svg)
    for face, shown in characters_by_face(without_letters(svg)).items():
        missing = "".join(sorted(shown - letters(fonts[str(face)])))
        assert not missing, (
            f"{figure.name} shows «{missing}» in {face} and does not carry it: "
            f"run `{COMMAND} pics/{figure.name}`"
        )


@pytest.mark.parametrize("figure", FIGURES, ids=lambda path: path.stem)
def test_carried_fonts_leave_the_reserved_name(figure: Path) -> None:
    fonts = carried(figure.read_text(encoding="utf-8"))
    for font in (font for faces in fonts.values() for font in faces):
        names = {record.nameID: str(record) for record in font["name"].names}
        assert names[0].startswith("Copyright")
        assert set(names) <= {0, 13, 14}
        assert not any("plex" in name.lower() for name in names.values())


def test_each_face_gets_the_letters_set_in_it(figure: Path) -> None:
    assert embed(figure) == 0
    fonts = carried(figure.read_text(encoding="utf-8"))
    assert {face: letters(found) for face, found in fonts.items()} == {
        "netlab sans 400 normal": set("AC"),
        "netlab sans 600 700 normal": set("два слова"),
        "netlab mono 400 normal": set("B"),
    }


def test_drawing_keeps_every_byte(figure: Path) -> None:
    # Such ends of lines, and no end of the last one.
    drawn = SMALL.replace("\n", "\r\n").replace("</svg>\r\n", "  </svg>").encode()
    figure.write_bytes(drawn)
    assert embed(figure) == 0
    svg = figure.read_bytes().decode()
    assert svg.encode().startswith(drawn.removesuffix(b"</svg>"))
    assert without_letters(svg).encode() == drawn


def test_second_run_changes_nothing(figure: Path) -> None:
    assert embed(figure) == 0
    once = figure.read_bytes()
    assert embed(figure) == 0
    assert figure.read_bytes() == once


def test_letters_follow_the_text(figure: Path) -> None:
    assert embed(figure) == 0
    svg = figure.read_text(encoding="utf-8")
    figure.write_text(svg.replace("B</tspan>", "D</tspan>"), encoding="utf-8")
    assert embed(figure) == 0
    fonts = carried(figure.read_text(encoding="utf-8"))
    assert letters(fonts["netlab mono 400 normal"]) == {"D"}


def test_sign_of_the_symbol_font_joins_the_face(figure: Path) -> None:
    figure.write_text(SMALL.replace("слова", "✗"), encoding="utf-8")
    assert embed(figure) == 0
    svg = figure.read_text(encoding="utf-8")
    fonts = carried(svg)["netlab sans 600 700 normal"]
    assert [letters([font]) for font in fonts] == [set("два "), {"✗"}]
    assert "unicode-range: U+2717;" in svg


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("слова", "語", "shows 語 (U+8A9E): neither IBMPlexSans-SemiBold.woff2"),
        ("netlab mono", "Arial", "asks for 'Arial' 400 normal, which is no face"),
        ('"700"', '"300"', "'netlab sans',serif 300 normal, which is no face"),
        ("<title>", "<style>text { font-weight: 700 }</style><title>", "style sheet"),
        ("<text>", '<text style="font-style:italic">', "style sheet"),
        ("</title>", "", "is no XML"),
    ],
)
def test_figure_without_all_its_letters_stays_as_it_is(
    figure: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, said: str
) -> None:
    figure.write_text(SMALL.replace(old, new), encoding="utf-8")
    before = figure.read_bytes()
    assert embed(figure) == 1
    assert figure.read_bytes() == before
    errors = capsys.readouterr().err
    assert f"error: {figure}: " in errors
    assert said in errors
