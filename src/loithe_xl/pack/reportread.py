"""Reads the wording of a tier's report out of a pack's TOML; every fault is named by file and key."""

from __future__ import annotations

from loithe_xl.language.catalogue import catalogue
from loithe_xl.language.issues import Issue
from loithe_xl.pack.annexread import read_annex, read_opinions_annex
from loithe_xl.pack.fields import read_rule
from loithe_xl.pack.profile import PROFILES, profile_faults
from loithe_xl.pack.reportspec import (
    Entry,
    Issuer,
    Opinions,
    Ranking,
    Recipients,
    ReportPart,
    Sentence,
    ToWrite,
    Wording,
)
from loithe_xl.pack.rulecheck import figure_faults
from loithe_xl.pack.sentences import SentenceReader
from loithe_xl.pack.spec import Pack
from loithe_xl.pack.toml import Faults, TomlTable
from loithe_xl.rules.syntax import Node

_WORDS = (
    "party",
    "above_blank",
    "star",
    "number",
    "place_date",
    "place_blank",
    "type",
    "subject",
    "dashes",
    "spelling",
)
PERCENTS = {"25,76%": "", "25,76 %": " "}  # how an office may write a percentage -> what stands before its sign


def faults(pack: Pack) -> list[Issue]:
    """Everything wrong with a pack's report wording and profiles, for its loading."""
    tiers = [name for name in pack.report if name != PROFILES]
    return profile_faults(pack) + [
        found for tier in tiers if not isinstance(read := read_wording(pack, tier), Wording) for found in read
    ]


def read_wording(pack: Pack, tier: str) -> Wording | list[Issue]:
    """The wording of one tier's report, or its faults. The pack must have a table for that tier."""
    found = Faults()
    main = TomlTable({**catalogue("report_heads"), **pack.report[tier]}, f"report/{tier}.toml", "", found)
    form = next((each for each in pack.forms.values() if each.tier == tier and each.parent), None)
    if form is None:
        main.fault(
            "PACK_REFERENCE", value=tier, known=", ".join(each.tier for each in pack.forms.values() if each.parent)
        )
        return list(found.found)
    reader = SentenceReader(form, pack)
    words = {key: reader.template(main, key) for key in _WORDS}
    words["percent"] = PERCENTS.get(main.choice("percent", PERCENTS), "")
    digits = 2 if main.boolean("two_digits") else 1
    words |= _signature(reader, main)
    heading, recipients = _recipients(reader, main)
    words["recipients.heading"] = heading
    issuers = tuple(_issuer(reader, each) for each in main.blocks("issuers"))
    figures = _figures(reader, main)
    sections = tuple(_section(reader, each) for each in main.blocks("sections"))
    annexes = read_annex(reader, main), read_opinions_annex(reader, main)
    main.close()
    if found.found:
        return list(found.found)
    return Wording(words, digits, recipients, issuers, figures, sections, *annexes)


def _signature(reader: SentenceReader, main: TomlTable) -> dict[str, str]:
    block = main.block("signature")
    if block is None:
        main.fault("PACK_KEY_MISSING", "signature", key="signature")
        return {}
    words = {f"signature.{key}": reader.template(block, key) for key in ("authority", "position")}
    block.close()
    return words


def _recipients(reader: SentenceReader, main: TomlTable) -> tuple[str, tuple[Recipients, ...]]:
    """The heading, and who receives the report: the lists in the order of their days, the first without one."""
    block = main.block("recipients")
    if block is None:
        main.fault("PACK_KEY_MISSING", "recipients", key="recipients")
        return "", ()
    heading, lists = reader.template(block, "heading"), [Recipients(reader.templates(block, "items"))]
    for each in block.blocks("later"):
        lists.append(Recipients(reader.templates(each, "items"), each.day("start")))
        each.close()
    block.close()
    return heading, tuple(lists)


def _issuer(reader: SentenceReader, block: TomlTable) -> Issuer:
    """One way to head documents."""
    found = Issuer(
        block.strings("starts", required=True),
        reader.template(block, "head"),
        reader.template(block, "organisation"),
        block.string("committee", required=True),
        block.string("area"),
        block.string("symbol", required=True),
        block.boolean("placeless"),
    )
    block.close()
    return found


def _figures(reader: SentenceReader, main: TomlTable) -> dict[str, Node]:
    """The report's own figures; each may use those above it."""
    block = main.block("figures")
    if block is None:
        return reader.own
    for id in block.table:
        if (rule := read_rule(block, id)) is not None:
            block.faults.note(figure_faults(rule, reader.scope, block.place(id)))
            reader.own[id] = rule
    return reader.own


def _section(reader: SentenceReader, block: TomlTable) -> ReportPart:
    """One section with its lines."""
    id, heading = block.id(), reader.template(block, "heading", required=False)
    entries = tuple(_entry(reader, each) for each in block.blocks("lines"))
    block.close()
    return ReportPart(id, heading, entries)


def _entry(reader: SentenceReader, block: TomlTable) -> Entry:
    entry: Entry
    match block.choice("kind", ("sentence", "ranking", "opinions", "to_write"), "sentence"):
        case "ranking":
            entry = _ranking(reader, block)
        case "opinions":
            entry = _opinions(reader, block)
        case "to_write":
            entry = ToWrite(block.id(), reader.template(block, "text"))
        case _ if block.has("choices"):
            entry = Sentence(block.id(), reader.choices(block, "choices"))
        case _:
            entry = Sentence(block.id(), (reader.choice(block),))
    block.close()
    return entry


def _ranking(reader: SentenceReader, block: TomlTable) -> Ranking:
    pattern, indicators = block.string("figures", required=True), reader.pack.indicators
    prefix = pattern.removesuffix("*")
    if not any(id.startswith(prefix) for id in indicators):
        block.fault("PACK_REFERENCE", "figures", value=pattern, known=", ".join(indicators))
    named = "label", "count"
    return Ranking(
        block.id(),
        prefix,
        reader.template(block, "intro"),
        reader.template(block, "item", *named),
        reader.template(block, "partial", *named),
        block.integer("limit", least=1, most=100),
        reader.template(block, "rest", "items"),
        reader.template(block, "short", *named),
        reader.choices(block, "none"),
    )


def _opinions(reader: SentenceReader, block: TomlTable) -> Opinions:
    return Opinions(
        block.id(),
        block.choice("field", reader.pack.texts),
        reader.template(block, "intro"),
        reader.template(block, "own", "text"),
        reader.template(block, "item", "text"),
        reader.template(block, "shared", "text", "others"),
        block.integer("limit", least=1, most=500),
        block.integer("letters", least=40, most=5000),
        reader.template(block, "more", "left"),
        reader.template(block, "whole", required=False),
    )
