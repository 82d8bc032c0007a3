"""What ``doctor`` answers, as JSON and in prose."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from loithe_xl.identity.token import fingerprint
from loithe_xl.intake.disclosure import Told
from loithe_xl.intake.examined import CellSeen, Difference, ExaminedInput, TokenPlace
from loithe_xl.language.catalogue import Text, text
from loithe_xl.language.notation import day, plain
from loithe_xl.tasks.doctor import Answer, Unlike
from loithe_xl.tasks.json_output import issue_json, number_json
from loithe_xl.tasks.text_output import issue_line

_T = TypeVar("_T")


def answers_json(answers: Sequence[Answer[_T]], one: Callable[[_T, str], dict[str, Any]], lang: str) -> dict[str, Any]:
    """``{"files": [{"file", "unit", "layout", "sealed", "found": […], "issues": […]}]}``; ``one`` makes what is in
    ``found``."""
    return {
        "files": [
            {
                "file": answer.file,
                "unit": answer.unit or None,
                "layout": answer.digest or None,
                "sealed": answer.sealed,
                "found": [one(each, lang) for each in answer.found],
                "issues": [issue_json(found, lang) for found in answer.issues],
            }
            for answer in answers
        ]
    }


def entry_json(entry: ExaminedInput, _: str) -> dict[str, Any]:
    """An input: ``held`` in its cell, ``read`` there."""
    place = {"id": entry.id, "row": entry.row or None, "sheet": entry.sheet, "cell": entry.cell, "kind": entry.kind}
    return {**place, "held": told_json(entry.held), "read": told_json(entry.read)}


def cell_json(seen: CellSeen, lang: str) -> dict[str, Any]:
    """A cell."""
    return {
        "sheet": seen.sheet,
        "cell": seen.cell,
        "held": told_json(seen.held),
        "read": told_json(seen.read) if seen.read else None,
        "format": seen.format or None,
        "shown": seen.shown,
        "locked": seen.locked,
        "hidden": seen.hidden,
        "formula": seen.formula,
        "field": seen.field or None,
        "kind": seen.kind or None,
        "issued": seen.issued,
        "issues": [issue_json(found, lang) for found in seen.issues],
    }


def difference_json(difference: Difference, lang: str) -> dict[str, Any]:
    """A difference: its fault, what the form says there, what the file holds."""
    held = told_json(difference.held)
    return {**issue_json(difference.fault, lang), "issued": difference.issued, "held": held}


def unlike_json(unlike: Unlike, _: str) -> dict[str, Any]:
    """An input that two files hold differently."""
    entry = unlike.entry
    place = {"id": entry.id, "row": entry.row or None, "sheet": entry.sheet, "cell": entry.cell, "kind": entry.kind}
    return {**place, "one": told_json(entry.read), "other": told_json(unlike.other)}


def token_json(token: TokenPlace, _: str) -> dict[str, Any]:
    """What one place says."""
    said = token.identity
    return {
        "place": token.place,
        "found": token.found,
        "valid": token.valid,
        "unit": (said.unit or None) if said else None,
        "period": said.period if said else None,
        "cutoff": said.cutoff.isoformat() if said else None,
        "deadline": said.deadline.isoformat() if said else None,
        "pack": said.pack if said else None,
        "layout": said.digest if said else None,
        "fingerprint": fingerprint(token.key) if token.key else None,
        "trusted": token.trusted,
    }


def told_json(told: Told) -> dict[str, Any]:
    """A value as far as it may be told."""
    number = isinstance(told.value, int | Decimal) and not isinstance(told.value, bool)
    value = number_json(told.value) if number else told.value  # type: ignore[arg-type]
    return {"stored": told.stored, "value": value, "length": told.length}


def layout_lines(answer: Answer[ExaminedInput], lang: str) -> Iterator[str]:
    """Every input with what was read there."""
    yield from _head(answer, "layout_head", lang)
    for entry in answer.found:
        key = "entry" if entry.held == entry.read else "entry_read"
        told = {"held": words(entry.held), "read": words(entry.read), "kind": text(f"doctor.kind_{entry.kind}")}
        yield text(f"doctor.{key}", place=f"{entry.sheet}!{entry.cell}", id=_id(entry), **told).to(lang)
    yield from _issues(answer, lang)


def cell_lines(answer: Answer[CellSeen], lang: str) -> Iterator[str]:
    """Each cell, a line for each thing that is known of it."""
    for seen in answer.found:
        yield text("doctor.cell_head", file=answer.file, place=f"{seen.sheet}!{seen.cell}").to(lang)
        kind = text(f"doctor.kind_{seen.kind}") if seen.kind else ""
        yield text(f"doctor.cell_{'field' if seen.field else 'no_field'}", id=seen.field, kind=kind).to(lang)
        yield text("doctor.cell_held", held=words(seen.held)).to(lang)
        if seen.read:
            yield text("doctor.cell_read", read=words(seen.read)).to(lang)
        for key in ("format", "shown", "formula", "issued"):
            if (said := getattr(seen, key)) not in (None, ""):
                yield text(f"doctor.cell_{key}", **{key: said}).to(lang)
        lock, view = "locked" if seen.locked else "open", "hidden" if seen.hidden else "seen"
        yield text(f"doctor.cell_{lock}").to(lang) + text(f"doctor.cell_{view}").to(lang)
    yield from _issues(answer, lang)


def diff_lines(answer: Answer[Difference], lang: str) -> Iterator[str]:
    """Every difference from the form that was issued."""
    if answer.issues and not answer.found:
        yield from _head(answer, "unread", lang)
        yield from _issues(answer, lang)
        return
    key = "diff_some" if answer.found else "diff_none"
    yield text(f"doctor.{key}", file=answer.file, count=len(answer.found)).to(lang)
    if answer.found and answer.sealed:
        yield text("doctor.diff_sealed").to(lang)
    for each in answer.found:
        yield "  " + issue_line(each.fault, lang)
        if each.issued is not None:
            yield text("doctor.diff_issued", issued=each.issued).to(lang)
            yield text("doctor.diff_held", held=words(each.held)).to(lang)


def unlike_lines(answer: Answer[Unlike], lang: str) -> Iterator[str]:
    """Every input in which two files differ."""
    if not answer.digest:
        yield from _issues(answer, lang)
        return
    key = "unlike_head" if answer.found else "same"
    yield text(f"doctor.{key}", file=answer.file, count=len(answer.found)).to(lang)
    for each in answer.found:
        place = f"{each.entry.sheet}!{each.entry.cell}"
        told = {"one": words(each.entry.read), "other": words(each.other)}
        yield text("doctor.unlike", place=place, id=_id(each.entry), **told).to(lang)


def token_lines(answer: Answer[TokenPlace], lang: str) -> Iterator[str]:
    """What each place says, and whether they agree."""
    if not answer.found:
        yield from _issues(answer, lang)
        return
    there = [token for token in answer.found if token.found]
    alike = len({(token.identity, token.key, token.valid) for token in there}) < 2
    whole = "token_agree" if len(there) == len(answer.found) else "token_fewer"
    key = "token_none" if not there else whole if alike else "token_conflict"
    yield text(f"doctor.{key}", file=answer.file, count=len(there)).to(lang)
    for number, token in enumerate(answer.found):
        state = "valid" if token.valid else "invalid" if token.found else "absent"
        told = {"place": text(f"doctor.place_{token.place}"), "state": text(f"doctor.state_{state}")}
        yield text("doctor.token_place", **told).to(lang)
        if token.identity and (not alike or not any(each.identity for each in answer.found[:number])):
            yield from _said(token, lang)
    yield from _issues(answer, lang)


def _said(token: TokenPlace, lang: str) -> Iterator[str]:
    said = token.identity
    if said is None:
        return
    days = {"cutoff": day(said.cutoff), "deadline": day(said.deadline)}
    told = {"unit": said.unit or "?", "period": said.period, "pack": said.pack, "digest": said.digest, **days}
    yield text("doctor.token_said", **told).to(lang)
    trust = text("doctor.trusted" if token.trusted else "doctor.stranger")
    yield text("doctor.token_key", print=fingerprint(token.key), trust=trust).to(lang)


def words(told: Told) -> Text:
    """A value in words."""
    if told.stored in ("blank", "error"):
        return text(f"doctor.{told.stored}")
    if told.value is None:
        return text("doctor.letters" if told.stored == "text" else "doctor.digits", length=told.length)
    if told.stored == "number" and isinstance(told.value, str):
        return text("doctor.day", value=day(date.fromisoformat(told.value)))
    number = isinstance(told.value, int | Decimal) and not isinstance(told.value, bool)
    return text(f"doctor.{told.stored}", value=plain(told.value) if number else told.value)  # type: ignore[arg-type]


def _id(entry: ExaminedInput) -> str | Text:
    return text("doctor.row", id=entry.id, row=entry.row) if entry.row else entry.id


def _head(answer: Answer[_T], key: str, lang: str) -> Iterator[str]:
    told = {"file": answer.file, "unit": answer.unit, "digest": answer.digest, "count": len(answer.found)}
    yield text(f"doctor.{key if answer.found else 'unread'}", **told).to(lang)


def _issues(answer: Answer[_T], lang: str) -> Iterator[str]:
    yield from ("  " + issue_line(found, lang) for found in answer.issues)
