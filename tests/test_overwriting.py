"""Whatever stands where a command writes is not lost: it stays, or a copy of it is kept; and the user is told."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from cli_tools import press, register_file, worded
from tools import REQUIRED, fill, held, type_into

from loithe_xl.tasks.formsthere import look


@pytest.fixture
def parent(forms: dict[str, Path]) -> Path:
    """A district that has taken something in; the working directory is its own."""
    fill(forms["01.K1"], Path("nhan/k.xlsx"), REQUIRED, [held(3)])
    assert press("consolidate", "--into", forms["01"], "nhan").code == 0
    return forms["01"]


WRITERS: dict[str, list[str]] = {
    "report --out": ["report", "01.xlsx", "--out", "cu.xlsx"],
    "report --pdf": ["report", "01.xlsx", "--pdf", "cu.xlsx"],
    "status --export": ["status", "01.xlsx", "--export", "cu.xlsx"],
    "status --export .csv": ["status", "01.xlsx", "--export", "cu.csv"],
    "repair --out": ["repair", "nhan/k.xlsx", "--out", "cu.xlsx"],
    "register new": ["register", "new", "cu.xlsx"],
    "register sample": ["register", "sample", "cu.xlsx"],
    "key export": ["key", "export", "cu.xlsx"],
    "addin build --out": ["addin", "build", "--out", "cu.xlsx"],
}


VICTIMS = ["01.xlsx", "nhan/k.xlsx", "danh-ba.xlsx", "01_nhat-ky.csv", "thu.txt"]


def copies(data: bytes) -> int:
    return sum(file.read_bytes() == data for file in Path().rglob("*") if file.is_file())


@pytest.mark.parametrize("command", WRITERS)
@pytest.mark.parametrize("victim", VICTIMS)
def test_what_a_command_would_write_over_is_still_there(command: str, victim: str, parent: Path) -> None:
    register_file(Path("danh-ba.xlsx"))
    Path("thu.txt").write_text("Kính gửi", encoding="utf-8")
    for name in ("cu.xlsx", "cu.csv"):
        shutil.copy(victim, name)
    data = Path(victim).read_bytes()
    before = copies(data)

    answer = press(*WRITERS[command])

    assert copies(data) >= before, answer.said


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (["report", "01.xlsx", "--pdf", "cu.xlsx"], "OUT_ENDING"),
        (["addin", "build", "--out", "cu.xlsx"], "OUT_ENDING"),
        (["status", "01.xlsx", "--export", "01.xlsx"], "EXPORT_OVER_PARENT"),
    ],
)
def test_a_name_of_another_kind_is_a_wrong_request(command: list[str], code: str, parent: Path) -> None:
    shutil.copy(parent, "cu.xlsx")

    answer = press(*command)

    assert (answer.code, answer.out) == (2, "")
    assert worded(code).search(answer.err)


@pytest.mark.parametrize("command", [["register", "new"], ["register", "sample"], ["key", "export"]])
def test_what_is_made_once_is_made_again_only_if_it_is_the_same(command: list[str], forms: dict[str, Path]) -> None:
    assert press(*command, "moi.xlsx").code == 0
    assert press(*command, "moi.xlsx").code == 0
    Path("moi.xlsx").write_bytes(b"filled in")

    answer = press(*command, "moi.xlsx")

    assert answer.code == 3
    assert worded("STORE_TAKEN").search(answer.err)
    assert Path("moi.xlsx").read_bytes() == b"filled in"


def test_forms_are_made_anew_only_where_nothing_was_typed(tmp_path: Path) -> None:
    """A consolidated parent, one with own entries, a submission, a damaged parent and a letter stay; blank forms go."""
    register = register_file(tmp_path / "danh-ba.xlsx")
    run = ("generate", "--level", "district", "--below", "--register", register, "--period", "2023-02", "--out")
    assert press(*run, tmp_path / "ra", "--lang", "en").code == 0
    made = {path.name.split(" ")[0]: path for path in (tmp_path / "ra").rglob("* 20*.xlsx")}
    fill(made["01.1.C02"], tmp_path / "k.xlsx", REQUIRED, [held(3)])
    assert press("consolidate", "--into", made["01"], tmp_path / "k.xlsx").code == 0
    type_into(made["01.1"], {"documents_issued": 3})
    shutil.copy(tmp_path / "k.xlsx", made["01.1.C02"])
    made["01.2"].write_bytes(made["01.2"].read_bytes()[:-100])
    made["01.1.C01"].write_bytes(b"Dear all")
    stay = {code: made[code].read_bytes() for code in ("01", "01.1", "01.1.C02", "01.2", "01.1.C01")}
    assert {code for code, path in made.items() if not look(path).untouched} == stay.keys()
    blank = {code: path.read_bytes() for code, path in made.items() if code not in stay}

    answer = press(*run, tmp_path / "ra")

    assert answer.code == 0
    assert {code: made[code].read_bytes() for code in stay} == stay
    assert all(made[code].read_bytes() != data for code, data in blank.items())
    assert len(worded_each("FORM_KEPT", answer.err)) == len(stay)
    assert f"Đã cấp {len(blank)} biểu mẫu" in answer.out


def worded_each(code: str, said: str) -> list[str]:
    return [line for line in said.splitlines() if worded(code).search(line)]
