"""The add-in's VBA, run by LibreOffice from the built file: buttons up to Python's command, the guard, the texts."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pytest
from hosts.addin import Addin, Pressed
from tools import make_forms, small_register

from loithe_xl import __version__
from loithe_xl.addin.buttons import BUTTONS
from loithe_xl.addin.xlam.package import build_addin
from loithe_xl.addin.xlam.vbatext import STRING, lines
from loithe_xl.language.catalogue import LANGUAGES
from loithe_xl.workbook.ownsheets import REPORT

ADDIN = Path(__file__).resolve().parent.parent / "addin"
VBA = {file.stem: file.read_text(encoding="ascii") for file in sorted((ADDIN / "vba").iterdir())}
TEXTS = tomllib.loads((ADDIN / "texts.toml").read_text(encoding="utf-8"))["vba"]
RIBBON = ElementTree.parse(ADDIN / "customUI14.xml").getroot()
UI = "{http://schemas.microsoft.com/office/2009/07/customui}"
CONTROLS = {each.get("id", "").removeprefix("Loithe_"): each for each in RIBBON.iter(f"{UI}button")}
NEED_A_FORM, OF_THE_REPORT, ALWAYS = {"validate"}, {"report", "pdf"}, {"generate", "help"}
CONF, LANG, PYTHON = "loithe.conf", "LOITHE LANG", "INTERPRETER_WIN"
CLOUD = "://".join(("https", "onedrive/1"))  # an address that no reader of this file takes for one
AS_BEFORE = "True True True -4105 1"  # events, alerts, redrawing, automatic calculation, the usual pointer

# Everything that Excel's VBA and objects lend our modules; what is neither here nor declared is a typing error, which
# LibreOffice would meet only when it runs the line, and Excel when it compiles.
LENT = frozenset(
    """And As Boolean ByRef ByVal Const Declare Dim Do Each Else ElseIf End Err Error Exit Explicit Loop False For
    Function GoTo If In Is Lib Like Long LongPtr Mac Mid New Next Not Nothing Object On Option Or Private PtrSafe Public
    Raise Resume Set String Sub Then To True Variant While WithEvents Number Description
    AscW CStr Environ IIf InStr LCase Left Len MsgBox Replace Right Split StrPtr TypeName UBound UCase Wb
    ActiveProtectedViewWindow ActiveSheet ActiveWorkbook Application Calculation Cells Cursor DisplayAlerts
    EnableCancelKey EnableEvents FullName Hwnd Id Invalidate Name Names Path PathSeparator ScreenUpdating Sheets
    StatusBar ThisWorkbook Value Workbook Worksheets
    xlwings ExpandEnvironmentStrings FileExists GetDirectoryConfigFilePath RunPython""".lower().split()
)
DECLARED = re.compile(
    r"""\b(?:Const|Sub|Function|WithEvents|ByVal|ByRef|Dim|,)\s+(?:ByVal\s|ByRef\s)?\s*(\w+)
    | ^(?:Public|Private)\s+(\w+)\s+As | ^(\w+):""",
    re.X,
)
# Excel's own events that our class listens to, with their parameters: another spelling would not compile in Excel.
EVENTS = {f"Workbook{name}": "ByVal Wb As Workbook" for name in ("Activate", "Deactivate", "Open")}


def code(source: str) -> list[str]:
    """The lines without strings and remarks."""
    return [STRING.sub('""', line).partition("'")[0].rstrip() for line in lines(source)]


def said(*keys: str, lang: str = "vi", **given: str) -> tuple[str, ...]:
    """The message boxes of these texts, with our title."""
    texts = (TEXTS[key][lang] for key in keys)
    return tuple(f"loithe-xl: {each.format(**given) if given else each}" for each in texts)


def command(button: str, lang: str = "vi") -> str:
    return f"import loithe_xl.addin; loithe_xl.addin.press('{button} {lang}')"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an interpreter (an empty file) and the add-in in each language; tests' stub of %LOITHE_TEST%."""
    folder = tmp_path_factory.mktemp("addin")
    (folder / "python").touch()
    for lang in LANGUAGES:
        (folder / lang).mkdir()
        (folder / lang / "loithe.xlam").write_bytes(build_addin(lang, interpreter=str(folder / "python")))
    return folder


@pytest.fixture(scope="module")
def loaded(soffice: str, uno_python: str, home: Path) -> Iterator[Addin]:
    """The Vietnamese add-in in LibreOffice."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LOITHE_TEST", str(home))
        with Addin(soffice, uno_python, home / "vi" / "loithe.xlam") as addin:
            yield addin


@pytest.fixture
def addin(loaded: Addin) -> Iterator[Addin]:
    """The same; whatever a test does to it, the next one finds it as it was."""
    yield loaded
    if loaded.path.parent.name != "vi":
        loaded.load(loaded.path.parents[1] / "vi" / loaded.path.name)
    loaded.call("Desk.Feel", "")


@pytest.fixture(scope="module")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Somebody's workbook, in a folder and by a name as offices have them."""
    folder = tmp_path_factory.mktemp("sach") / "Đảng uỷ xã Bình Minh & Khối (2023), 'mới'"
    return workbook(folder / "Biểu tổng hợp – tháng 2 (sửa lần 1).xlsx")


@pytest.fixture(scope="module")
def forms(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Our forms: "cell", "base" and "district"."""
    made = make_forms(tmp_path_factory.mktemp("forms"), small_register({"01.1": 1}, 0))
    return {"cell": made["01.1.C01"], "base": made["01.1"], "district": made["01"]}


def workbook(path: Path, sheet: str = "", state: str = "visible") -> Path:
    book = openpyxl.Workbook()
    if sheet:
        book.create_sheet(sheet).sheet_state = state
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)
    return path


@pytest.fixture
def opened(addin: Addin, foreign: Path) -> Iterator[str]:
    """Somebody's workbook, open."""
    addin.ask("open", path=str(foreign))
    yield str(foreign)
    addin.ask("close", path=str(foreign))


# Before anything runs: the sources.


def test_every_button_has_its_function_and_its_rule():
    conditional = {id for id, control in CONTROLS.items() if control.get("getEnabled")}

    assert set(CONTROLS) == set(BUTTONS)
    assert conditional == set(CONTROLS) - ALWAYS
    assert {control.get("onAction") for control in CONTROLS.values()} == {"LoitheOnAction"}


def test_every_text_is_written_and_used():
    strings = {text for source in VBA.values() for line in lines(source) for text in re.findall(r'"(\w+)"', line)}
    refusals = re.findall(r'LoitheRefusal = (?:IIf\(.*?, )?"(\w+)"(?:, "(\w+)")?', VBA["LoitheGuard"])
    asked = re.findall(r'LoitheSay\("(\w+)"\)', "".join(VBA.values()))

    assert {key for pair in refusals for key in pair if key} | set(asked) == set(TEXTS) == set(TEXTS) & strings


@pytest.mark.parametrize("module", VBA)
def test_every_word_of_vba_is_declared_or_lent_by_excel(module: str):
    known = {name.lower() for source in VBA.values() for line in code(source) for name in flat(DECLARED, line)}
    words = {word.lower() for line in code(VBA[module]) for word in re.findall(r"[A-Za-z_]\w*", line)}

    assert words - known - LENT - {name.lower() for name in VBA} == set()


def flat(pattern: re.Pattern[str], line: str) -> list[str]:
    return [name for found in pattern.findall(line) for name in found if name]


def test_the_events_are_excels_own():
    heard = re.findall(r"Sub host_(\w+)\((.*)\)", VBA["LoitheEvents"])

    assert dict(heard) == EVENTS


def test_only_callbacks_and_ours_can_clash_with_other_addins():
    public = re.findall(r"(?m)^Public (?:Sub|Function|Const) (\w+)", "".join(VBA.values()))

    assert [name for name in public if not name.lower().startswith("loithe")] == ["Version"]


# LibreOffice: every module compiles.


def test_the_modules_and_sheets_are_there(addin: Addin):
    assert set(VBA) | {"xlwings", "Dictionary"} == set(addin.modules)
    assert addin.sheets == [CONF, "loithe.text"]


def test_a_probe_of_each_module_answers(addin: Addin, opened: str):
    assert addin.call("LoitheMain.Version") == __version__
    assert addin.call("LoitheText.LoitheSay", "title") == "loithe-xl"
    assert addin.call("Desk.Refusal", opened) == "[]"  # LoitheGuard
    assert addin.call("Desk.Load") == "loaded"  # makes a LoitheEvents


def test_the_module_that_only_excel_runs_compiles_but_for_windows_own_function(addin: Addin):
    declare = re.compile(r"Private Declare PtrSafe Function MessageBoxW .*?_\n.*?\n", re.S)
    source, count = declare.subn("", VBA["LoitheHost"])
    addin.ask("put", module="Probe", source=source)

    assert count == 1
    assert addin.ask("call", macro="Probe.LoitheProtectedView")["answer"] is False  # none would mean: not compiled
    addin.ask("put", module="Probe", source="Option Explicit\n")


@pytest.mark.parametrize("module", [name for name in VBA if name not in ("ThisWorkbook", "Sheet1", "Sheet2")])
def test_a_module_that_does_not_compile_is_noticed(addin: Addin, module: str):
    addin.ask("put", module=module, source="Option Explicit\nSub Broken(\n")

    with pytest.raises(AssertionError, match=r"not compile|not be found"):
        addin.call("LoitheMain.Version")

    addin.load(addin.path)


def test_xlwings_module_is_shut_to_everybody_else(addin: Addin):
    """Before it starts or writes anything it asks whether a guarded click is at work; little else of it is public."""
    source = addin.modules["xlwings"].replace(" _\n", " ")
    heads = re.findall(r"(?m)^ *((?:Public |Private )?)(?:Function|Sub) (\w+)\(.*\n(.*)", source)
    asking = {name for _, name, first in heads if "If Not LoitheGranted() Then Err.Raise" in first}
    looking = {name for _, name, first in heads if "If Not LoitheAtWork() Then Err.Raise" in first}
    logs = {name for _, name, first in heads if 'If Not FileName Like "*\\xlwings-*.log" Then Err.Raise' in first}
    opened = {name for visible, name, _ in heads if visible != "Private "}

    assert asking == {"RunPython", "ExecuteWindows", "SaveConfigToFile"}
    assert (looking, logs) == (opened - {"RunPython"}, {"ReadFile"})
    assert opened == {"RunPython", "FileExists", "ExpandEnvironmentStrings", "GetDirectoryConfigFilePath"}
    assert "Declare" not in source


def test_python_is_started_by_windows_own_shell_and_no_path_of_a_workbook_stands_beside_it(addin: Addin):
    source = addin.modules["xlwings"].replace(" _\n", " ")
    [started] = re.findall(r"ExitCode = WScript\.Run\((.*)", source)
    [command] = [line for line in source.splitlines() if "RunCommand = CondaCmd" in line]

    assert started.startswith('LoitheShell() & " /C " & DriveCommand')
    assert re.findall(r"ActiveWorkbook\.\w+", started) == ["ActiveWorkbook.Name"]
    assert command.strip() == 'RunCommand = CondaCmd & PythonInterpreter & " -c """ & PythonCommand & """ "'


def test_keys_are_held_before_anything_else_is_done():
    restored = VBA["LoitheMain"].partition("Private Function RunRestored")[2].splitlines()
    done = [line.strip() for line in restored[1:] if line.strip() and not re.match(r"\s*('|Dim )", line)]

    assert done[0] == "LoitheHoldKeys"
    assert "Application.EnableCancelKey = 0" in VBA["LoitheHost"]


# LibreOffice: buttons.


@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_button_yields_its_command_and_each_text_is_read(
    addin: Addin, home: Path, forms: dict[str, Path], lang: str
):
    addin.load(home / lang / "loithe.xlam")
    pressed = {button: addin.press(button, forms["cell"]) for button in BUTTONS}
    texts = {key: addin.call("LoitheText.LoitheSay", key) for key in TEXTS}

    bar = (TEXTS["starting"][lang], "")
    assert pressed == {button: Pressed((command(button, lang),), (), bar, ("invalidated",)) for button in BUTTONS}
    assert texts == {key: wording[lang] for key, wording in TEXTS.items()}
    assert addin.call("LoitheText.LoitheSay", "nobody wrote this") == "nobody wrote this"


def test_a_click_runs_with_a_parent_or_somebody_elses_workbook_in_front(
    addin: Addin, forms: dict[str, Path], foreign: Path
):
    assert addin.press("report", forms["district"]).commands == (command("report"),)
    assert addin.press("generate", foreign).commands == (command("generate"),)


@pytest.mark.parametrize("id", ["validate; import os", "validate'", "Validate", "va lidate", "ề", "", "1"])
def test_only_letters_reach_the_command_line(addin: Addin, foreign: Path, id: str):
    assert addin.press(id, foreign) == Pressed((), said("run_error", error="5 "), (), ())


@pytest.mark.parametrize("lang", ["en", "EN", "", "vi'); import os; ('", "fr"])
def test_no_other_language_reaches_the_command_line(addin: Addin, foreign: Path, lang: str):
    before = addin.ask("write", sheet=CONF, key=LANG, value=lang)["before"]

    pressed = addin.press("help", foreign)

    addin.ask("write", sheet=CONF, key=LANG, value=before)
    assert pressed.commands == (command("help", "en" if lang == "en" else "vi"),)


@pytest.mark.parametrize(
    ("mood", "boxes"),
    [("disturbs", ()), ("fails", said("run_failed")), ("dies", said("run_error", error="70 Permission denied"))],
)
def test_excel_is_left_as_it_was_whatever_becomes_of_python(
    addin: Addin, foreign: Path, mood: str, boxes: tuple[str, ...]
):
    addin.call("Desk.Feel", mood)

    pressed = addin.press("status", foreign)

    assert (pressed.commands, pressed.boxes) == ((command("status"),), boxes)
    assert pressed.bar[-1] == ""
    assert addin.settings == AS_BEFORE


@pytest.mark.parametrize("mood", ["ribbon fails", "no ribbon"])
def test_a_ribbon_that_is_lost_stops_nothing(addin: Addin, home: Path, foreign: Path, mood: str):
    if mood == "no ribbon":
        addin.ask("load", path=str(home / "vi" / "loithe.xlam"))
    addin.call("Desk.Feel", mood)

    assert addin.press("help", foreign).commands == (command("help"),)
    assert addin.call("Desk.Refresh") == "refreshed"

    addin.load(home / "vi" / "loithe.xlam")


def test_python_is_started_by_guarded_clicks_only(addin: Addin, foreign: Path):
    """The stub notes it when a click is not granted, or when it could be used by something else meanwhile."""
    asked = {"macro": "LoitheMain.LoitheGranted"}
    assert addin.ask("call", **asked) == {"answer": False}

    for mood, button in (("", "help"), ("dies", "help"), ("", "no button!")):
        addin.call("Desk.Feel", mood)
        assert set(addin.press(button, foreign).commands) <= {command("help")}
        assert addin.ask("call", **asked) == {"answer": False}

    addin.call("Desk.Front", "")
    around = addin.ask("call", macro="LoitheMain.RunRestored", arguments=["import os"])
    assert around == {"answer": 0}
    assert ("python", "not at work: not started: not granted: import os") in addin.notes()


def test_a_button_is_enabled_where_it_makes_sense(addin: Addin, forms: dict[str, Path], foreign: Path, tmp_path: Path):
    ids = [*(set(BUTTONS) - ALWAYS), "consolidate"]  # the last one: the split button around two
    enabled = {}
    namesake = workbook(tmp_path / "Sổ tay.xlsx", REPORT)
    for kind, path in {**forms, "foreign": foreign, "namesake": namesake, "none": None}.items():
        with addin.in_front(path):
            enabled[kind] = {id for id in ids if addin.call("Desk.Enabled", f"Loithe_{id}") == "Boolean -1"}

    assert enabled == {
        "cell": NEED_A_FORM,
        "base": set(ids) - OF_THE_REPORT,
        "district": set(ids),
        "foreign": set(),
        "namesake": set(),
        "none": set(),
    }


@pytest.mark.parametrize(("mood", "id"), [("no book to be had", "Loithe_validate"), ("", "")])
def test_enabling_never_fails(addin: Addin, mood: str, id: str):
    addin.call("Desk.Feel", mood)

    assert addin.call("Desk.Enabled", id) == "Boolean 0"  # an id of "": no control at all


# LibreOffice: the guard.


@pytest.mark.parametrize("state", ["visible", "hidden", "veryHidden"])
@pytest.mark.parametrize("sheet", ["loithe.conf", "LOITHE.Conf", "json.py", "Kịch bản.PY"])
def test_a_workbook_that_brings_settings_or_code_is_refused_before_anything_runs(
    addin: Addin, tmp_path: Path, sheet: str, state: str
):
    bad = workbook(tmp_path / "Biểu.xlsx", sheet, state)

    pressed = addin.press("validate", bad)

    key = "settings_sheet" if "conf" in sheet.lower() else "code_sheet"
    assert pressed == Pressed((), said(key), (), ("invalidated",))


def test_settings_beside_a_workbook_are_refused_before_anything_runs(addin: Addin, tmp_path: Path):
    book = workbook(tmp_path / "Thư mục" / "Biểu.xlsx")
    assert addin.press("validate", book).commands == (command("validate"),)
    (book.parent / CONF).write_text('"INTERPRETER_WIN","evil.exe"\n', encoding="ascii")

    assert addin.press("validate", book) == Pressed((), said("settings_beside"), (), ("invalidated",))


@pytest.mark.parametrize("sign", '= ; % ^ ! " < > |'.split())
def test_a_name_that_breaks_the_bridge_is_refused_before_anything_runs(addin: Addin, tmp_path: Path, sign: str):
    bad = workbook(tmp_path / f"Biểu{sign}2.xlsx")

    assert addin.press("validate", bad) == Pressed((), said("bad_name"), (), ("invalidated",))


@pytest.mark.parametrize("name", [" Biểu.xlsx", "\u00a0Biểu.xlsx"])
def test_a_blank_before_a_name_is_refused(addin: Addin, tmp_path: Path, name: str):
    assert addin.press("validate", workbook(tmp_path / name)).boxes == said("bad_name")


@pytest.mark.parametrize("sign", "( ) & ' ` , + # @ [ ] { } ~ $ – “ ” đ Ề".split())
def test_other_names_are_accepted(addin: Addin, tmp_path: Path, sign: str):
    fine = workbook(tmp_path / f"Biểu {sign} 2.xlsx")

    assert addin.press("validate", fine).commands == (command("validate"),)


@pytest.mark.parametrize(
    ("full", "refused"),
    [
        ("C:\\Công tác Đảng\\a=b (1) & c\\B.xlsx", ""),
        ("\\\\may-chu\\chung$\\B.xlsx", ""),
        ("Book1", ""),
        ("C:\\a;b\\B.xlsx", "bad_folder"),
        ("C:\\a^&calc\\B.xlsx", "bad_folder"),
        ("C:\\%TEMP%\\B.xlsx", "bad_folder"),
        ("C:\\100%\\B.xlsx", "bad_folder"),
        ("C:\\%20\\B.xlsx", "bad_folder"),
        ("C:\\gap!\\B.xlsx", "bad_folder"),
        (f"{CLOUD}/T%C3%A0i%20li%e1%bb%87u/B.xlsx", ""),
        (f"{CLOUD}/Tài liệu/B.xlsx", ""),
        (f"{CLOUD}/%CMDCMDLINE%/B.xlsx", "bad_folder"),
        (f"{CLOUD}/100%/B.xlsx", "bad_folder"),
        (f"{CLOUD}/a;b/B.xlsx", "bad_folder"),
        (f"{CLOUD}/a|b/B.xlsx", "bad_folder"),
    ],
)
def test_a_path_that_breaks_the_bridge_is_refused(addin: Addin, opened: str, full: str, refused: str):
    folder, _, name = full.replace("\\", "/").rpartition("/")

    assert addin.call("Desk.RefusalOf", opened, name, full, folder) == f"[{refused}]"


def test_settings_beside_a_workbook_in_onedrive_are_found_where_xlwings_would(addin: Addin, opened: str, home: Path):
    asked = ("Desk.RefusalOf", opened, "B.xlsx", f"{CLOUD}/B.xlsx", CLOUD)
    before = addin.call(*asked)
    (home / CONF).touch()
    after = addin.call(*asked)
    (home / CONF).unlink()

    assert (before, after) == ("[]", "[settings_beside]")


@pytest.mark.parametrize(
    ("mood", "key"), [("", "no_workbook"), ("protected view", "protected_view"), ("on a Mac", "windows_only")]
)
def test_without_a_workbook_nothing_runs(addin: Addin, mood: str, key: str):
    addin.call("Desk.Feel", mood)

    assert addin.press("help", None) == Pressed((), said(key), (), ("invalidated",))


def test_a_chart_in_front_and_the_addin_itself_are_refused(addin: Addin, opened: str):
    addin.call("Desk.Feel", "chart")

    assert addin.call("Desk.RefusalOf", opened, "B.xlsx", "C:\\B.xlsx", "C:") == "[not_a_sheet]"
    assert addin.call("Desk.RefusalOfItself") == "[addin_itself]"


@pytest.mark.parametrize(
    ("interpreter", "accepted"),
    [
        ("{home}/python", True),
        ("%LOITHE_TEST%/python", True),  # expanded as xlwings does it
        ("{home}/absent", False),
        ("{home}", False),  # a folder
        ("python", False),
        ("", False),
    ],
)
def test_an_addin_without_its_python_says_so(
    addin: Addin, home: Path, foreign: Path, interpreter: str, accepted: bool, monkeypatch: pytest.MonkeyPatch
):
    before = addin.ask("write", sheet=CONF, key=PYTHON, value=interpreter.format(home=home))["before"]

    pressed = addin.press("validate", foreign)

    addin.ask("write", sheet=CONF, key=PYTHON, value=before)
    assert pressed.boxes == (() if accepted else said("no_python"))
    assert bool(pressed.commands) == accepted


@pytest.mark.parametrize(
    ("full", "refused"), [("C:\\Users\\a&b\\loithe.xlam", ""), ("C:\\a^b\\loithe.xlam", "bad_install")]
)
def test_an_addin_in_a_folder_that_breaks_the_bridge_says_so(addin: Addin, opened: str, full: str, refused: str):
    assert addin.call("Desk.RefusalFrom", opened, full) == f"[{refused}]"
