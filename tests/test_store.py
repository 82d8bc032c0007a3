"""Writing: at every moment the old or the new file is there, whole; failures are made, never waited for."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import pytest

from loithe_xl.language.issues import Fault
from loithe_xl.system import disk, store
from loithe_xl.system.store import keep_copy, lock, write, write_many
from loithe_xl.tasks import office

OLD, NEW = b"old " * 1000, b"new " * 2000
MOMENT = datetime(2023, 3, 1, 9, 5)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    path = tmp_path / "Tổng hợp huyện.xlsx"
    path.write_bytes(OLD)
    return path


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def fault_of(fault: pytest.ExceptionInfo[Fault]) -> tuple[str, int]:
    return fault.value.issues[0].code, fault.value.exit_code


def failing(error: BaseException, real: Callable[..., object], at: int = 1) -> Callable[..., object]:
    """``real``, but its Nth call (and every later one) fails."""
    calls = iter(range(1, 10**9))

    def call(*args: object, **named: object) -> object:
        if next(calls) >= at:
            raise error
        return real(*args, **named)

    return call


def test_a_new_file_a_changed_file_and_nothing_left_beside(target: Path) -> None:
    other = target.with_name("mới.xlsx")
    assert write(other, NEW) == other
    assert write(target, NEW) == target
    assert other.read_bytes() == target.read_bytes() == NEW
    assert names(target.parent) == sorted([target.name, other.name])


def test_folders_are_made(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "c.xlsx"
    assert write(path, NEW) == path
    assert path.read_bytes() == NEW


def test_equal_bytes_are_not_touched(target: Path) -> None:
    os.utime(target, ns=(10**18, 10**18))
    before = target.stat()
    assert write(target, OLD) == target
    after = target.stat()
    assert (after.st_mtime_ns, after.st_ino) == (before.st_mtime_ns, before.st_ino)


def test_verify_sees_what_is_on_the_disk_before_the_old_file_goes(target: Path) -> None:
    seen: list[tuple[bytes, bytes]] = []
    write(target, NEW, lambda back: seen.append((back, target.read_bytes())))
    assert seen == [(NEW, OLD)]


def test_what_verify_refuses_is_not_kept(target: Path) -> None:
    def refuse(_: bytes) -> None:
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        write(target, NEW, refuse)
    assert target.read_bytes() == OLD
    assert names(target.parent) == [target.name]


def test_bytes_that_read_back_differently_are_not_kept(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "_write_new", lambda temporary, data, model: temporary.write_bytes(data[:-1]))
    with pytest.raises(Fault) as fault:
        write(target, NEW)
    assert fault_of(fault) == ("STORE_DAMAGED", 3)
    assert target.read_bytes() == OLD
    assert names(target.parent) == [target.name]


FULL = OSError(28, "No space left on device")


@pytest.mark.parametrize("step", ["open", "fsync", "replace", "fdopen", "mkdir"])
def test_a_step_that_fails_leaves_the_old_file(target: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    with monkeypatch.context() as patch:
        real = getattr(os, step)
        # The lock file is opened first; it is the temporary one that fails here.
        call = failing(FULL, real)
        if step == "open":
            patch.setattr(os, "open", lambda path, *a: call(path, *a) if str(path).endswith(".tmp") else real(path, *a))
        else:
            patch.setattr(os, step, call)
        with pytest.raises(Fault) as fault:
            write(target if step != "mkdir" else target.parent / "mới" / target.name, NEW)
    assert fault_of(fault) == ("STORE_UNWRITABLE", 3)
    assert "No space left on device" in fault.value.issues[0].message.vi
    assert str(target.parent) not in fault.value.issues[0].message.vi
    assert target.read_bytes() == OLD
    assert names(target.parent) == [target.name]


def test_a_disk_that_is_full_in_the_midst_of_writing(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Full:
        def __init__(self, descriptor: int, _: str) -> None:
            self.descriptor = descriptor

        def __enter__(self) -> Full:
            return self

        def __exit__(self, *_: object) -> None:
            os.close(self.descriptor)

        def write(self, data: bytes) -> None:
            os.write(self.descriptor, data[:100])
            raise FULL

    with monkeypatch.context() as patch:
        patch.setattr(os, "fdopen", Full)
        with pytest.raises(Fault) as fault:
            write(target, NEW)
    assert fault_of(fault) == ("STORE_UNWRITABLE", 3)
    assert target.read_bytes() == OLD
    assert names(target.parent) == [target.name]


def test_a_folder_that_cannot_be_synced_has_the_new_file(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second fsync is the folder's: the file is in its place by then."""
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", failing(FULL, os.fsync, at=2))
        assert write(target, NEW) == target
    assert target.read_bytes() == NEW


def test_an_interruption_leaves_the_old_file(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", failing(KeyboardInterrupt(), os.replace))
        with pytest.raises(KeyboardInterrupt):
            write(target, NEW)
    assert target.read_bytes() == OLD
    assert names(target.parent) == [target.name]
    write(target, NEW)


@pytest.mark.parametrize("tries", range(1, 5))
def test_excel_that_lets_go_in_time(target: Path, monkeypatch: pytest.MonkeyPatch, tries: int) -> None:
    waits: list[float] = []
    real = os.replace
    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", failing(PermissionError(13, "in use"), real))

        def pause(seconds: float) -> None:
            waits.append(seconds)
            if len(waits) == tries:
                os.replace = real

        assert write(target, NEW, pause=pause) == target
    assert len(waits) == tries
    assert target.read_bytes() == NEW


def test_a_target_open_in_excel_is_saved_beside(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    real = os.replace

    def replace(source: Path, goal: Path) -> None:
        if Path(goal) == target:
            raise PermissionError(13, "in use")
        real(source, goal)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", replace)
        first, again, other = (
            write(target, data, pause=waits.append, now=lambda: MOMENT) for data in (NEW, NEW, b"third")
        )
    assert len(waits) == 3 * 4
    assert first == again == target.with_name("Tổng hợp huyện (bản mới 20230301-0905).xlsx")
    assert other.name == "Tổng hợp huyện (bản mới 20230301-0905-2).xlsx"
    assert (target.read_bytes(), first.read_bytes(), other.read_bytes()) == (OLD, NEW, b"third")
    assert names(target.parent) == sorted([target.name, first.name, other.name])


def test_nowhere_beside_either(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", failing(PermissionError(13, "denied"), os.replace))
        with pytest.raises(Fault) as fault:
            write(target, NEW, pause=lambda _: None)
    assert fault_of(fault) == ("STORE_UNWRITABLE", 3)
    assert target.read_bytes() == OLD
    assert names(target.parent) == [target.name]


def test_a_read_only_file_stays(target: Path) -> None:
    target.chmod(0o444)
    with pytest.raises(Fault) as fault:
        write(target, NEW)
    assert fault_of(fault) == ("STORE_READ_ONLY", 3)
    assert target.read_bytes() == OLD
    assert write(target, OLD) == target


def test_a_folder_in_the_file_s_place_and_a_file_in_the_folder_s(target: Path) -> None:
    (target.parent / "thư mục.xlsx").mkdir()
    for path in (target.parent / "thư mục.xlsx", target / "x.xlsx"):
        with pytest.raises(Fault) as fault:
            write(path, NEW)
        assert fault_of(fault) == ("STORE_UNWRITABLE", 3)
    assert target.read_bytes() == OLD


@pytest.mark.skipif(os.name != "posix", reason="links and modes are POSIX")
def test_links_and_modes_are_kept(target: Path) -> None:
    target.chmod(0o640)
    link = target.with_name("lối tắt.xlsx")
    link.symlink_to(target)
    assert write(link, NEW) == link
    assert link.is_symlink()
    assert target.read_bytes() == NEW
    assert stat.S_IMODE(target.stat().st_mode) == 0o640


def test_stale_temporaries_of_this_file_only_are_swept(target: Path) -> None:
    stale = target.with_name(f".~loithe-{target.name}-{'0' * 16}.tmp")
    others = [target.with_name(name) for name in (f".~loithe-khác.xlsx-{'0' * 16}.tmp", "~$x.xlsx", "x.tmp")]
    for path in (stale, *others):
        path.write_bytes(b"cut")
    with lock(target):
        assert not stale.exists()
    assert names(target.parent) == sorted(path.name for path in (target, *others))


def test_a_very_long_name(tmp_path: Path) -> None:
    path = tmp_path / f"{'ủ' * 80}.xlsx"
    assert write(path, NEW) == path
    assert names(tmp_path) == [path.name]


def test_the_lock_lets_its_holder_write_and_nobody_else(target: Path) -> None:
    with lock(target):
        write(target, NEW)
        with lock(target.parent / "." / target.name, timeout=0):
            pass
        refused: list[BaseException] = []

        def other() -> None:
            try:
                with lock(target, timeout=0):
                    pass
            except Fault as fault:
                refused.append(fault)

        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
        assert isinstance(refused[0], Fault)
        assert (refused[0].issues[0].code, refused[0].exit_code) == ("STORE_LOCKED", 3)
    with lock(target, timeout=0):
        pass
    assert names(target.parent) == [target.name]


def test_another_process_is_locked_out_and_a_killed_one_does_not_block(target: Path) -> None:
    hold = "import sys; from pathlib import Path; from loithe_xl.system.store import lock\n"
    hold += "with lock(Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONUTF8": "1"}
    command = [sys.executable, "-c", hold, str(target)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment) as holder:
        assert holder.stdout
        assert holder.stdout.readline().strip() == "held"
        with pytest.raises(Fault) as fault, lock(target, timeout=0):
            pass
        holder.kill()
        holder.wait()
    assert fault_of(fault) == ("STORE_LOCKED", 3)
    write(target, NEW)
    assert names(target.parent) == [target.name]


def test_many_at_once_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "sổ.txt"
    add = (
        "import sys; from pathlib import Path; from loithe_xl.system.store import lock, write\n"
        "path = Path(sys.argv[1])\n"
        "for number in range(20):\n"
        "    with lock(path):\n"
        "        old = path.read_bytes() if path.exists() else b''\n"
        "        write(path, old + f'{sys.argv[2]}.{number}\\n'.encode())\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONUTF8": "1"}
    started = [
        subprocess.Popen([sys.executable, "-W", "error", "-c", add, str(path), str(who)], env=environment)
        for who in range(8)
    ]
    assert [process.wait() for process in started] == [0] * 8
    assert sorted(path.read_text().split()) == sorted(f"{who}.{number}" for who in range(8) for number in range(20))
    assert names(tmp_path) == [path.name]


def many(folder: Path, count: int = 600, mark: bytes = b"") -> list[tuple[Path, bytes]]:
    return [(folder / f"{number % 7}" / f"{number}.xlsx", b"%d " % number * 999 + mark) for number in range(count)]


def test_many_files_are_all_there_in_order_and_nothing_else(tmp_path: Path) -> None:
    seen: list[bytes] = []
    files = many(tmp_path / "ra")
    assert list(write_many(tmp_path / "ra", iter(files), seen.append)) == [path for path, _ in files]
    assert [path.read_bytes() for path, _ in files] == [data for _, data in files]
    assert {path for path in tmp_path.rglob("*") if path.is_file()} == {path for path, _ in files}
    assert names(tmp_path / "ra") == sorted(str(number) for number in range(7))
    assert seen == [data for number, (_, data) in enumerate(files) if number % store.TOGETHER % store.REOPENED == 0]


def test_among_many_equal_files_are_not_touched_and_others_go_their_careful_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = many(tmp_path, 5)
    list(write_many(tmp_path, files[:3]))
    files[1:3] = [(path, data + b"changed") for path, data in files[1:3]]
    files[2][0].chmod(0o640)
    before = files[0][0].stat()
    careful: list[Path] = []
    real = store.write
    monkeypatch.setattr(store, "write", lambda path, *a: careful.append(path) or real(path, *a))
    assert list(write_many(tmp_path, files)) == [path for path, _ in files]
    assert careful == [path for path, _ in files[1:3]]
    assert [path.read_bytes() for path, _ in files] == [data for _, data in files]
    assert (files[0][0].stat().st_mtime_ns, files[0][0].stat().st_ino) == (before.st_mtime_ns, before.st_ino)
    assert stat.S_IMODE(files[2][0].stat().st_mode) == 0o640


def test_one_of_many_that_came_into_being_meanwhile_is_not_overwritten_unseen(tmp_path: Path) -> None:
    (path, data), *more = many(tmp_path, 3)

    def files() -> Iterator[tuple[Path, bytes]]:
        yield path, data
        path.parent.mkdir()
        path.write_bytes(OLD)
        path.chmod(0o444)
        yield from more

    with pytest.raises(Fault) as fault:
        list(write_many(tmp_path, files()))
    assert fault_of(fault) == ("STORE_READ_ONLY", 3)
    assert path.read_bytes() == OLD


@pytest.mark.parametrize("step", ["mkdir", "fdopen"])
@pytest.mark.parametrize("at", [1, 2])
def test_a_step_of_many_that_fails_leaves_whole_files_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, at: int
) -> None:
    files = many(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(os, step, failing(FULL, getattr(os, step), at))
        with pytest.raises(Fault):
            list(write_many(tmp_path, files))
    whole = {path: data for path, data in files if path.exists()}
    assert all(path.read_bytes() == data for path, data in whole.items())
    assert {path for path in tmp_path.rglob("*") if path.is_file()} == set(whole)
    assert list(write_many(tmp_path, files)) == [path for path, _ in files]


def test_of_many_what_verify_refuses_is_not_kept(tmp_path: Path) -> None:
    def refuse(_: bytes) -> None:
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        list(write_many(tmp_path, many(tmp_path, 3), refuse))
    assert names(tmp_path) == []


def test_one_of_many_that_reads_back_differently_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "_put", lambda temporary, data, at_once: temporary.write_bytes(data[:-1]))
    with pytest.raises(Fault) as fault:
        list(write_many(tmp_path, many(tmp_path, 3)))
    assert fault_of(fault) == ("STORE_DAMAGED", 3)
    assert names(tmp_path) == []


def test_writers_of_many_that_are_killed_leave_old_or_new_files_whole(tmp_path: Path) -> None:
    """Each is killed at another of its own steps, so that no clock decides."""
    program = (
        "import os, signal, sys; from pathlib import Path; from test_store import many\n"
        "from loithe_xl.system import store\n"
        "steps = iter(range(int(sys.argv[2])))\n"
        "def watch(event, arguments):\n"
        "    if event in ('open', 'os.rename', 'os.mkdir', 'os.remove', 'os.rmdir') and next(steps, None) is None:\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "files = many(Path(sys.argv[1]), 40, b'new')\n"
        "store.TOGETHER = 8; sys.addaudithook(watch)\n"
        "list(store.write_many(Path(sys.argv[1]), files))\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path])}
    killed = 0
    for step in range(1, 200, 13):
        folder = tmp_path / str(step)
        old = dict(many(folder, 10))
        list(write_many(folder, old.items()))
        done = subprocess.run([sys.executable, "-c", program, str(folder), str(step)], env=environment, check=False)
        killed += done.returncode != 0
        new = dict(many(folder, 40, b"new"))
        for path in (each for each in folder.rglob("*.xlsx") if not each.name.startswith(".~")):
            assert path.read_bytes() in (old.get(path), new[path])
        list(write_many(folder, new.items()))
        assert {path: path.read_bytes() for path in folder.rglob("*.xlsx")} == new
        # Of one that was killed with its new file in place, the empty lock may stay.
        left = [path for path in folder.rglob(".~*") if path.suffix != ".lock"]
        assert left == []
    assert killed >= 12


def test_dated_copies_are_whole_and_never_overwritten(target: Path) -> None:
    first = keep_copy(target, "20230301-0905")
    assert first == target.parent / "ban-cu" / "Tổng hợp huyện 20230301-0905.xlsx"
    assert keep_copy(target, "20230301-0905") == first
    write(target, NEW)
    second = keep_copy(target, "20230301-0905")
    assert second.name == "Tổng hợp huyện 20230301-0905-2.xlsx"
    assert (first.read_bytes(), second.read_bytes()) == (OLD, NEW)
    assert names(first.parent) == sorted([first.name, second.name])


def test_a_copy_of_nothing_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(Fault) as fault:
        keep_copy(tmp_path / "không có.xlsx", "1")
    assert fault_of(fault) == ("STORE_UNWRITABLE", 3)


LONG = "Tổng hợp kết quả sinh hoạt chính trị " * 5


@pytest.mark.parametrize("length", [200, 240, 250])
def test_what_lies_beside_a_file_with_the_longest_name_has_a_name(tmp_path: Path, length: int) -> None:
    """A file system takes 255 bytes, and letters are not cut in two."""
    stem = os.fsencode(LONG)[:length].decode("utf-8", "ignore").strip()
    path = tmp_path / f"{stem}.xlsx"
    path.write_bytes(OLD)

    copy = keep_copy(path, "20230301-0905")
    journal = disk.beside(path, "_nhat-ky.csv")
    journal.write_bytes(b"x")

    assert write(path, NEW) == path
    assert copy.read_bytes() == OLD
    assert all(len(os.fsencode(name.name)) <= 255 for name in tmp_path.rglob("*"))
    assert copy.name.startswith("Tổng hợp") and copy.name.endswith(" 20230301-0905.xlsx")
    assert disk.beside(tmp_path / f"{LONG}a.xlsx", ".csv") != disk.beside(tmp_path / f"{LONG}b.xlsx", ".csv")
    assert disk.beside(tmp_path / "a.xlsx", "_b.csv") == tmp_path / "a_b.csv"


@pytest.mark.parametrize("lock", ["~${}", ".~lock.{}#"])
def test_a_lock_file_of_an_office_program_is_heeded(target: Path, lock: str) -> None:
    """Some disks lock no file: then only this tells that somebody has it open."""
    beside = target.with_name(lock.format(target.name))
    beside.write_bytes(b"\x05Lan")

    saved = write(target, NEW, now=lambda: MOMENT)

    assert (target.read_bytes(), saved.read_bytes()) == (OLD, NEW)
    assert saved.name == "Tổng hợp huyện (bản mới 20230301-0905).xlsx"
    told = office.beside(target, saved)
    assert [each.code for each in told] == ["STORE_SAVED_BESIDE", "STORE_OWNED"]
    assert beside.name in told[1].message.vi
    beside.unlink()
    assert write(target, NEW) == target


def test_a_file_that_changes_while_many_are_written_is_looked_at_first(tmp_path: Path) -> None:
    """Between the look at a form and the writing nobody's work is lost, whether the form was there before or not."""
    there, new = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    there.write_bytes(OLD)
    asked: list[Path] = []
    entered: list[Path] = []

    def enter(path: Path) -> None:
        with suppress(Fault), lock(path, timeout=0):
            entered.append(path)

    def stays(path: Path) -> bool:
        asked.append(path)
        other = threading.Thread(target=enter, args=(path,))
        other.start()
        other.join()
        return path.read_bytes() == b"received"

    def files() -> Iterator[tuple[Path, bytes]]:
        yield there, NEW
        yield new, NEW
        new.write_bytes(b"received")

    assert list(write_many(tmp_path, files(), stays=stays)) == [there, new]
    assert (asked, entered) == ([there, new], [])
    assert (there.read_bytes(), new.read_bytes()) == (NEW, b"received")


def test_what_a_killed_workshop_left_is_swept(target: Path) -> None:
    with store.workshop(target) as folder:
        kept = folder.with_name(folder.name[:-5] + "0.tmp")
        (kept / "profile").mkdir(parents=True)
    with store.workshop(target) as folder:
        assert not kept.exists()
        assert folder.parent == target.parent
    assert names(target.parent) == [target.name]
