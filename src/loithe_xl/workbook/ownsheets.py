"""The sheets that the program itself puts into workbooks, by name."""

from __future__ import annotations

CHECK, GUIDE, TOTALS = "Kiểm tra", "Hướng dẫn", "Tổng hợp"


RECEIPTS, FIGURES, REPORT, ANNEX = "Tình hình nộp", "Số liệu đơn vị", "Báo cáo", "Biểu số 01"


HIDDEN, HIDDEN_CHECKS = "_loithe", "_loithe_kiemtra"


HIDDEN_REGISTER, HIDDEN_RECEIPTS, HIDDEN_JOURNAL = "_loithe_danhba", "_loithe_danhan", "_loithe_nhatky"


OPINIONS, JOURNAL = "Ý kiến đơn vị", "Nhật ký"


# Sheets that hold only what is computed: a reader need not look at them.
COMPUTED = frozenset({CHECK, GUIDE, TOTALS, RECEIPTS, FIGURES, ANNEX, OPINIONS, JOURNAL, HIDDEN_CHECKS})
