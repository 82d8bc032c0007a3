"""Whose forms a click makes: the open parent's, or those of the pack that the user chooses where there are several."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from cli_tools import register_file
from hosts import excel
from live import opened, press, someone_elses
from tools import forget_packs, make_forms, small_register

from loithe_xl.addin.dialogs import Click
from loithe_xl.intake.openfile import open_file
from loithe_xl.language.catalogue import Text
from loithe_xl.pack import find

pytestmark = pytest.mark.usefixtures("desk")


@pytest.fixture
def two_packs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A program that comes with another campaign too, ``an_khe``, of the same forms under another name."""
    home = shutil.copytree(find._home(), tmp_path / "packs")
    main = shutil.copytree(home / "loi_the", home / "an_khe") / "pack.toml"
    said = main.read_text(encoding="utf-8").replace('id = "loi_the"', 'id = "an_khe"')
    main.write_text(re.sub(r"(?m)^title = .*", f'title = {{ vi = "{THEIRS}", en = "Water saved" }}', said), "utf-8")
    monkeypatch.setattr(find, "PACK_HOMES", (home,))
    forget_packs()
    yield
    forget_packs()


THEIRS = "Bộ biểu mẫu phong trào tiết kiệm nước"
OURS = "Bộ biểu mẫu đợt sinh hoạt chính trị “Giữ trọn lời thề đảng viên”"


def packs_of(folder: Path) -> set[str]:
    found = [open_file(path, path.name) for path in folder.rglob("* 20*.xlsx")]
    return {each.identity.pack for each in found if each.identity}


@pytest.mark.usefixtures("two_packs")
@pytest.mark.parametrize(("number", "pack"), [("1", "an_khe"), ("2", "loi_the")])
def test_of_several_packs_the_user_says_whose_forms_are_made(number: str, pack: str, tmp_path: Path):
    register = register_file(tmp_path / "danh mục.xlsx", small_register({"01.1": 1}, 0))
    excel.will_pick([register])
    excel.will_type("", "tiết kiệm", "0", "3", number, "2023-03")

    pressed = press(opened(someone_elses(tmp_path / "khác.xlsx")), "generate", pick=[tmp_path / "phat"])

    asked = [each for each in excel.DESK.dialogs if each.kind == "input"]
    assert {each.prompt for each in asked[:5]} == {
        f"Tạo bộ biểu mẫu nào? Gõ số thứ tự rồi bấm OK:\n1. {THEIRS}\n2. {OURS}",
    }
    assert (len(asked), {each.start for each in asked[:5]}) == (6, {""})  # none is offered: Enter alone chooses nothing
    assert pressed.done
    assert packs_of(tmp_path / "phat") == {pack}


@pytest.mark.usefixtures("two_packs")
def test_whoever_says_no_pack_gets_no_forms_and_reads_the_titles_in_his_language(tmp_path: Path):
    excel.will_pick([register_file(tmp_path / "danh mục.xlsx")])
    excel.will_type(False)

    pressed = press(opened(someone_elses(tmp_path / "khác.xlsx")), "generate", "en")

    assert not pressed.done
    assert "\n1. Water saved\n2. Forms of the political" in excel.DESK.dialogs[-1].prompt


@pytest.mark.usefixtures("two_packs")
def test_beneath_a_parent_its_own_pack_is_taken_and_none_asked_for(tmp_path: Path):
    forms = make_forms(tmp_path / "forms", small_register({"01.1": 1}, 0), pack="an_khe")

    assert press(opened(forms["01"]), "generate", pick=[tmp_path / "phat"]).done
    assert packs_of(tmp_path / "phat") == {"an_khe"}


def test_many_long_titles_fit_the_question(tmp_path: Path):
    click = Click(opened(someone_elses(tmp_path / "khác.xlsx")), "generate", "vi")
    excel.will_type("9")

    assert click.choice("ask_pack", [Text(f"{OURS} năm {year}") for year in range(2017, 2027)]) == 8
    prompt = excel.DESK.dialogs[-1].prompt
    assert len(prompt) <= 255
    assert [line.split(".")[0] for line in prompt.split("\n")[1:]] == [str(number) for number in range(1, 11)]
