"""The picture of the ribbon in the guide is the ribbon's."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

import ribbon

PICTURE = Path(__file__).parent.parent / "docs" / "pictures" / "phan-bo-tro-thanh-lenh.png"


def test_the_ribbon_is_drawn_with_every_button(tmp_path: Path):
    ribbon.draw(tmp_path / "r.png")

    with Image.open(tmp_path / "r.png") as drawn, Image.open(PICTURE) as kept:
        assert drawn.size == kept.size
        assert len(drawn.convert("RGB").getcolors(2**20) or ()) > 100


def test_a_new_button_makes_it_wider(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    sources = tmp_path / "addin"
    (sources / "icons").mkdir(parents=True)
    for icon in (ribbon.ADDIN / "icons").glob("*.png"):
        (sources / "icons" / icon.name).write_bytes(icon.read_bytes())
    more = (ribbon.ADDIN / "customUI14.xml").read_text(encoding="utf-8")
    more = more.replace("</group>", '<button id="Loithe_x" image="help" label="Nút thêm"/></group>', 1)
    (sources / "customUI14.xml").write_text(more, encoding="utf-8")
    monkeypatch.setattr(ribbon, "ADDIN", sources)

    ribbon.draw(tmp_path / "r.png")

    with Image.open(tmp_path / "r.png") as drawn, Image.open(PICTURE) as kept:
        assert drawn.size[0] == kept.size[0] + ribbon.BUTTON * ribbon.SCALE
