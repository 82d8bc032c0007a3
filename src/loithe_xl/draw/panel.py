"""The check panel: every check as a live formula on a hidden sheet, and a short list of what is wrong on a visible one.

It needs no macro and no Python: rules are the pack's own, in their Excel reading.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from loithe_xl.book import Condition, Formula, Print, Sheet, column_letters, quoted, reference
from loithe_xl.draw.case import Case
from loithe_xl.excelform import References, formula, text_literal
from loithe_xl.issues import Severity
from loithe_xl.layout import CHECK, HIDDEN_CHECKS
from loithe_xl.spec import Check
from loithe_xl.submission import sides
from loithe_xl.validate import Item, side_values, states
from loithe_xl.words import text

PANEL_VERDICT = "$A$5"
SHOWN = 30  # faults listed on the visible sheet at once
LIST_TOP = 9
FIRST = 2  # first row of the hidden list
STATE, LEVEL, MESSAGE, LEFT, RIGHT, REMEDY, TARGET, RANK = range(1, 9)
SAID = 10  # messages from this column, remedies from as many columns further
OK, ERROR, WARNING = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Line:
    """One item with what its formulas come to now."""

    item: Item
    row: int
    state: int
    level: int
    message: str
    left: str
    right: str
    remedy: str
    rank: int

    @property
    def target(self) -> str:
        """Where the panel's link jumps."""
        return f"{quoted(self.item.sheet)}!{self.item.cell}"


@dataclass(frozen=True, slots=True)
class Panel:
    """The evaluated lines of one case."""

    case: Case
    lines: tuple[Line, ...]
    by_key: dict[str, Line]

    @property
    def verdict(self) -> str:
        """ĐƯỢC NỘP or CHƯA ĐƯỢC NỘP, for the present inputs."""
        return self.case.say("submit_no" if self.count(ERROR) else "submit_yes")

    @property
    def last(self) -> int:
        """The hidden list's last row."""
        return FIRST + len(self.lines) - 1

    def column(self, column: int) -> str:
        """One column of the hidden list as a fixed area."""
        letters = column_letters(column)
        return f"{quoted(HIDDEN_CHECKS)}!${letters}${FIRST}:${letters}${self.last}"

    def count(self, level: int) -> int:
        """How many lines are at a level now."""
        return sum(line.level == level for line in self.lines)

    def status_formula(self, id: str, echo: str = '""', echoed: str = "") -> Formula:
        """What stands beside an input: its fault, or ``echo`` where there is none."""
        line = self.by_key[id]
        level, message = (reference(HIDDEN_CHECKS, line.row, column) for column in (LEVEL, MESSAGE))
        bad, warn = (self.case.say(name) for name in ("mark_error", "mark_warning"))
        said = f"IF({level}={ERROR},{text_literal(bad)},{text_literal(warn)})&{message}"
        result = echoed if line.level == OK else (bad if line.level == ERROR else warn) + line.message
        return Formula(f"IF({level}={OK},{echo or chr(34) * 2},{said})", result)


def evaluate_panel(case: Case) -> Panel:
    """Every line of the panel with its present state."""
    found_states = states(case.layout, case.inputs, case.values)
    levels = [_level(item.checks[found - 1]) if found else OK for item, found in found_states]
    errors = levels.count(ERROR)
    lines, seen = [], {ERROR: 0, WARNING: errors, OK: 0}
    for row, ((item, found), level) in enumerate(zip(found_states, levels, strict=True), FIRST):
        seen[level] += 1
        check = item.checks[found - 1] if found else None
        left, right = _both(item, case) if found else ("", "")
        lines.append(
            Line(
                item,
                row,
                found,
                level,
                case.say(check.message) if check else "",
                left,
                right,
                case.say(check.remedy) if check else "",
                seen[level] if level else 0,
            )
        )
    return Panel(case, tuple(lines), {_key(line.item): line for line in lines})


def hidden_checks(panel: Panel) -> Sheet:
    """The full list: state, level, message, both values, remedy, link and rank of every check, as formulas."""
    sheet = Sheet(HIDDEN_CHECKS, hidden=True)
    texts: dict[str, int] = {}
    total = f"COUNTIF($B${FIRST}:$B${panel.last},{ERROR})"
    for line in panel.lines:
        row, item = line.row, line.item
        source = texts.setdefault(item.table or f"{row}", row)
        if source == row:
            _texts(sheet, panel.case, item.checks, row)
        sheet.put(row, STATE, Formula(_state_formula(item), line.state), "hidden_number")
        levels = ",".join(str(_level(check)) for check in item.checks) + f",{WARNING}"
        sheet.put(row, LEVEL, Formula(f"IF(A{row}=0,0,CHOOSE(A{row},{levels}))", line.level), "hidden_number")
        many = len(item.checks) + 1
        for column, start, now in ((MESSAGE, SAID, line.message), (REMEDY, SAID + many, line.remedy)):
            first, last = column_letters(start), column_letters(start + many - 1)
            found = f'IF(A{row}=0,"",INDEX(${first}${source}:${last}${source},1,A{row})&"")'
            sheet.put(row, column, Formula(found, now), "hidden")
        for column, side, now in ((LEFT, 0, line.left), (RIGHT, 1, line.right)):
            compared = sides(item.checks[0].rule) if not item.table and not item.checks[0].own else None
            if compared:
                number = f'SUBSTITUTE(ROUND({formula(compared[side], _references(item))},6)&"",".",",")'
                shown = f'IF(A{row}=0,"",IFERROR({number},""))'
                sheet.put(row, column, Formula(shown, now), "hidden")
        sheet.put(row, TARGET, line.target, "hidden")
        rank = f"IF(B{row}=0,0,COUNTIF($B${FIRST}:$B{row},B{row})+IF(B{row}={WARNING},{total},0))"
        sheet.put(row, RANK, Formula(rank, line.rank), "hidden_number")
    return sheet


def check_sheet(panel: Panel) -> Sheet:
    """The visible panel: the verdict, how many faults, and the first of them with both values, remedy and link."""
    from loithe_xl.draw.inputs import draw_head

    case = panel.case
    sheet = Sheet(CHECK, print=Print(landscape=True, footer="&C&P/&N"), tab_colour="9B1C1C")
    sheet.widths = {1: 6, 2: 11, 3: 56, 4: 13, 5: 13, 6: 56, 7: 26}
    draw_head(sheet, panel, 7)
    errors, warnings = panel.count(ERROR), panel.count(WARNING)
    yes, no = (text_literal(case.say(name)) for name in ("submit_yes", "submit_no"))
    count = f"COUNTIF({panel.column(LEVEL)},{{level}})"
    sheet.put(5, 1, Formula(f"IF({count.format(level=ERROR)}=0,{yes},{no})", panel.verdict), "verdict")
    for column in range(4, 8):
        sheet.put(5, column, None, "plain")
    before, middle, after = (case.say(f"faults_{part}") for part in ("before", "middle", "after"))
    parts = (before, count.format(level=ERROR), middle, count.format(level=WARNING), after)
    shown = "&".join(text_literal(part) if number % 2 == 0 else part for number, part in enumerate(parts))
    sheet.put(6, 1, Formula(shown, f"{before}{errors}{middle}{warnings}{after}"), "strong")
    sheet.merges.append(((6, 1), (6, 7)))
    for column, key in enumerate(("no", "level", "fault", "left", "right", "remedy", "jump"), 1):
        sheet.put(LIST_TOP - 1, column, case.say(f"head_{key}"), "head")
    sheet.heights[LIST_TOP - 1] = 34
    by_rank = {line.rank: line for line in panel.lines if line.rank}
    for number in range(1, SHOWN + 1):
        _listed(sheet, panel, number, by_rank.get(number))
    sheet.freeze = (LIST_TOP, 1)
    last = LIST_TOP + SHOWN - 1
    for word, style in (("mark_error", "bad"), ("mark_warning", "warn")):
        sign = text_literal(case.say(word).rstrip(": "))
        sheet.conditions.append(Condition(((LIST_TOP, 1), (last, 7)), f"$B{LIST_TOP}={sign}", style))
    sheet.print = Print(landscape=True, repeat_rows=(LIST_TOP - 1, LIST_TOP - 1), footer="&C&P/&N")
    return sheet


def _listed(sheet: Sheet, panel: Panel, number: int, line: Line | None) -> None:
    row = LIST_TOP + number - 1
    found = f"MATCH({number},{panel.column(RANK)},0)"
    bad, warn = (panel.case.say(name).rstrip(": ") for name in ("mark_error", "mark_warning"))
    level = f"IF(INDEX({panel.column(LEVEL)},{found})={ERROR},{text_literal(bad)},{text_literal(warn)})"
    sheet.put(row, 1, number, "number")
    now = "" if line is None else bad if line.level == ERROR else warn
    sheet.put(row, 2, Formula(f'IFERROR({level},"")', now), "number")
    cells = ((3, MESSAGE, "message"), (4, LEFT, "left"), (5, RIGHT, "right"), (6, REMEDY, "remedy"))
    for column, source, attribute in cells:
        now = getattr(line, attribute) if line else ""
        shown = Formula(f'IFERROR(INDEX({panel.column(source)},{found})&"","")', now)
        sheet.put(row, column, shown, "number" if source in (LEFT, RIGHT) else "label")
    target = f"INDEX({panel.column(TARGET)},{found})"
    link = f'IFERROR(HYPERLINK("#"&{target},SUBSTITUTE({target},"\'","")),"")'
    sheet.put(row, 7, Formula(link, line.target.replace("'", "") if line else ""), "link")
    sheet.heights[row] = 34


def _key(item: Item) -> str:
    return f"{item.table}#{item.row}" if item.table else item.id


def _level(check: Check) -> int:
    return ERROR if check.severity is Severity.ERROR else WARNING


def _texts(sheet: Sheet, case: Case, checks: tuple[Check, ...], row: int) -> None:
    cut = (text("form.cut_fault"), text("form.cut_remedy"))
    messages = [*(check.message for check in checks), cut[0]]
    remedies = [*(check.remedy for check in checks), cut[1]]
    for column, said in enumerate([*messages, *remedies], SAID):
        sheet.put(row, column, case.say(said), "hidden")


def _references(item: Item) -> References:
    """Names of a rule -> Excel; inputs, derived figures and constants all have defined names of the same id."""
    return _Names(item)


class _Names(dict[str, str]):
    """A name stands for itself, but a table row's columns are cells of that row."""

    def __init__(self, item: Item) -> None:
        super().__init__()
        self.item = item

    def __missing__(self, name: str) -> str:
        if self.item.table and name in self.item.columns:
            return f"INDEX({self.item.table}.{name},{self.item.row + 1})"
        return name


@lru_cache(4096)
def _state_formula(item: Item) -> str:
    names = _references(item)
    said = "0"
    cut = len(item.checks) + 1
    cells = [names[column] for column in item.columns] if item.table else [item.id]
    if item.table or item.checks[0].own:
        locked = "+".join(f'CELL("protect",{cell})' for cell in cells)
        said = f"IF(IFERROR({locked},0)>0,{cut},0)"
    for number, check in reversed(list(enumerate(item.checks, 1))):
        said = f"IF({_fails(check, names)},{number},{said})"
    return said


def _fails(check: Check, names: References) -> str:
    holds = formula(check.rule, names)
    if check.own:
        return f"IFERROR({holds},0)=0"
    failing = f"IFERROR({holds},1)=0"
    if check.needs:
        return f"IF(COUNT({','.join(names[name] for name in check.needs)})<{len(check.needs)},0,{failing})"
    return failing


def _both(item: Item, case: Case) -> tuple[str, str]:
    from loithe_xl.validate import plain

    check = item.checks[0]
    both = None if check.own or item.table else side_values(check.rule, case.values)
    return (plain(both[0]), plain(both[1])) if both else ("", "")
