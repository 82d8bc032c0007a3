"""A province to which its districts send their books every week: what its workbook keeps does not grow with them."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from pathlib import Path

from tally import Tally
from tools import TERM

from loithe_xl.consolidation.ledger import Line, receipt_lines
from loithe_xl.consolidation.receipts import Receipt, UnitRow, Verdict
from loithe_xl.draw import packs
from loithe_xl.intake.judging import merged, settled
from loithe_xl.intake.openfile import with_receipts
from loithe_xl.pack.spec import Pack
from loithe_xl.reading.received import MOST_CELLS
from loithe_xl.register.register import Register, Unit
from loithe_xl.system.store import write
from loithe_xl.tasks.consolidate import open_parent, rebuilt
from loithe_xl.tasks.generate import Request, generate
from loithe_xl.tasks.office import Office

FIRST = datetime(2023, 3, 1, 12)
DISTRICTS, BASES, CELLS = 10, 10, 37  # 3,700 cells
PACK: Pack = packs.load("loi_the").pack


def province(districts: int = DISTRICTS, bases: int = BASES, cells: int = CELLS) -> Register:
    """A province ``T`` as large as asked for."""
    units = [Unit("T", "Tỉnh Thử", "province")]
    for district in range(1, districts + 1):
        code = f"{district:02}"
        units.append(Unit(code, f"Huyện {code}", "district", "T"))
        for base in range(1, bases + 1):
            units.append(Unit(f"{code}.{base}", f"Đảng bộ {code}.{base}", "base", code))
            units += [Unit(f"{code}.{base}.C{n:02}", f"Chi bộ {n}", "cell", f"{code}.{base}") for n in range(cells)]
    return Register(tuple(units))


def books(register: Register, week: int) -> list[Receipt]:
    """Every district's book of one week, of revision 1; each week some figure is another."""
    moment = FIRST + timedelta(weeks=week)
    found = []
    for district in register.of_tier("district"):
        beneath = [each for each in register.subtree(district.code).units if each is not district]
        rows = [UnitRow(each.code, _figures(10, each), {}) for each in beneath]
        own = UnitRow(district.code, _figures(10 * len(beneath) + week, district), {})
        sha = f"{district.code}-{week}".encode().hex().ljust(64, "0")
        at, saved = (f"{when:%Y-%m-%dT%H:%M:%S}" for when in (moment, moment - timedelta(hours=3)))
        name = f"tuần {week}/{district.code}.xlsx"
        more = {"rows": (own, *rows), "program": "microsoft excel"}
        found.append(Receipt(sha, name, district.code, Verdict.VALID, at, 1, f"{saved}+00:00", **more))  # type: ignore[arg-type]
    return found


def _figures(members: int, unit: Unit) -> dict[str, int]:
    """What a real row holds, all of it."""
    ids = [id for id in PACK.indicators if id not in PACK.sensitive or unit.tier == "district"]
    return {**dict.fromkeys(ids, 1), "members_total": members}


def remembered(register: Register, weeks: int) -> list[list[Receipt]]:
    """What the province keeps after each week."""
    kept, found = list[Receipt](), []
    for week in range(weeks):
        kept = settled(register, "T", merged(kept, books(register, week)))
        found.append(kept)
    return found


def spread(lines: list[Line]) -> int:
    """The rectangle that lines take on a sheet."""
    return len(lines) * max(map(len, lines))


def run(folder: Path, count: int = 52, seed: int = 0) -> Tally:
    """So many weeks, the whole province, and its workbook as a file after the first week and the last."""
    del seed
    tally, register = Tally(), province()
    kept = remembered(register, count)
    sizes = [spread(receipt_lines(each)) for each in kept]
    for week, size in enumerate(sizes):
        grown = size > 1.05 * sizes[0] or size > MOST_CELLS
        tally.add(f"week {week}", f"{size:,} cells after {sizes[0]:,}" if grown else "")
    for week in (0, count - 1):
        tally.add(f"file of week {week}", _wrong(folder / str(week), register, kept[week], tally))
    return tally


def _wrong(folder: Path, register: Register, kept: list[Receipt], tally: Tally) -> str:
    """Whether the province's workbook with these receipts opens with the same ones."""
    request = Request(packs.load("loi_the"), register, TERM, "province", False, (), folder)
    (path,) = generate(request, Office(now=FIRST))
    parent = with_receipts(open_parent(path), kept)
    written = write(path, rebuilt(parent, FIRST))
    start = time.perf_counter()
    again = open_parent(written)
    seconds = time.perf_counter() - start
    tally.notes.append(f"{written.stat().st_size:,} bytes, opened in {seconds:.1f} s")
    return "" if list(again.ledgers.receipts) == kept else "other receipts"
