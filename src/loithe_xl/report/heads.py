"""What the heads of a Party document are made of: how organisations and committees are called, number and day."""

from __future__ import annotations

from loithe_xl.pack.reportspec import Issuer, Wording
from loithe_xl.rules.excel import text_literal

DAY = "ngày"  # where the date begins in the line of place and date


def attached_to(number: str, place_date: str, kind: str) -> str:
    """``Báo cáo số 05-BC/HU, ngày 06 tháng 3 năm 2023``, from the heads as they now read."""
    _, found, when = place_date.partition(DAY)
    return f"{kind.capitalize()} {number[:1].lower()}{number[1:]}" + (f", {found}{when}" if found else "")


def attached_formula(kind: str, number: str, place_date: str) -> str:
    """A formula that gives what ``attached_to`` gives, over the cells of number and date: these are often filled in
    last."""
    day = text_literal(DAY)
    when = f'IF(ISNUMBER(FIND({day},{place_date})),", "&MID({place_date},FIND({day},{place_date}),99),"")'
    return f"{text_literal(f'{kind.capitalize()} ')}&LOWER(LEFT({number},1))&MID({number},2,99)&{when}"


def called_in_heads(wording: Wording, name: str, above: str, kind: str) -> dict[str, str]:
    """How this organisation and the one above are called in heads and sentences."""
    issuer, rest = _issuer(wording, name, kind)
    superior, above_rest = _issuer(wording, above or wording.words["above_blank"], "")
    organisation = superior.organisation.replace("{name}", _upper(above_rest))
    own = rest.split("(")[0].strip()
    return {
        "head_issuer": issuer.head.replace("{name}", _upper(rest)),
        "head_above": organisation if above else wording.words["above_blank"],
        "committee": issuer.committee,
        "committee_above": superior.committee,
        "area": issuer.area,
        "symbol": issuer.symbol,
        "place": wording.words["place_blank"] if issuer.placeless or not own else own,
    }


def _issuer(wording: Wording, name: str, kind: str) -> tuple[Issuer, str]:
    """The way of heading that fits a name, and what is left of the name; else the one that fits the unit's kind."""
    folded = name.casefold()
    for issuer in wording.issuers:
        start = next((start for start in issuer.starts if start and folded.startswith(start.casefold())), None)
        if start:
            return issuer, name[len(start) :]
    by_kind = [each for each in wording.issuers if kind and f"{kind.casefold()} " in map(str.casefold, each.starts)]
    return (by_kind or wording.issuers)[0 if by_kind else -1], name


def _upper(name: str) -> str:
    """Capitals, but for what stands in brackets."""
    head, bracket, rest = name.partition("(")
    return head.upper() + bracket + rest
