"""Reads what a pack says of a report's annexes: the table by unit with its chart, and the list of opinions."""

from __future__ import annotations

import re

from loithe_xl.pack.reportspec import Annex, ChartWording, Column, Group, OpinionsAnnex, Series
from loithe_xl.pack.sentences import SentenceReader
from loithe_xl.pack.toml import TomlTable
from loithe_xl.register.register import TIERS

_COLOUR = re.compile(r"[0-9A-F]{6}")


def read_annex(reader: SentenceReader, main: TomlTable) -> Annex | None:
    """The table and its chart; None where the report has no table."""
    block = main.block("annex")
    if block is None:
        return None
    columns = tuple(_column(reader, each) for each in block.blocks("columns"))
    found = Annex(
        title=reader.template(block, "title"),
        subject=reader.template(block, "subject"),
        note=reader.template(block, "note", "attached"),
        total=reader.template(block, "total"),
        columns=columns,
        groups=tuple(_group(each) for each in block.blocks("groups")),
        chart=_chart(reader, block, columns),
    )
    block.close()
    return found


def read_opinions_annex(reader: SentenceReader, main: TomlTable) -> OpinionsAnnex | None:
    """The list of all opinions; None where the report has none."""
    block = main.block("opinions")
    if block is None:
        return None
    found = OpinionsAnnex(
        title=reader.template(block, "title"),
        subject=reader.template(block, "subject"),
        note=reader.template(block, "note", "attached"),
        own=reader.template(block, "own"),
        shared=reader.template(block, "shared", "names", "others"),
        none=reader.template(block, "none"),
    )
    block.close()
    return found


def _column(reader: SentenceReader, block: TomlTable) -> Column:
    kind = block.choice("kind", ("count", "rate"))
    known = [*reader.pack.indicators, *reader.form.derived_by_id]
    id = block.id() if kind == "rate" else block.choice("id", known)
    of, over = (block.choice(key, known) if kind == "rate" else "" for key in ("of", "over"))
    column = Column(id, block.string("label", required=True), kind, block.boolean("register"), of, over)
    block.close()
    return column


def _group(block: TomlTable) -> Group:
    found = Group(block.choice("tier", TIERS), block.string("label", required=True), block.boolean("together"))
    block.close()
    return found


def _chart(reader: SentenceReader, annex: TomlTable, columns: tuple[Column, ...]) -> ChartWording | None:
    block = annex.block("chart")
    if block is None:
        return None
    counts = [each.id for each in columns if each.kind == "count"]
    rates = {each.id: each for each in columns if each.kind == "rate"}
    found = ChartWording(
        title=reader.template(block, "title"),
        together=reader.template(block, "together", "label", "count"),
        rest=reader.template(block, "rest", "count"),
        lag=rates.get(block.choice("lag", rates)),
        series=tuple(_series(reader, each, counts) for each in block.blocks("series")),
    )
    block.close()
    return found


def _series(reader: SentenceReader, block: TomlTable, counts: list[str]) -> Series:
    label, colour = block.string("label", required=True), block.string("colour", required=True)
    if not _COLOUR.fullmatch(colour):
        block.fault("PACK_CHOICE", "colour", value=colour, allowed="RRGGBB")
    found = Series(block.choice("id", counts), label, colour, block.boolean("hatched"))
    if found.id in reader.pack.sensitive:
        block.fault("PACK_SENSITIVE_CHART", "id", id=found.id)  # a bar of a single unit cannot be left out
    block.close()
    return found
