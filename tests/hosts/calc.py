"""LibreOffice Calc as the real spreadsheet: run by the interpreter that has ``uno``, one JSON request a line on stdin.

Requests: ``open`` (path), ``fill`` (cells, read), ``move`` (from, to: what cut and paste does), ``lines`` (sheet,
axis, first, count: rows or columns inserted or deleted), ``type`` (sheet, row, column, words: as at the keyboard, on a
PC of the region that follows the program's path), ``save`` (path, form), ``close``; ``convert`` (path, target, form: a
file saved anew, whatever is open stays open). Rows and columns are counted from 1. An error value is answered as null.
"""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException
from com.sun.star.table import CellAddress, CellRangeAddress

TRIES, PAUSE = 150, 0.2
SPARE = 500  # a column that no sheet of ours has
REGION = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry"><item oor:path="/org.openoffice.Setup/L10N">
<prop oor:name="ooSetupSystemLocale"><value>{}</value></prop></item></oor:items>
"""


def main():
    profile = tempfile.TemporaryDirectory(prefix="loithe-calc-")
    if sys.argv[2:]:
        folder = pathlib.Path(profile.name, "user")
        folder.mkdir()
        (folder / "registrymodifications.xcu").write_text(REGION.format(sys.argv[2]), encoding="utf-8")
    pipe = f"loithe{os.getpid()}"
    program = [sys.argv[1], "--headless", "--norestore", "--nologo", "--nodefault"]
    program += [f"-env:UserInstallation=file://{profile.name}", f"--accept=pipe,name={pipe};urp;"]
    office = subprocess.Popen(program, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        host = Host(connect(pipe))
        answer({"ready": True})
        for line in sys.stdin:
            request = json.loads(line)
            try:
                answer(getattr(host, request.pop("op"))(**request))
            except Exception as error:
                answer({"failed": f"{type(error).__name__}: {error}"})
        if host.document:
            host.close()  # or its lock file would stay
    finally:
        office.terminate()
        office.wait(30)
        profile.cleanup()


def connect(pipe):
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    for _ in range(TRIES):
        try:
            return resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        except NoConnectException:
            time.sleep(PAUSE)
    raise SystemExit("LibreOffice did not start")


def answer(value):
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def setting(name, value):
    found = PropertyValue()
    found.Name, found.Value = name, value
    return found


def columns(cells):
    """Cells gathered into runs of one column: (sheet, column) -> [(first row, values)]; one call sets a run."""
    found = {}
    for sheet, row, column, value in sorted(cells, key=lambda cell: (cell[0], cell[2], cell[1])):
        runs = found.setdefault((sheet, column), [])
        if runs and runs[-1][0] + len(runs[-1][1]) == row:
            runs[-1][1].append(value)
        else:
            runs.append((row, [value]))
    return found


class Host:
    def __init__(self, context):
        self.desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
        self.dispatcher = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.DispatchHelper", context)
        self.document = None
        self.filled = {}  # what ``fill`` has set in it: to set a cell again costs as much as to set another value

    def open(self, path):
        if self.document:
            self.close()  # whoever opened it failed before closing it
        self.document, self.filled = self._loaded(path), {}
        self.document.calculateAll()
        return {"sheets": list(self.document.Sheets.ElementNames)}

    def fill(self, cells=(), read=()):
        """Set cells ([sheet, row, column, value]); answer each area of ``read`` ([sheet, top, left, bottom, right])."""
        cells = [cell for cell in cells if self.filled.get(tuple(cell[:3]), self) != cell[3]]
        if cells:
            self.filled.update((tuple(cell[:3]), cell[3]) for cell in cells)
            self.document.lockControllers()
            self.document.enableAutomaticCalculation(False)
            for (sheet, column), runs in columns(cells).items():
                page = self.document.Sheets.getByName(sheet)
                for top, values in runs:
                    area = page.getCellRangeByPosition(column - 1, top - 1, column - 1, top + len(values) - 2)
                    area.setDataArray(tuple(("" if value is None else value,) for value in values))  # "" clears a cell
            self.document.enableAutomaticCalculation(True)
            self.document.unlockControllers()
            self.document.calculate()
        return {"areas": [self._area(*where) for where in read]}

    def type(self, sheet, row, column, words):
        """Type into a cell and press Enter; what then stands there: a number, a text, and as it is shown."""
        controller = self.document.CurrentController
        page = self.document.Sheets.getByName(sheet)
        controller.setActiveSheet(page)
        cell = page.getCellByPosition(column - 1, row - 1)
        controller.select(cell)
        self.dispatcher.executeDispatch(controller.Frame, ".uno:EnterString", "", 0, (setting("StringName", words),))
        self.document.calculate()
        return {"number": cell.Value, "text": cell.getFormula(), "kind": cell.Type.value, "shown": cell.String}

    def _area(self, sheet, top, left, bottom, right):
        page = self.document.Sheets.getByName(sheet)
        return page.getCellRangeByPosition(left - 1, top - 1, right - 1, bottom - 1).getDataArray()

    def formulas(self, sheet):
        """[row, column, result, error] of every formula cell of a sheet."""
        found = []
        page = self.document.Sheets.getByName(sheet)
        for area in page.queryContentCells(16).getRangeAddresses():
            top, left = area.StartRow, area.StartColumn
            results = page.getCellRangeByPosition(left, top, area.EndColumn, area.EndRow).getDataArray()
            for row, line in enumerate(results, top):  # an area at once: each question is a way to another process
                for column, result in enumerate(line, left):
                    error = page.getCellByPosition(column, row).getError() if result is None else 0
                    found.append([row + 1, column + 1, result, error])
        return {"formulas": found}

    def link(self, sheet, row, column, password=""):
        """Where a click on a cell leads, as the program itself reads it: of a formula what its first argument gives."""
        page = self.document.Sheets.getByName(sheet)
        cell = page.getCellByPosition(column - 1, row - 1)
        formula = re.fullmatch(r'=HYPERLINK\((.*);"(?:[^"]|"")*"\)', cell.getFormula())
        if formula is None:
            fields = cell.TextFields.createEnumeration()
            return {"target": fields.nextElement().URL if fields.hasMoreElements() else ""}
        page.unprotect(password)
        spare = page.getCellByPosition(SPARE, row - 1)
        spare.setFormula(f"={formula[1]}")
        self.document.calculateAll()
        return {"target": spare.getString()}

    def names(self):
        """Every defined name with its text."""
        names = self.document.NamedRanges
        return {"names": {name: names.getByName(name).Content for name in names.ElementNames}}

    def move(self, source, target, password=""):
        """What cut and paste does to one cell: [sheet, row, column] each."""
        pages = self.document.Sheets
        for sheet in {source[0], target[0]}:
            pages.getByName(sheet).unprotect(password)
        index = {name: number for number, name in enumerate(pages.ElementNames)}
        area, address = CellRangeAddress(), CellAddress()
        area.Sheet, area.StartRow, area.EndRow = index[source[0]], source[1] - 1, source[1] - 1
        area.StartColumn = area.EndColumn = source[2] - 1
        address.Sheet, address.Row, address.Column = index[target[0]], target[1] - 1, target[2] - 1
        pages.getByName(target[0]).moveRange(address, area)
        self.document.calculateAll()
        return {"moved": True}

    def lines(self, sheet, axis, first, count, password=""):
        """Insert (count > 0) or delete rows or columns of a sheet, as its menu does."""
        page = self.document.Sheets.getByName(sheet)
        page.unprotect(password)
        lines = page.Rows if axis == "rows" else page.Columns
        if count > 0:
            lines.insertByIndex(first - 1, count)
        else:
            lines.removeByIndex(first - 1, -count)
        return {"done": True}

    def save(self, path, form="Calc MS Excel 2007 XML"):
        self.document.storeToURL(uno.systemPathToFileUrl(path), (setting("FilterName", form),))
        return {"saved": path}

    def convert(self, path, target, form):
        """Open a file and save it in a format, as ``soffice --convert-to`` does, without starting anew for it."""
        document = self._loaded(path)
        try:
            document.storeToURL(uno.systemPathToFileUrl(target), (setting("FilterName", form),))
        finally:
            document.close(True)
        return {"saved": target}

    def _loaded(self, path):
        url = uno.systemPathToFileUrl(path)
        return self.desktop.loadComponentFromURL(url, "_blank", 0, (setting("Hidden", True),))

    def close(self):
        self.document.close(True)
        self.document = None
        return {"closed": True}


main()
