"""Files are read by workers: what ends, hangs or starves one is refused for that, and the others are read."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import pickle
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest
from cli_tools import codes, read, snapshot
from tools import NOON, REQUIRED, fill, make_forms

from loithe_xl.consolidation.receipts import Receipt, Status, Verdict
from loithe_xl.identity.trust import Trust
from loithe_xl.intake import inbox, openfile, parents, provenance
from loithe_xl.intake.openfile import Opened, Unreadable, open_file
from loithe_xl.language.issues import Fault, Issue
from loithe_xl.system import store, workers
from loithe_xl.system.workers import Lost
from loithe_xl.tasks import formsthere, sandbox
from loithe_xl.tasks.consolidate import ConsolidationRequest, ConsolidationResult, consolidate, open_parent, take_in
from loithe_xl.tasks.office import Office
from loithe_xl.tasks.report import report
from loithe_xl.tasks.validate import check


@pytest.fixture(scope="module")
def forms(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return make_forms(tmp_path_factory.mktemp("forms"))


@pytest.fixture
def sent(forms: dict[str, Path], tmp_path: Path) -> Path:
    """A folder with three honest reports; the second, in order, is what tests make dangerous."""
    for number, code in enumerate(("01.1.C01", "01.1.C02", "01.K1"), 1):
        fill(forms[code], tmp_path / "nhan" / f"{number} {code}.xlsx", {**REQUIRED, "members_total": 30 + number})
    return tmp_path / "nhan"


def taken(forms: dict[str, Path], folder: Path, office: Office | None = None) -> ConsolidationResult:
    parent = open_parent(forms["01"])
    return take_in(
        parent, inbox.find([folder]), ConsolidationRequest(forms["01"], (folder,)), office or Office(now=NOON)
    )


def receipts(result: ConsolidationResult) -> list[Receipt]:
    return sorted(result.parent.ledgers.receipts, key=lambda each: each.file)


def dangerous(path: Path, file: str, *others: object) -> Opened:
    """Stands for ``open_file``: the second file does what its folder's name says."""
    if path.name.startswith("2"):
        match os.environ["DANGER"]:
            case "die":
                os._exit(9)
            case "hang":
                time.sleep(3600)
            case "starve":
                bytearray(2**40)
            case "break":
                return dangerous(path, file)
    return open_file(path, file, *others)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("danger", "code"), [("die", "CRASHED"), ("hang", "TOO_SLOW"), ("starve", "CRASHED"), ("break", "FAILED")]
)
def test_one_file_is_lost_and_the_others_count(
    forms: dict[str, Path], sent: Path, monkeypatch: pytest.MonkeyPatch, danger: str, code: str
):
    expected = receipts(taken(forms, sent))
    monkeypatch.setenv("DANGER", danger)
    monkeypatch.setattr(sandbox, "open_file", dangerous)
    monkeypatch.setattr(sandbox, "SECONDS", 3.0 if danger == "hang" else 60.0)
    before = snapshot(sent)

    result = taken(forms, sent)

    first, lost, last = receipts(result)
    assert [first, last] == [expected[0], expected[2]]
    assert (lost.verdict, [each.code for each in lost.issues]) == (Verdict.REFUSED, [f"FILE_{code}"])
    assert lost.sha == hashlib.sha256(next(sent.glob("2*")).read_bytes()).hexdigest()
    assert (result.counts[Status.ACCEPTED], result.counts[Status.REFUSED], result.seen) == (2, 1, 3)
    assert snapshot(sent) == before
    assert multiprocessing.active_children() == []


def test_validate_says_it_of_that_file_alone(sent: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DANGER", "die")
    monkeypatch.setattr(sandbox, "open_file", dangerous)

    found = read("validate", sent)["files"]

    assert [("FILE_CRASHED" in codes(each["issues"]), each["ok"]) for each in found][1] == (True, False)
    assert [each["unit"] for each in found] == ["01.1.C01", None, "01.K1"]


def test_of_a_stranger_s_parent_nothing_is_read_that_an_office_writes(
    forms: dict[str, Path], monkeypatch: pytest.MonkeyPatch
):
    def touched(*_: object) -> None:
        raise AssertionError("a ledger or a pack was read")

    for place, name in (
        (openfile, "read_register"),
        (parents, "read_receipts"),
        (parents, "read_journal"),
        (provenance.packs, "load_embedded"),
    ):
        monkeypatch.setattr(place, name, touched)
    keys = Office(now=NOON).trusted()
    with pytest.raises(AssertionError, match="was read"):
        open_file(forms["01.1"], "x", None, keys)

    read, cell = (open_file(forms[code], "x", None, Trust()) for code in ("01.1", "01.1.C01"))

    assert isinstance(read, Unreadable), "no entry"
    assert (read.signed.identity.unit, keys.speaks(read.signed.key, "01.1")) == ("01.1", True)
    assert [each.code for each in read.issues] == ["TOKEN_FOREIGN"]
    assert {each.code for each in cell.issues} >= {"TOKEN_FOREIGN", "FIELD_REQUIRED"}, "it is checked all the same"


@pytest.mark.parametrize(("danger", "reason"), [("hang", "slow"), ("break", "failed"), ("die", "died")])
def test_a_parent_that_cannot_be_read_holds_nobody_up(
    forms: dict[str, Path], sent: Path, monkeypatch: pytest.MonkeyPatch, danger: str, reason: str
):
    parent = Path(shutil.copy(forms["01"], sent / "2 huyen.xlsx"))
    monkeypatch.setenv("DANGER", danger)
    monkeypatch.setattr("loithe_xl.tasks.consolidate.open_file", dangerous)
    monkeypatch.setattr(sandbox, "OWN_SECONDS", 1.0 if danger == "hang" else 60.0)
    before = snapshot(sent)

    for work in (
        lambda: open_parent(parent),
        lambda: consolidate(ConsolidationRequest(parent, (sent / "1 01.1.C01.xlsx",)), Office(now=NOON)),
        lambda: report(parent, None, "hd36_2018", None, Office(now=NOON)),
    ):
        with pytest.raises(Fault) as raised:
            work()
        assert [each.code for each in raised.value.issues] == ["PARENT_LOST"]
        assert raised.value.exit_code == 3
    with store.lock(parent, timeout=0):
        assert {**snapshot(sent), **before} == snapshot(sent)
    assert multiprocessing.active_children() == []


def test_a_form_that_cannot_be_looked_at_is_not_written_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Nor does it keep the others from being made."""
    forms = make_forms(tmp_path)
    forms["01.1"].write_bytes(forms["01.2"].read_bytes() + b" ")
    monkeypatch.setattr(formsthere, "open_file", lambda *_: os._exit(9))
    notices: list[Issue] = []

    made = make_forms(tmp_path, office=Office(now=NOON, lang="en", notice=notices.append))

    assert made == {}
    assert {each.code for each in notices} == {"FORM_KEPT"}
    assert forms["01.1"].read_bytes().endswith(b" ")


def test_a_fault_of_a_worker_stays_one(tmp_path: Path):
    path = tmp_path / "01.xlsx"
    path.write_bytes(b"%PDF")
    with pytest.raises(Fault) as raised:
        open_parent(path)
    assert [(each.code, Path(each.place.file).name) for each in raised.value.issues] == [("FILE_PDF", "01.xlsx")]


def test_a_programmer_sees_why_reading_broke(sent: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any):
    monkeypatch.setenv("DANGER", "break")
    monkeypatch.setattr(sandbox, "open_file", dangerous)
    check([sent], Office(now=NOON))
    assert capsys.readouterr().err == ""
    monkeypatch.setenv("LOITHE_DEBUG", "1")

    check([sent], Office(now=NOON))

    said = capsys.readouterr().err
    assert said.startswith("Traceback") and "RecursionError" in said


def test_a_file_that_breaks_its_reading_costs_itself_where_no_process_may_be_started(
    forms: dict[str, Path], sent: Path, monkeypatch: pytest.MonkeyPatch
):
    def forbidden(_: object) -> None:
        raise PermissionError(1, "not here")

    for danger, code in (("break", "FAILED"), ("starve", "CRASHED")):
        with monkeypatch.context() as patch:
            patch.setenv("DANGER", danger)
            patch.setattr(sandbox, "open_file", dangerous)
            patch.setattr(multiprocessing.process.BaseProcess, "start", forbidden)
            first, lost, last = receipts(taken(forms, sent))
        assert [each.verdict for each in (first, lost, last)] == [Verdict.VALID, Verdict.REFUSED, Verdict.VALID]
        assert [each.code for each in lost.issues] == [f"FILE_{code}"]


@pytest.mark.parametrize("start", ["fork", "spawn"])
def test_workers_need_nothing_but_what_they_are_given(
    forms: dict[str, Path], sent: Path, monkeypatch: pytest.MonkeyPatch, start: str
):
    """Where a worker starts anew, as on Windows, it comes to the same as reading here."""
    if start not in multiprocessing.get_all_start_methods():
        pytest.skip(f"this system does not {start}")
    parent = open_parent(forms["01"])
    paths = sorted(sent.iterdir())
    context = multiprocessing.get_context(start)
    monkeypatch.setattr(workers.multiprocessing, "get_context", lambda _: context)
    anew = open_parent(forms["01"])
    assert (anew.ledgers.register, anew.values, anew.grids, anew.loaded) == (
        parent.ledgers.register, parent.values, parent.grids, parent.loaded,
    )  # fmt: skip
    away = taken(forms, sent)
    checked, _ = check([sent], Office(now=NOON))
    monkeypatch.setattr(sandbox, "Pool", _Here)
    here = taken(forms, sent)

    assert receipts(away) == receipts(here)
    assert away.parent.values == here.parent.values
    assert checked == check([sent], Office(now=NOON))[0]
    assert [each.file for each in checked] == [sandbox.shown(path) for path in paths]
    assert len(pickle.dumps(receipts(away))) < 20_000 < len(pickle.dumps(parent))


class _Here:
    """A pool that is this process."""

    def __init__(self, work: object, *_: object, **__: object) -> None:
        self.work = work

    def __enter__(self) -> _Here:
        return self

    def __exit__(self, *_: object) -> None: ...

    def map(self, paths: Sequence[Path]) -> Iterable[object]:
        return map(self.work, paths)  # type: ignore[arg-type,call-overload]


def test_where_no_process_may_be_started_files_are_read_all_the_same(
    forms: dict[str, Path], sent: Path, monkeypatch: pytest.MonkeyPatch
):
    expected = taken(forms, sent)
    shown: list[Path] = []

    def walk(items: Sequence[Path], _: str) -> Iterable[Path]:
        for item in items:
            shown.append(item)
            yield item

    def forbidden(_: object) -> None:
        raise PermissionError(1, "not here")

    monkeypatch.setattr(multiprocessing.process.BaseProcess, "start", forbidden)
    result = taken(forms, sent, Office(now=NOON, progress=walk))

    assert receipts(result) == receipts(expected)
    assert shown == sorted(sent.iterdir())


@pytest.mark.skipif(os.name != "posix", reason="pipes are POSIX")
def test_two_files_that_nobody_can_read_are_two(forms: dict[str, Path], tmp_path: Path):
    """Without bytes there is no digest to tell them apart; JSON says none."""
    paths = [tmp_path / "a.xlsx", tmp_path / "b.xlsx"]
    for path in paths:
        os.mkfifo(path)

    found = read("consolidate", "--into", forms["01"], *paths, "--dry-run")

    lost = [each for each in found["children"] if each["status"] == "refused"]
    assert [Path(each["file"]).name for each in lost] == ["a.xlsx", "b.xlsx"]
    assert [each["sha256"] for each in lost] == [None, None]
    assert [codes(each["issues"]) for each in lost] == [["FILE_NOT_PLAIN"]] * 2
    assert found["refused"] == 2


INTERRUPTED = """
import os, signal, sys, time
from pathlib import Path
from loithe_xl.cli.shell import run
from loithe_xl.tasks import sandbox

signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever runs the tests in the background ignores it

out = os.dup(1)  # a worker's own is closed

def hang(path, file, *others):
    os.write(out, b"%d\\n" % os.getpid())
    time.sleep(3600)

os.cpu_count = lambda: 1  # one worker
sandbox.open_file = hang
sys.exit(run(["consolidate", "--into", sys.argv[1], sys.argv[2]]))
"""


@pytest.mark.skipif(os.name != "posix", reason="signals and process ids are POSIX")
@pytest.mark.parametrize("signal_", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_run_leaves_no_worker_and_no_file(forms: dict[str, Path], sent: Path, signal_: signal.Signals):
    """Ctrl-C ends the workers; whoever is killed cannot: then they hold no lock, and their own alarm ends them."""
    before = snapshot(forms["01"].parent), snapshot(sent)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONUTF8": "1"}
    command = [sys.executable, "-c", INTERRUPTED, str(forms["01"]), str(sent)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as running:
        assert running.stdout and running.stderr
        worker = int(running.stdout.readline())
        running.send_signal(signal_)
        code = running.wait(30)
        if signal_ is signal.SIGKILL:
            with store.lock(forms["01"], timeout=0):
                os.kill(worker, signal.SIGALRM)  # what it has set for itself
        running.stdout.read()  # to its end: nobody is left who holds it
        said = running.stderr.read()
    assert code == (3 if signal_ is signal.SIGINT else -9)
    assert "Traceback" not in said
    assert (snapshot(forms["01"].parent), snapshot(sent)) == before


def test_the_reasons_are_worded():
    said: list[Issue] = [sandbox._why(Lost(reason)) for reason in ("slow", "died")]
    assert "30 giây" in said[0].message.vi and "30 seconds" in said[0].message.en
    assert "biểu mẫu gốc" in said[1].message.vi
