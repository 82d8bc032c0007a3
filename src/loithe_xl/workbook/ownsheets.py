"""The sheets that the program itself puts into workbooks: one table of what each is, and the cells that are known.

Every list of these sheets follows from the table; a row or cell that more than one module knows stands above it.
"""

from __future__ import annotations

from dataclasses import dataclass

CHECK, GUIDE, TOTALS = "Kiểm tra", "Hướng dẫn", "Tổng hợp"
RECEIPTS, FIGURES, REPORT, ANNEX = "Tình hình nộp", "Số liệu đơn vị", "Báo cáo", "Biểu số 01"
CHART, ANNEX_OPINIONS = "Biểu đồ", "Biểu số 02"
OPINIONS, JOURNAL, CELLS = "Ý kiến đơn vị", "Nhật ký", "Chi bộ"
HIDDEN, HIDDEN_CHECKS = "_loithe", "_loithe_kiemtra"
HIDDEN_REGISTER, HIDDEN_RECEIPTS, HIDDEN_JOURNAL = "_loithe_danhba", "_loithe_danhan", "_loithe_nhatky"

VERDICT = (4, 1)  # whether the form may be submitted: on its input sheets and on those of ours that have its head
SUMMARY_ROW, COUNTS_ROW, LIST_HEAD = 5, 6, 7  # of lists: what they come to, what the panel counts, their headings
COUNT_CELL, UNITS_ROW = (5, 1), 6  # of the sheet of checks: how many faults there are; a parent's units
FAULTS_TOP, FAULTS_SHOWN = 8, 30  # the first line of its list of faults, and how many there are
MORE_ROW = FAULTS_TOP + FAULTS_SHOWN  # how many there are beyond these
LISTED_TOP = MORE_ROW + 2  # the add-in's own list: a row is left free above it
TOKEN_CELL, NAME_CELL, ABOVE_CELL, LANG_CELL = (1, 2), (2, 2), (3, 2), (4, 2)  # of the hidden sheet of identity
SEAL_ROW, PACK_FROM = 5, 6  # there too: the seal, from the second column on; the first file of an embedded pack
NO_FORM = "loithe_khong_phai_bieu"  # a property of our workbooks that are no forms: return slips, lists, tables
TITLE_CELL = (2, 1)  # of an annex: its number, blank where there is nothing to annex
REGISTER_FIRST = 2  # of the hidden register: the first unit


@dataclass(frozen=True, slots=True)
class OwnSheet:
    """One sheet of ours. What the add-in may write while it is open: where its shape is fixed, values that differ;
    from ``first_row`` on, if that is not 0, rows that come and go; else nothing."""

    name: str
    hidden: bool = False
    computed: bool = False  # it holds only what is computed: a reader need not look at it
    of_parents: bool = False  # forms of cells never have it
    fixed_shape: bool = False
    first_row: int = 0
    filtered: bool = False  # its list may be filtered and sorted though it is locked


OWN_SHEETS = (  # as they stand in a workbook, after the input sheets
    OwnSheet(RECEIPTS, computed=True, of_parents=True, first_row=SUMMARY_ROW),
    OwnSheet(FIGURES, computed=True, of_parents=True, fixed_shape=True),
    OwnSheet(CELLS, computed=True, of_parents=True, first_row=SUMMARY_ROW, filtered=True),
    OwnSheet(TOTALS, computed=True, fixed_shape=True),
    OwnSheet(OPINIONS, computed=True, of_parents=True, first_row=LIST_HEAD),
    OwnSheet(REPORT, of_parents=True, first_row=1),
    OwnSheet(ANNEX, computed=True, of_parents=True, first_row=1),
    OwnSheet(CHART, computed=True, of_parents=True, first_row=1),
    OwnSheet(ANNEX_OPINIONS, computed=True, of_parents=True, first_row=1),
    OwnSheet(CHECK, computed=True),
    OwnSheet(GUIDE, computed=True),
    OwnSheet(JOURNAL, computed=True, of_parents=True, first_row=SUMMARY_ROW),
    OwnSheet(HIDDEN_CHECKS, hidden=True, computed=True),
    OwnSheet(HIDDEN, hidden=True),
    OwnSheet(HIDDEN_REGISTER, hidden=True, of_parents=True),
    OwnSheet(HIDDEN_RECEIPTS, hidden=True, of_parents=True, fixed_shape=True),
    OwnSheet(HIDDEN_JOURNAL, hidden=True, of_parents=True, fixed_shape=True),
)

COMPUTED = frozenset(each.name for each in OWN_SHEETS if each.computed)
VISIBLE_OF_FORMS = tuple(each.name for each in OWN_SHEETS if not each.hidden and not each.of_parents)
VISIBLE_OF_PARENTS = frozenset(each.name for each in OWN_SHEETS if not each.hidden and each.of_parents)
LEDGERS = frozenset(each.name for each in OWN_SHEETS if each.hidden and each.of_parents)
FILTERED = frozenset(each.name for each in OWN_SHEETS if each.filtered)
REFRESHED = tuple(each.name for each in OWN_SHEETS if each.fixed_shape)
REDRAWN = {each.name: each.first_row for each in OWN_SHEETS if each.first_row}
