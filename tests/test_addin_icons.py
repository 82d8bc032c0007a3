"""The pictures of the ribbon's buttons: drawn anew they are the same, and each is used."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat

import icons
from loithe_xl.addin.xlam import ribbon
from loithe_xl.workbook import styles

RIBBON = Path(__file__).resolve().parent.parent / "addin" / "customUI14.xml"
SMALLEST = 16  # pixels: an item of a menu on a screen of 100 %


def kept(name: str) -> Image.Image:
    with Image.open(icons.ICONS / f"{name}.png") as image:
        image.load()
        return image


def at_work(name: str, side: int) -> Image.Image:
    """The picture as a user sees it: on the ribbon's grey, so small."""
    ground = Image.new("RGBA", (side, side), "#F0F0F0")
    ground.alpha_composite(kept(name).resize((side, side), Image.Resampling.BICUBIC))
    return ground.convert("RGB")


def test_every_picture_is_shown_by_the_ribbon_and_the_other_way_round():
    kept_names = {file.stem for file in icons.ICONS.iterdir()}

    assert kept_names == set(icons.PICTURES) == ribbon.pictures_of(RIBBON.read_bytes())


@pytest.mark.parametrize("name", icons.PICTURES)
def test_a_picture_drawn_anew_is_the_same(name: str):
    once, again = icons.drawn(name), icons.drawn(name)

    assert once.tobytes() == again.tobytes() == kept(name).tobytes()
    assert (once.mode, once.size) == (kept(name).mode, kept(name).size)


@pytest.mark.parametrize("name", icons.PICTURES)
def test_a_picture_has_the_size_that_excel_scales_well_and_a_clear_ground(name: str):
    image = kept(name)
    corners = [image.getpixel((x, y))[3] for x in (0, icons.SIZE - 1) for y in (0, icons.SIZE - 1)]
    left, top, right, bottom = image.getchannel("A").getbbox()

    assert (image.format, image.mode, image.size) == ("PNG", "RGBA", (64, 64))
    assert corners == [0, 0, 0, 0]
    assert min(right - left, bottom - top) >= 44  # fills its square, as the others do
    assert image.getchannel("A").getextrema() == (0, 255)


def test_no_two_pictures_are_alike_even_at_their_smallest():
    different = {
        pair: sum(ImageStat.Stat(ImageChops.difference(*(at_work(name, SMALLEST) for name in pair))).mean) / 3
        for pair in combinations(icons.PICTURES, 2)
    }

    assert min(different.values()) > 12, min(different, key=different.__getitem__)


def test_the_red_is_that_of_the_forms():
    assert f"#{styles.HEADING}" == icons.RED
    assert all((0x9B, 0x1C, 0x1C, 255) in colours(name) for name in icons.PICTURES)


def colours(name: str) -> set[object]:
    return {colour for _, colour in kept(name).getcolors(icons.SIZE**2)}


def test_the_script_writes_what_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "old.png").touch()
    monkeypatch.setattr(icons, "ICONS", tmp_path)

    assert icons.main() == 0

    assert {file.stem for file in tmp_path.iterdir()} == set(icons.PICTURES)
