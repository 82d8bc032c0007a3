"""Whose form a workbook is, which key signed it, and by which pack it is judged."""

from __future__ import annotations

from loithe_xl.draw import packs
from loithe_xl.draw.hidden import TOKEN_NAME
from loithe_xl.form.inputs import Grids
from loithe_xl.form.layout import Layout
from loithe_xl.form.loaded import Loaded, digest
from loithe_xl.identity.period import EARLIEST, LATEST, is_period
from loithe_xl.identity.token import Identity, Signed, agree, parse
from loithe_xl.intake.resemblance import compared_as, words_of
from loithe_xl.language.catalogue import LANGUAGES, text
from loithe_xl.language.issues import Fault, Issue, issue
from loithe_xl.pack.packfile import PACK_FILE
from loithe_xl.reading.received import Received
from loithe_xl.workbook.ownsheets import HIDDEN, PACK_FROM, TOKEN_CELL


def tokens_in(received: Received) -> list[str]:
    """The identity tokens that a workbook carries, in up to three places."""
    hidden = received.grids.get(HIDDEN)
    cell = hidden.get(*TOKEN_CELL) if hidden else None
    found = (received.custom.get(TOKEN_NAME), received.names.get(TOKEN_NAME), cell)
    return [str(token) for token in found if token]


def identified(received: Received) -> Signed | Issue:
    """Whose form a workbook says that it is, where its tokens agree and one key signed them; else why not."""
    token = agree(tokens_in(received))
    if isinstance(token, Issue):
        lost = token.code == "TOKEN_MISSING" and HIDDEN not in received.grids and _resembles(received)
        return token.saying(text("form.token_lost")) if lost else token
    signed = parse(token)
    if isinstance(signed, Issue):
        return signed
    identity, key = signed
    if not is_period(identity.period) or not EARLIEST <= identity.cutoff <= LATEST:
        return issue("TOKEN_MALFORMED")
    return Signed(token, identity, key)


def _resembles(received: Received) -> bool:
    """Whether a sheet says most of what an input sheet of the program's own forms says: a form that Numbers or the like
    saved again, without hidden sheets, names and properties."""
    said = [words_of(raw for _, _, raw in grid.cells()) for grid in received.grids.values()]
    for layout in (each for id in packs.own_ids() for each in packs.known(id).layouts.values()):
        for placed in layout.sheets:
            slots = [slot for slot in layout.slots.values() if slot.sheet == placed.sheet.name]
            for labels in ({compared_as(slot.field.label.to(lang)) for slot in slots} for lang in LANGUAGES):
                if labels and any(2 * len(labels & texts) > len(labels) for texts in said):
                    return True
    return False


def form_of(identity: Identity, by: Loaded | None, grids: Grids) -> tuple[Loaded, Layout]:
    """The pack of a form and the form's layout; Fault where either is not known. ``by`` as in ``open_file``."""
    loaded = pack_of(identity, by, grids)
    layout = loaded.layout_of(identity.digest)
    if layout is None:
        raise Fault([issue("LAYOUT_UNKNOWN", pack=identity.pack)])
    return loaded, layout


def pack_of(identity: Identity, by: Loaded | None, grids: Grids) -> Loaded:
    """The pack of a form: ``by`` and no other where it is given; else one of the program's, whatever the workbook
    carries under its name; else the copy in the workbook, where the issuer signed that very one."""
    if by:
        if by.pack.id == identity.pack:
            return by
        raise Fault([issue("PACK_OTHER", pack=identity.pack, expected=by.pack.id)])
    embedded = {} if packs.built_in(identity.pack) else _embedded(grids)
    if PACK_FILE not in embedded:
        return packs.known(identity.pack)
    if not identity.pack_digest:
        raise Fault([issue("PACK_UNSIGNED", pack=identity.pack)], 2)
    try:
        if digest(embedded) == identity.pack_digest:
            return packs.load_embedded(embedded)
    except Fault:  # what is wrong with it would quote what somebody wrote into a hidden sheet
        pass
    raise Fault([issue("PACK_EMBEDDED", pack=identity.pack)], 2)


def carries_pack(grids: Grids) -> bool:
    """Whether a workbook carries the pack that it was issued by, as a parent's of an office's own pack does."""
    return PACK_FILE in _embedded(grids)


def _embedded(grids: Grids) -> dict[str, bytes]:
    found: dict[int, dict[int, str]] = {}
    for row, column, value in grids[HIDDEN].cells() if HIDDEN in grids else ():
        if row >= PACK_FROM:
            found.setdefault(row, {})[column] = str(value)
    pieces = [[cells[column] for column in sorted(cells)] for cells in found.values()]
    return {path: "".join(words).encode() for path, *words in pieces}
