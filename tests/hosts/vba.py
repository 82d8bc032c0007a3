"""LibreOffice as Excel for the built add-in: run by the interpreter that has ``uno``, one JSON request a line on stdin.

Requests: ``load`` (path of the add-in), ``call`` (macro, arguments), ``put`` (module, source), ``write`` (sheet, key,
value), ``open`` and ``close`` (path of a workbook). ``hosts/addin.py`` asks them.

The modules in ``basic/`` are put into the loaded add-in, in memory. Some replace modules that cannot run here:
``xlwings`` and ``Dictionary``, which Basic does not compile, and ``LoitheHost``, which holds what only Excel on Windows
has; they record what they are asked. ``Desk`` is where tests press buttons. A hidden document is never active for
LibreOffice's VBA layer, and a visible one needs a screen: so ``LoitheBook`` answers the workbook that ``Desk.Front``
names.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException
from com.sun.star.script import ModuleInfo
from com.sun.star.script.ModuleType import CLASS, NORMAL

TRIES, PAUSE = 150, 0.2
HIDDEN = (("Hidden", True), ("MacroExecutionMode", 4))
ADDIN = (*HIDDEN, ("FilterName", "Calc MS Excel 2007 VBA XML"))  # LibreOffice does not know .xlam by itself
LIBRARY = "LoitheXL"
BASIC = Path(__file__).with_name("basic")
HEADS = {NORMAL: "VBAModule", CLASS: "VBAClassModule"}
KINDS = {".bas": NORMAL, ".cls": CLASS}


def main():
    profile = tempfile.TemporaryDirectory(prefix="loithe-vba-")
    pipe = f"loithevba{os.getpid()}"
    program = [sys.argv[1], "--headless", "--norestore", "--nologo", "--nodefault"]
    program += [f"-env:UserInstallation=file://{profile.name}", f"--accept=pipe,name={pipe};urp;"]
    office = subprocess.Popen(program, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        host = Host(connect(pipe), profile.name)
        answer({"ready": True})
        for line in sys.stdin:
            request = json.loads(line)
            try:
                answer(getattr(host, request.pop("op"))(**request))
            except Exception as error:
                answer({"failed": f"{type(error).__name__}: {error}"})
        host.leave()
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


class Host:
    def __init__(self, context, folder):
        self.desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
        self.folder, self.addin, self.books = folder, None, {}

    def load(self, path):
        """A copy of the add-in, with the modules of ``basic/``; answers the sources that LibreOffice read."""
        self.leave()
        copy = Path(self.folder, Path(path).name)
        shutil.copyfile(path, copy)
        self.addin = self._opened(str(copy), ADDIN)
        library = self.addin.BasicLibraries.getByName(LIBRARY)
        modules = {name: library.getByName(name) for name in library.ElementNames}
        for file in sorted(BASIC.iterdir()):
            self.put(file.stem, file.read_text(encoding="ascii"), KINDS[file.suffix])
        return {"modules": modules, "sheets": list(self.addin.Sheets.ElementNames)}

    def put(self, module, source, kind=NORMAL):
        """A module with another source; one that is there stays of its kind."""
        library = self.addin.BasicLibraries.getByName(LIBRARY)
        there = library.hasByName(module)
        kind = library.getModuleInfo(module).ModuleType if there else kind
        head = f"Rem Attribute VBA_ModuleType={HEADS[kind]}\nOption VBASupport 1\n"
        head += "Option ClassModule\n" if kind == CLASS else ""
        if not there:
            info = ModuleInfo()
            info.ModuleType = kind
            library.insertModuleInfo(module, info)
        (library.replaceByName if there else library.insertByName)(module, head + source)
        return {"put": module}

    def call(self, macro, arguments=()):
        """A macro's answer; None and "" come from one module, any, that does not compile."""
        where = f"vnd.sun.star.script:{LIBRARY}.{macro}?language=Basic&location=document"
        script = self.addin.getScriptProvider().getScript(where)
        return {"answer": script.invoke(tuple(arguments), (), ())[0]}

    def open(self, path):
        """Another workbook; open it stays until it is closed."""
        self.books[path] = self._opened(path, (*HIDDEN, ("ReadOnly", True)))  # no lock file beside it
        return {"sheets": list(self.books[path].Sheets.ElementNames)}

    def close(self, path):
        self.books.pop(path).close(True)
        return {"closed": path}

    def write(self, sheet, key, value):
        """A value of the add-in's own sheets: the one beside a key."""
        page = self.addin.Sheets.getByName(sheet)
        found = [row for row in range(100) if page.getCellByPosition(0, row).String == key]
        before = page.getCellByPosition(1, found[0]).String
        page.getCellByPosition(1, found[0]).String = value
        return {"before": before}

    def leave(self):
        """Close everything, or lock files would stay."""
        for book in [*self.books.values(), self.addin]:
            if book:
                book.close(True)
        self.books, self.addin = {}, None

    def _opened(self, path, how):
        url = uno.systemPathToFileUrl(path)
        return self.desktop.loadComponentFromURL(url, "_blank", 0, tuple(setting(*each) for each in how))


main()
