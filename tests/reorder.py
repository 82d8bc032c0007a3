"""The same files in another order, under other names, in other folders, twice: nothing changes; a second run least."""

from __future__ import annotations

import random
import shutil
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cli_tools import type_in
from scenes import World, leftovers, remembered
from tally import Tally
from tools import REQUIRED, held, make_forms, small_register

from loithe_xl.tasks.consolidate import ConsolidationRequest, ConsolidationResult, consolidate
from loithe_xl.tasks.office import Office

FRIDAY = Office(now=datetime(2023, 3, 3, 15))
WORDS = ("Chi bộ Phường Trần Phú", "báo cáo tháng 2", "Đảng ủy xã Ứng Hòe", "BC lần cuối (2)", "ấp Mỹ Thuận", "a")
TREES = 200  # cases that share a tree


@dataclass(frozen=True)
class Tree:
    """A random tree of units, its district's fresh workbook and what its units may send, two versions of some."""

    parent: bytes
    files: Sequence[bytes]


def run(folder: Path, count: int = 1_000, seed: int = 0) -> Tally:
    """So many cases: a random part of what a random tree sends."""
    tally, world = Tally(), World(folder)
    tree = None
    for number in range(count):
        chance = random.Random(f"{seed}:{number}")
        if tree is None or number % TREES == 0:
            tree = _tree(folder / f"cây-{number}", random.Random(f"{seed}:tree:{number // TREES}"))
        case = folder / "ca"
        shutil.rmtree(case, ignore_errors=True)
        with remembered(world):
            tally.add(f"--seed {seed} case {number}", _wrong(tree, chance, case))
        world.kept.clear()
    return tally


def _tree(folder: Path, chance: random.Random) -> Tree:
    shape = {f"01.{number}": chance.randint(0, 3) for number in range(1, chance.randint(2, 4))}
    forms = make_forms(folder, small_register(shape, straight=chance.randint(1, 3)))
    files = [b"\x89PNG\r\n\x1a\n" + bytes(50), chance.choice(list(forms.values())).read_bytes()[:5000]]
    sent: dict[str, list[Path]] = {}
    for unit, form in forms.items():
        if ".C" not in unit and ".K" not in unit:
            continue
        for version in range(chance.choice((1, 1, 2))):
            said = {**REQUIRED, "members_total": chance.randint(20, 60), "revision": version + 1}
            said |= {"difficulties_text": f"Khó khăn của {unit}."} if chance.random() < 0.5 else {}
            path = type_in(form, folder / f"{unit}-{version}.xlsx", said, [held(chance.randint(1, 27))])
            sent.setdefault(unit, []).append(path)
            files.append(path.read_bytes())
    for base in shape:
        own = [path for unit, paths in sent.items() if unit.startswith(f"{base}.") for path in paths]
        if own and chance.random() < 0.7:
            consolidate(
                ConsolidationRequest(forms[base], tuple(chance.sample(own, chance.randint(1, len(own))))), FRIDAY
            )
            files.append(forms[base].read_bytes())
    return Tree(forms["01"].read_bytes(), files)


def _wrong(tree: Tree, chance: random.Random, folder: Path) -> str:
    chosen = chance.sample(range(len(tree.files)), chance.randint(1, len(tree.files)))
    plain = [_put(folder / "a" / f"{number:02}.xlsx", tree.files[number]) for number in sorted(chosen)]
    mixed = [_put(folder / "b" / _name(chance), tree.files[number]) for number in chosen]
    mixed += [
        _put(folder / "b" / _name(chance), tree.files[number])
        for number in chance.sample(chosen, chance.randint(0, min(3, len(chosen))))
    ]
    chance.shuffle(mixed)
    known = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in (*plain, *mixed)}
    parents = [_put(folder / name / "cha.xlsx", tree.parent) for name in ("p", "r")]
    other = consolidate(ConsolidationRequest(parents[0], tuple(mixed), dry_run=True), FRIDAY)
    first = consolidate(ConsolidationRequest(parents[0], (folder / "a",)), FRIDAY)
    if _figures(first) != _figures(other):
        return f"other order, names or repeats: {_differing(_figures(first), _figures(other))}"
    chance.shuffle(plain)
    consolidate(ConsolidationRequest(parents[1], tuple(plain)), FRIDAY)
    data, stamp = parents[0].read_bytes(), parents[0].stat().st_mtime_ns
    if data != parents[1].read_bytes():
        return "another order makes other bytes"
    again = consolidate(ConsolidationRequest(parents[0], tuple(mixed)), Office(now=datetime(2023, 3, 9)))
    if again.written or (parents[0].read_bytes(), parents[0].stat().st_mtime_ns) != (data, stamp):
        return "a second run, of the same files under other names, changed the parent"
    if _figures(again) != _figures(first):
        return "a second run has other figures"
    if {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in known} != known:
        return "a received file is another"
    return leftovers(folder)


def _put(path: Path, data: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def _name(chance: random.Random) -> Path:
    """A random name, in composed or decomposed letters, maybe some folders down."""
    form = chance.choice(("NFC", "NFD"))
    parts = [f"{chance.choice(WORDS)} {chance.randrange(10**6)}" for _ in range(chance.choice((1, 1, 2, 3)))]
    end = chance.choice((".xlsx", ".XLSX", ".Xlsx"))
    return Path(
        *(unicodedata.normalize(form, part) for part in parts[:-1]), unicodedata.normalize(form, parts[-1]) + end
    )


def _figures(result: ConsolidationResult) -> Mapping[str, object]:
    """What a run comes to, without what files are called."""
    parent = result.parent
    done = parent.consolidation
    return {
        **{f"value {id}": value for id, value in done.values.items()},
        **{f"text {id}": said for id, said in done.texts.items()},
        **{f"file {each.sha}": (each.unit, each.verdict, each.rows, each.key) for each in parent.ledgers.receipts},
        **{f"status {sha}": status for sha, status in result.statuses.items()},
        "units": [(child.unit, child.status, child.late) for child in done.children],
    }


def _differing(one: Mapping[str, object], other: Mapping[str, object]) -> str:
    names = sorted(name for name in {*one, *other} if one.get(name) != other.get(name))
    return "; ".join(f"{name}: {one.get(name)} for {other.get(name)}" for name in names[:3])[:400]
