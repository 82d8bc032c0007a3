"""Which files of a folder are looked at, in which order, and what is said of the others."""

from __future__ import annotations

import os
import unicodedata
import zipfile
from pathlib import Path

import pytest

from loithe_xl.intake.inbox import find


def make(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"x")


def shown(folder: Path, files: tuple[Path, ...]) -> list[str]:
    return [file.relative_to(folder).as_posix() for file in files]


def test_a_folder_is_walked_in_a_stable_order(tmp_path: Path):
    make(tmp_path, "b.xlsx", "a/2.xlsx", "a/1.XLSX", "c/d/e.xlsx", "Z.xlsx", "đ.xlsx")

    found = find([tmp_path])

    assert shown(tmp_path, found.files) == ["Z.xlsx", "a/1.XLSX", "a/2.xlsx", "b.xlsx", "c/d/e.xlsx", "đ.xlsx"]
    assert (found.skipped, found.issues) == ((), ())


def test_the_order_does_not_depend_on_how_letters_are_composed(tmp_path: Path):
    # "ế" decomposed begins with e, so raw sorting would put it before "f".
    make(tmp_path, unicodedata.normalize("NFD", "ế.xlsx"), "f.xlsx")

    assert [unicodedata.normalize("NFC", file.name) for file in find([tmp_path]).files] == ["f.xlsx", "ế.xlsx"]


def test_what_is_passed_over_is_said(tmp_path: Path):
    make(
        tmp_path, "a.xlsx", "~$a.xlsx", ".~lock.a.xlsx#", ".~loithe-1.xlsx", ".ẩn.xlsx", ".git/config",
        "ban-cu/cu.xlsx", "sub/ban-cu/cu.xlsx", "ghi chú.txt", "nhat-ky.json", "không đuôi",
        "01_nhat-ky.csv", "01_nhat-ky-2.csv", "01_nhat-ky (bản mới 20230303-1500).csv",
    )  # fmt: skip

    found = find([tmp_path])

    assert shown(tmp_path, found.files) == ["a.xlsx"]
    assert {path.relative_to(tmp_path).as_posix(): issue.code for path, issue in found.skipped} == {
        "~$a.xlsx": "SKIPPED_OWNER",
        ".~lock.a.xlsx#": "SKIPPED_OWNER",
        ".~loithe-1.xlsx": "SKIPPED_TEMPORARY",
        ".ẩn.xlsx": "SKIPPED_HIDDEN",
        ".git": "SKIPPED_HIDDEN",
        "01_nhat-ky.csv": "SKIPPED_JOURNAL",
        "01_nhat-ky-2.csv": "SKIPPED_JOURNAL",
        "01_nhat-ky (bản mới 20230303-1500).csv": "SKIPPED_JOURNAL",
        "ban-cu": "SKIPPED_OLD_COPIES",
        "sub/ban-cu": "SKIPPED_OLD_COPIES",
        "ghi chú.txt": "SKIPPED_OTHER",
        "nhat-ky.json": "SKIPPED_OTHER",
        "không đuôi": "SKIPPED_OTHER",
    }
    assert all(issue.place.file == str(path) for path, issue in found.skipped)


def test_links_in_a_folder_are_passed_over(tmp_path: Path):
    make(tmp_path, "ngoài/a.xlsx", "hộp/b.xlsx")
    try:
        (tmp_path / "hộp" / "a.xlsx").symlink_to(tmp_path / "ngoài" / "a.xlsx")
        (tmp_path / "hộp" / "thư mục").symlink_to(tmp_path / "ngoài")
    except OSError:
        pytest.skip("this user may not make links")

    found = find([tmp_path / "hộp"])

    assert shown(tmp_path, found.files) == ["hộp/b.xlsx"]
    assert [issue.code for _, issue in found.skipped] == ["SKIPPED_LINK", "SKIPPED_LINK"]


@pytest.mark.parametrize("ending", ["xls", "xlsb", "xlsm", "ods", "csv", "pdf", "zip", "docx", "png", "JPG"])
def test_other_documents_are_handed_on_to_be_refused_by_what_they_are(ending: str, tmp_path: Path):
    make(tmp_path, f"a.{ending}")

    assert shown(tmp_path, find([tmp_path]).files) == [f"a.{ending}"]


def test_a_file_named_itself_is_handed_on(tmp_path: Path):
    make(tmp_path, "a.txt", ".ẩn.xlsx", "~$a.xlsx", "ban-cu/cu.xlsx")
    names = ["a.txt", ".ẩn.xlsx", "~$a.xlsx", "ban-cu/cu.xlsx"]

    found = find([tmp_path / name for name in names])

    assert shown(tmp_path, found.files) == ["a.txt", ".ẩn.xlsx", "ban-cu/cu.xlsx"]
    assert [issue.code for _, issue in found.skipped] == ["SKIPPED_OWNER"], "a shell's * names owner files, too"


def test_what_is_reached_twice_counts_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    make(tmp_path, "a.xlsx", "b.xlsx", "~$a.xlsx")
    monkeypatch.chdir(tmp_path)

    found = find([Path("b.xlsx"), tmp_path, tmp_path / "." / "a.xlsx", Path("../") / tmp_path.name])

    assert [file.name for file in found.files] == ["b.xlsx", "a.xlsx"]


def test_a_missing_path_is_an_error_and_the_rest_goes_on(tmp_path: Path):
    make(tmp_path, "a.xlsx")

    found = find([tmp_path / "không có", tmp_path])

    assert shown(tmp_path, found.files) == ["a.xlsx"]
    assert [(issue.code, issue.place.file) for issue in found.issues] == [("PATH_MISSING", str(tmp_path / "không có"))]


def test_a_closed_folder_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    make(tmp_path, "a.xlsx", "kín/b.xlsx")
    real = Path.iterdir
    monkeypatch.setattr(Path, "iterdir", lambda path: os.scandir(os.devnull) if path.name == "kín" else real(path))

    found = find([tmp_path])

    assert shown(tmp_path, found.files) == ["a.xlsx"]
    assert [issue.code for issue in found.issues] == ["FOLDER_NO_ACCESS"]


def test_folders_may_lie_however_deep(tmp_path: Path):
    """A thousand and a half within each other: more than calls may."""
    here = tmp_path
    for _ in range(1_500):
        here = here / "d"
        here.mkdir()
    (here / "a.xlsx").write_bytes(b"x")

    try:
        found = find([tmp_path])
    finally:
        (here / "a.xlsx").unlink()
        while here != tmp_path:  # who clears the folder away does it by calls
            here.rmdir()
            here = here.parent

    assert [file.name for file in found.files] == ["a.xlsx"]
    assert found.issues == ()


@pytest.mark.parametrize("name", ["bao cao", "bc.bin", "bc.dat", "bc.bak", "01.C01_2023-02.xlsx.download"])
def test_a_form_is_read_whatever_it_is_called(issued: dict[str, Path], tmp_path: Path, name: str):
    (tmp_path / name).write_bytes(issued["01.1.C01"].read_bytes())
    make(tmp_path, "ghi chú", "ảnh.dat")
    with zipfile.ZipFile(tmp_path / "khác.bin", "w") as other:
        other.writestr("xl/workbook.xml", "<workbook/>")
    (tmp_path / "dở").write_bytes(issued["01.1.C01"].read_bytes()[:500])

    found = find([tmp_path])

    assert shown(tmp_path, found.files) == [name]
    assert {issue.code for _, issue in found.skipped} == {"SKIPPED_OTHER"}
    assert len(found.skipped) == 4
