"""The ribbon tab as a picture, drawn from ``addin/customUI14.xml`` and its icons, for guides: no Excel is needed."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from PIL import Image, ImageDraw, ImageFont

ADDIN = Path(__file__).resolve().parent.parent / "addin"
UI = "{http://schemas.microsoft.com/office/2009/07/customui}"
SCALE = 2  # drawn finely, as on a screen of high resolution
TAB, BODY, GROUP = 30, 86, 20  # heights in points of the picture: tab row, buttons, group names
BUTTON, GAP, ICON = 84, 6, 32
INK, PALE, LINE, PAPER, ACCENT = "#262626", "#5F5F5F", "#D0D0D0", "#F7F6F5", "#9B1C1C"


@dataclass(frozen=True, slots=True)
class Button:
    """A large button: its label, its icon, and whether a list opens under it."""

    label: str
    icon: Path
    menu: bool = False


def draw(target: Path) -> None:
    """Write the tab's picture as PNG."""
    tab = ElementTree.parse(ADDIN / "customUI14.xml").getroot().find(f".//{UI}tab")
    assert tab is not None
    groups = [(group.get("label", ""), list(_buttons(group))) for group in tab.iter(f"{UI}group")]
    width = sum(len(buttons) * BUTTON + 2 * GAP for _, buttons in groups) + 2 * GAP
    picture = Image.new("RGB", (width * SCALE, (TAB + BODY + GROUP + GAP) * SCALE), PAPER)
    pen = ImageDraw.Draw(picture)
    bold, plain, small = (_font(name, size) for name, size in (("bold", 13), ("regular", 12), ("regular", 10.5)))
    _centred(pen, tab.get("label", ""), (GAP, 0, GAP + BUTTON, TAB), bold, ACCENT)
    pen.rectangle(_scaled(GAP + 14, TAB - 3, GAP + BUTTON - 14, TAB - 1), fill=ACCENT)
    left = GAP
    for name, buttons in groups:
        right = left + len(buttons) * BUTTON + 2 * GAP
        for number, button in enumerate(buttons):
            _button(picture, pen, button, left + GAP + number * BUTTON, plain)
        _centred(pen, name, (left, TAB + BODY, right, TAB + BODY + GROUP), small, PALE)
        pen.line(_scaled(right, TAB + 6, right, TAB + BODY + GROUP - 2), fill=LINE, width=SCALE)
        left = right
    picture.save(target, optimize=True)


def _buttons(group: ElementTree.Element) -> Iterator[Button]:
    for child in group:
        first = child.find(f"{UI}button") if child.tag == f"{UI}splitButton" else child
        assert first is not None
        icon = ADDIN / "icons" / f"{first.get('image')}.png"
        yield Button(first.get("label", ""), icon, child is not first)


def _button(
    picture: Image.Image, pen: ImageDraw.ImageDraw, button: Button, left: float, font: ImageFont.FreeTypeFont
) -> None:
    with Image.open(button.icon) as found:
        icon = found.convert("RGBA").resize((ICON * SCALE, ICON * SCALE), Image.Resampling.LANCZOS)
    place = _scaled(left + (BUTTON - ICON) / 2, TAB + 8, 0, 0)[:2]
    picture.paste(icon, (round(place[0]), round(place[1])), icon)
    lines = _wrapped(button.label, font)
    for number, line in enumerate(lines):
        top = TAB + 44 + number * 15
        _centred(pen, line, (left, top, left + BUTTON, top + 15), font, INK)
    if button.menu:
        middle, top = left + BUTTON / 2, TAB + 49 + len(lines) * 15
        corners = (middle - 4, top), (middle + 4, top), (middle, top + 4)
        pen.polygon([(x * SCALE, y * SCALE) for x, y in corners], fill=PALE)


def _wrapped(label: str, font: ImageFont.FreeTypeFont) -> list[str]:
    if font.getlength(label) <= (BUTTON - 6) * SCALE:
        return [label]
    words = label.split(" ")
    cuts = [(" ".join(words[:cut]), " ".join(words[cut:])) for cut in range(1, len(words))]
    return list(min(cuts, key=lambda both: max(map(font.getlength, both))))


def _centred(
    pen: ImageDraw.ImageDraw, words: str, box: tuple[float, ...], font: ImageFont.FreeTypeFont, colour: str
) -> None:
    left, top, right, bottom = _scaled(*box)
    pen.text(((left + right) / 2, (top + bottom) / 2), words, font=font, fill=colour, anchor="mm")


def _scaled(*points: float) -> tuple[float, ...]:
    return tuple(point * SCALE for point in points)


def _font(weight: str, size: float) -> ImageFont.FreeTypeFont:
    asked = ["fc-match", "--format", "%{file}", f"Liberation Sans:style={weight.title()}"]
    file = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
    return ImageFont.truetype(file, round(size * SCALE))
