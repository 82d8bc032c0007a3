"""The add-in's sources: read as they are, xlwings' own VBA beside them, and every fault named at once with its line."""

from __future__ import annotations

import difflib
import importlib.metadata
import importlib.util
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from loithe_xl.addin.xlam import sources
from loithe_xl.addin.xlam.ribbon import NAMESPACE
from loithe_xl.addin.xlam.sources import Sources, read
from loithe_xl.language.issues import Fault, Issue

ROOT = Path(__file__).resolve().parent.parent
MAIN = """Attribute VB_Name = "LoitheMain"
Option Explicit

Public Sub LoithePress(control As IRibbonControl)
    LoitheSay "no_book" ' or something else
End Sub
"""
RIBBON = f"""<customUI xmlns="{NAMESPACE}"><ribbon><tabs><tab id="Loithe_tab" label="Lời thề">
<group id="Loithe_group" label="Biểu">
<button id="Loithe_validate" label="Kiểm tra" supertip="Kiểm tra biểu này." image="check" onAction="LoithePress"/>
</group></tab></tabs></ribbon></customUI>
"""
TEXTS = """[ribbon.Loithe_tab]
label = "Oath"
[ribbon.Loithe_group]
label = "Forms"
[ribbon.Loithe_validate]
label = "Validate"
supertip = "Check this form."

[vba.no_book]
vi = "Chưa mở biểu nào."
en = "No form is open."
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A small add-in: one button, one picture, one text."""
    files = {"customUI14.xml": RIBBON, "texts.toml": TEXTS, "vba/LoitheMain.bas": MAIN, "icons/check.png": "PNG"}
    files |= {f"vba/{name}.cls": "Option Explicit\n" for name in (*sources.DOCUMENTS, "LoitheEvents")}
    for name, content in files.items():
        path = tmp_path / "addin" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return tmp_path / "addin"


def change(file: Path, old: str, new: str) -> None:
    content = file.read_text(encoding="utf-8")
    assert old in content
    file.write_text(content.replace(old, new), encoding="utf-8")


def faults(home: Path) -> list[Issue]:
    with pytest.raises(Fault) as raised:
        read(home=home)
    assert raised.value.exit_code == 3
    return raised.value.issues


def said(home: Path) -> list[tuple[str, str]]:
    """Code and file of every fault."""
    return [(found.code, found.place.file) for found in faults(home)]


def sources_of(module: str, parts: Sources) -> str:
    [found] = [each for each in parts.modules if each.name == module]
    return found.source


def test_the_modules_in_the_order_that_excel_lists_them(home: Path):
    parts = read(home=home)

    assert [(module.name, module.kind) for module in parts.modules] == [
        ("ThisWorkbook", "document"),
        ("Sheet1", "document"),
        ("Sheet2", "document"),
        ("LoitheMain", "standard"),
        ("LoitheEvents", "class"),
        ("Dictionary", "class"),
        ("xlwings", "standard"),
    ]
    assert sources_of("LoitheMain", parts) == MAIN
    assert parts.pictures == {"check": b"PNG"}


def test_each_language_has_its_own_words(home: Path):
    vi, en = read("vi", home), read("en", home)

    assert (vi.texts["no_book"], en.texts["no_book"]) == ("Chưa mở biểu nào.", "No form is open.")
    assert 'label="Kiểm tra" supertip="Kiểm tra biểu này."' in vi.ribbon.decode()
    assert 'label="Validate" supertip="Check this form."' in en.ribbon.decode()
    assert "Kiểm tra" not in en.ribbon.decode()


def test_line_ends_of_a_checkout_make_no_difference(home: Path):
    before = read(home=home)
    for file in (home / "customUI14.xml", home / "texts.toml"):
        file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))

    assert read(home=home) == before


def test_xlwings_module_is_its_own_but_for_the_project_s_name_and_its_doors(home: Path):
    folder = Path(str(importlib.util.find_spec("xlwings").origin)).parent  # type: ignore[union-attr]
    ours = sources_of("xlwings", read(home=home)).splitlines()
    theirs = (folder / "xlwings_custom_addin.bas").read_text(encoding="ascii").splitlines()

    asked = [line for line in ours if "Then Err.Raise 70" in line]
    kept = [line for line in ours if line not in asked]
    assert {line.strip() for line in asked} == {
        f"If Not {unless} Then Err.Raise 70"
        for unless in ("LoitheGranted()", "LoitheAtWork()", 'FileName Like "*\\xlwings-*.log"')
    }

    def bare(lines: list[str]) -> list[str]:
        return [re.sub(r"^(Public|Private) ", "", line.strip()) for line in lines]

    matched = difflib.SequenceMatcher(None, bare(theirs), bare(kept), autojunk=False).get_opcodes()
    changed = [bare(kept)[start:end] for tag, _, _, start, end in matched if tag != "equal" and end > start]
    assert [line.partition(" &")[0] for lines in changed for line in lines] == [
        'Const PROJECT_NAME As String = "loithe"',
        "Err.Raise 70",
        "RunCommand = CondaCmd",
        "ExitCode = WScript.Run(LoitheShell()",
        "' loithe: the log stays",
        "ExecuteWindows = -1: Exit Function",
    ]
    gone = [line for tag, start, end, *_ in matched if tag == "delete" for line in theirs[start:end]]
    procedures = re.findall(r"(?m)^(?:Public |Private )?(?:Function|Sub) (\w+)", "\n".join(gone))
    assert procedures == [
        *("XLPyCommand", "XLPyLoadDLL", "NDims", "XLPy", "KillPy", "ImportPythonUDFsBase", "ImportPythonUDFs"),
        *("ImportPythonUDFsToAddin", "ImportXlwingsUdfsModule", "GetDLLVersion"),
    ]
    assert len(kept) > 900
    assert sources_of("Dictionary", read(home=home)).encode() == (folder / "addin" / "Dictionary.cls").read_bytes()


def test_only_our_own_window_is_called_in_windows():
    """Security rules look for declared procedures of Windows; xlwings' module brings none, nor its library's name."""
    parts = read()
    source = "\n".join(module.source for module in parts.modules)

    assert set(re.findall(r"Declare (?:PtrSafe )?\w+ (\w+)", source)) == {"MessageBoxW"}
    assert not re.search(r"(?i)\bDeclare\b|LoadLibrary|xlwings(32|64)|XLPyDLL", sources_of("xlwings", parts))


@pytest.mark.parametrize("mark", ["Function XLPyCommand()\n", "#If VBA7 Then\n    #If Mac Then\n"])
def test_an_xlwings_that_cannot_be_cut_is_a_programmer_s_fault(mark: str, monkeypatch: pytest.MonkeyPatch):
    given = "\n".join(["#If VBA7 Then\n    #If Mac Then\n", "Public Const XLWINGS_VERSION", *sources._REPLACED])

    with pytest.raises(ValueError, match="another way"):
        sources._replaced(given.replace(mark, ""))


def test_licence_notices_stay(home: Path):
    parts = read(home=home)

    assert "distributed under a BSD 3-clause license" in sources_of("xlwings", parts)
    assert "Redistributions in binary form must reproduce the above copyright notice" in sources_of("xlwings", parts)
    assert "@license: MIT" in sources_of("Dictionary", parts)


def test_xlwings_is_read_and_not_imported():
    script = (
        "import sys; from loithe_xl.addin.xlam.package import build_addin as b; b(); sys.exit('xlwings' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT / "src", capture_output=True, check=False)

    assert (done.returncode, done.stderr) == (0, b"")


def test_the_pinned_version_is_the_one_asked_for():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

    assert f"xlwings=={sources.XLWINGS}" in project["project"]["dependencies"]
    assert f"xlwings=={sources.XLWINGS}" in project["build-system"]["requires"]


def test_another_xlwings_is_a_fault(home: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(importlib.metadata, "version", lambda name: "0.37.9")
    [found] = faults(home)

    assert found.code == "ADDIN_XLWINGS"
    assert "0.37.9" in found.message.vi and "pip install xlwings==0.37.8" in found.message.vi


def test_no_xlwings_is_a_fault(home: Path, monkeypatch: pytest.MonkeyPatch):
    def absent(name: str) -> str:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "version", absent)

    assert said(home) == [("ADDIN_XLWINGS", "")]


def test_vietnamese_in_vba_is_named_with_its_line(home: Path):
    change(home / "vba" / "LoitheMain.bas", "or something else", "hoặc khác")
    [found] = faults(home)

    assert (found.code, found.place.file) == ("ADDIN_NOT_ASCII", "vba/LoitheMain.bas")
    assert "Dòng 5" in found.message.vi


def test_letters_that_are_not_even_utf_8(home: Path):
    file = home / "vba" / "LoitheMain.bas"
    file.write_bytes(file.read_bytes().replace(b"or something", b"\xe9"))

    assert said(home) == [("ADDIN_NOT_ASCII", "vba/LoitheMain.bas")]


@pytest.mark.parametrize("line", ["", "' Option Explicit", "Option Explicitly", "Option Base 1"])
def test_a_module_without_option_explicit(home: Path, line: str):
    change(home / "vba" / "LoitheMain.bas", "Option Explicit", line)

    assert said(home) == [("ADDIN_NOT_EXPLICIT", "vba/LoitheMain.bas")]


def test_a_procedure_that_the_ribbon_calls_is_missing(home: Path):
    change(home / "vba" / "LoitheMain.bas", "LoithePress(control", "LoithePressed(control")

    assert said(home) == [("RIBBON_CALLBACK_MISSING", "customUI14.xml")]


def test_a_class_module_answers_no_callback(home: Path):
    (home / "vba" / "LoitheMain.bas").rename(home / "vba" / "LoitheMain.cls")

    assert said(home) == [("RIBBON_CALLBACK_MISSING", "customUI14.xml")]


def test_a_picture_is_missing(home: Path):
    (home / "icons" / "check.png").unlink()

    assert said(home) == [("RIBBON_PICTURE", "customUI14.xml")]


@pytest.mark.parametrize(
    "line",
    [
        'LoitheSay "no_sheet"',
        'LoitheShow Replace(LoitheSay("no_sheet"), "{error}", "no_book")',
        'LoitheRefusal = "no_sheet"',
        'LoitheRefusal = IIf(LoitheProtectedView(), "no_book", "no_sheet")',
    ],
)
def test_a_text_that_vba_asks_for_is_missing(home: Path, line: str):
    change(home / "vba" / "LoitheMain.bas", 'LoitheSay "no_book"', line)
    [found] = faults(home)

    assert (found.code, found.place.file) == ("ADDIN_TEXT_ABSENT", "vba/LoitheMain.bas")
    assert "Dòng 5" in found.message.vi and "no_sheet" in found.message.vi


@pytest.mark.parametrize("line", ['en = "No form is open."', 'vi = "Chưa mở biểu nào."'])
def test_a_text_in_one_language_only(home: Path, line: str):
    change(home / "texts.toml", line, "")

    assert said(home) == [("ADDIN_TEXT_LANGUAGE", "texts.toml")]


def test_a_label_without_its_english(home: Path):
    change(home / "texts.toml", 'supertip = "Check this form."', 'supertip = ""')
    [found] = faults(home)

    assert (found.code, found.place.file) == ("ADDIN_ENGLISH_ABSENT", "texts.toml")
    assert "supertip" in found.message.vi and "Loithe_validate" in found.message.vi


@pytest.mark.parametrize(
    ("old", "new"),
    [('label = "Forms"', 'label = "Forms"\nscreentip = "All"'), ("[vba", '[ribbon.old]\nlabel = "Old"\n[vba')],
)
def test_english_for_what_the_ribbon_does_not_say(home: Path, old: str, new: str):
    change(home / "texts.toml", old, new)

    assert said(home) == [("ADDIN_ENGLISH_EXTRA", "texts.toml")]


def test_texts_that_cannot_be_read(home: Path):
    change(home / "texts.toml", "[vba.no_book]", "[vba.no_book")

    assert ("ADDIN_TEXTS_SYNTAX", "texts.toml") in said(home)


@pytest.mark.parametrize("name", ["customUI14.xml", "texts.toml", "vba/Sheet2.cls"])
def test_a_file_that_must_be_there(home: Path, name: str):
    (home / name).unlink()

    assert said(home) == [("ADDIN_ABSENT", name)]


def test_all_faults_at_once(home: Path):
    change(home / "vba" / "LoitheMain.bas", "Option Explicit", "' ắ")
    change(home / "vba" / "LoitheMain.bas", '"no_book"', '"no_sheet"')
    change(home / "customUI14.xml", 'image="check"', 'image="tick"')

    assert said(home) == [
        ("ADDIN_NOT_ASCII", "vba/LoitheMain.bas"),
        ("ADDIN_NOT_EXPLICIT", "vba/LoitheMain.bas"),
        ("ADDIN_TEXT_ABSENT", "vba/LoitheMain.bas"),
        ("RIBBON_PICTURE", "customUI14.xml"),
    ]
