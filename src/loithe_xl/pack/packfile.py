"""A pack's folder becomes a Pack, or a Fault that lists everything wrong with it by file and key."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path, PurePosixPath

from loithe_xl.identity.period import is_period
from loithe_xl.language.catalogue import Text
from loithe_xl.language.issues import Fault, Issue, Place, Severity, issue
from loithe_xl.pack.campaign import Document, Scheme
from loithe_xl.pack.fields import Common, read_section
from loithe_xl.pack.forms import checked_form, read_forms, read_group
from loithe_xl.pack.kinds import NO, YES
from loithe_xl.pack.mainfigures import main_figures, read_main
from loithe_xl.pack.names import list_faults
from loithe_xl.pack.reportread import faults as wording_faults
from loithe_xl.pack.spec import Editions, Form, Pack
from loithe_xl.pack.toml import Faults, TomlTable, parse
from loithe_xl.pack.whole import note_between_forms
from loithe_xl.register.register import TIERS

PACK_FILE = "pack.toml"
ISSUED = "issued"  # the folder of the editions from which forms were sent out, each as the pack was then
# A pack, one of its forms, and where each id of it is stated, by (kind, id) as in ``ReadForm.places``.
Further = Callable[[Pack, Form, Mapping[tuple[str, str], Place]], Iterable[Issue]]


def _nothing(pack: Pack, form: Form, places: Mapping[tuple[str, str], Place]) -> Iterable[Issue]:
    return ()


def load(folder: Path) -> Pack:
    """The pack in a folder; Fault (exit code 2) with every fault found when it has any."""
    return load_files(read_folder(folder))


def read_folder(folder: Path) -> dict[str, bytes]:
    """Every file of a pack by its path within the folder, with ``/``, those of its issued editions included.

    Raises a Fault when there is no pack to read.
    """
    try:
        rooms = "*.toml", "*/*.toml", f"{ISSUED}/*/*.toml", f"{ISSUED}/*/*/*.toml"
        found = {path for room in rooms for path in folder.glob(room)}
        files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(found)}
    except OSError as error:
        raise Fault([issue("PACK_UNREADABLE", Place(file=str(folder)), fault=error.strerror)], 2) from error
    if PACK_FILE not in files:
        raise Fault([issue("PACK_FILE_MISSING", Place(file=str(folder)), path=PACK_FILE)], 2)
    return files


def load_files(files: Mapping[str, bytes], further: Further = _nothing) -> Pack:
    """The pack whose files are given by their paths (``pack.toml`` among them); the same faults as ``load``.

    ``further``: what else is asked of each form of a pack that is sound so far; its faults count as any other.
    """
    faults = Faults()
    issued = {path: content for path, content in files.items() if path.startswith(f"{ISSUED}/")}
    own = {path: content for path, content in files.items() if path not in issued}
    if PACK_FILE not in own:
        faults.add("PACK_FILE_MISSING", Place(), path=PACK_FILE)
    blocks = parse(own, faults)
    pack = _pack(blocks, faults, further) if PACK_FILE in blocks else None
    errors = faults.of(Severity.ERROR)
    if errors or pack is None:
        raise Fault(sorted(errors, key=lambda each: each.place.file), 2)
    warnings = tuple(faults.of(Severity.WARNING))
    return replace(pack, warnings=warnings, read_editions=partial(read_editions, issued) if issued else Editions)


def read_editions(files: Mapping[str, bytes]) -> Editions:
    """The issued editions among a pack's files; one with faults is left out, and they are told by its paths."""
    parts: dict[str, dict[str, bytes]] = {}
    for path in sorted(files):
        name, _, within = path.removeprefix(f"{ISSUED}/").partition("/")
        parts.setdefault(name, {})[within] = files[path]
    packs: dict[str, Pack] = {}
    faults: list[Issue] = []
    for name, held in parts.items():
        try:
            packs[name] = load_files(held)
        except Fault as fault:
            faults += (each.in_file(f"{ISSUED}/{name}/{each.place.file}".rstrip("/")) for each in fault.issues)
    return Editions(packs, tuple(faults))


def _pack(blocks: Mapping[str, TomlTable], faults: Faults, further: Further) -> Pack:
    main = blocks[PACK_FILE]
    id, title, campaign = main.id(), main.text("title", required=True), main.text("campaign", required=True)
    start, end = _window(main)
    common = Common(_lists(main), _units(main), start, end, faults)
    schemes = _schemes(main)
    scheme = main.choice("scheme", schemes)
    documents = tuple(found for each in main.blocks("documents") if (found := _document(each)))
    password, period = main.string("password", required=True), _period(main)
    deadline = main.integer("deadline_days", least=0, most=366)
    smallest = main.integer("smallest_shown", Pack.smallest_shown, least=3, most=100)
    order = main.strings("forms", required=True)
    chosen = read_main(main)
    main.close()
    sections = {name: read_section(block, name, common) for name, block in _room(blocks, "sections").items()}
    groups = {name: read_group(block, common) for name, block in _room(blocks, "derived").items()}
    forms = read_forms(_room(blocks, "forms"), sections, groups, common)
    for name in order:
        if name not in forms and f"forms/{name}.toml" not in faults.unread:
            main.fault("PACK_REFERENCE", "forms", value=name, known=", ".join(forms))
    ordered = [forms[name] for name in dict.fromkeys(order) if name in forms]
    report = {name: block.table for name, block in _room(blocks, "report").items()}
    drafts = {each.form.id: each.form for each in ordered}
    pack = Pack(id, title, campaign, start, end, password, period, deadline, scheme, drafts, documents, schemes, report)
    pack = replace(pack, smallest_shown=smallest)
    note_between_forms(pack, ordered, faults)
    settled = {each.form.id: checked_form(each, pack, faults) for each in ordered}
    used = {file for each in ordered for file in each.files} | {PACK_FILE, *(f"report/{name}.toml" for name in report)}
    if faults.complete:
        for file in blocks.keys() - used:
            faults.add("PACK_FILE_UNUSED", Place(file=file))
    loaded = replace(pack, forms=settled)
    if faults.complete and not faults.of(Severity.ERROR):
        first = main_figures(loaded, chosen)
        loaded = replace(loaded, main_of_cells=first["cells"], main_of_units=first["units"])
        faults.note(wording_faults(loaded))
        for each in ordered:
            faults.note(further(loaded, settled[each.form.id], each.places()))
    return loaded


def _room(blocks: Mapping[str, TomlTable], room: str) -> dict[str, TomlTable]:
    """The files of one folder, by their names without ending."""
    return {PurePosixPath(file).stem: block for file, block in blocks.items() if file.startswith(f"{room}/")}


def _window(main: TomlTable) -> tuple[date, date]:
    start, end = main.day("start"), main.day("end")
    if start and end and end < start:
        main.fault("PACK_DATES_ORDER", "end")
    return start or date.min, end or date.max


def _period(main: TomlTable) -> str:
    period = main.string("period", required=True)
    if period and not is_period(period):
        main.fault("PACK_PERIOD", "period", value=period)
    return period


def _lists(main: TomlTable) -> dict[str, tuple[str, ...]]:
    lists: dict[str, tuple[str, ...]] = {}
    if block := main.block("lists"):
        for name in block.table:
            lists[name] = block.strings(name)
            for code, what in list_faults(lists[name]):
                block.fault(code, name, value=what)
    if main.has("lists") and lists.get("yesno", (YES, NO)) != (YES, NO):
        main.fault("PACK_CHOICE", "lists.yesno", value=", ".join(lists["yesno"]), allowed=f"{YES}, {NO}")
    return lists


def _units(main: TomlTable) -> dict[str, Text]:
    block = main.block("units")
    return {name: block.text(name) for name in block.table} if block else {}


def _schemes(main: TomlTable) -> dict[str, Scheme]:
    found = {}
    for id, block in main.named_blocks("schemes").items():
        tiers = block.strings("tiers", required=True)
        for tier in tiers:
            if tier not in TIERS:
                block.fault("PACK_CHOICE", "tiers", value=tier, allowed=", ".join(TIERS))
        start, end = block.day("start"), block.day("end", required=False)
        if start and end and end < start:
            block.fault("PACK_DATES_ORDER", "end")
        block.close()
        found[id] = Scheme(id, tiers, start or date.min, end)
    return found


def _document(block: TomlTable) -> Document | None:
    kind, issuer = block.text("type", required=True), block.text("issuer", required=True)
    number, day, subject = block.string("number", required=True), block.day("date"), block.text("subject")
    symbol = block.string("symbol")
    if not block.has("symbol"):
        block.fault("PACK_DOCUMENT_SYMBOL", "symbol", number=number)
    block.close()
    return Document(kind, number, issuer, day, symbol, subject) if day else None
