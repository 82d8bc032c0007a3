"""VBA source as text: its physical and logical lines, and the procedures it declares."""

from __future__ import annotations

import re

LINE_END = re.compile(r"\r\n|\r|\n")
STRING = re.compile(r'"[^"]*"')
PROCEDURE = re.compile(
    r"\s*(?:(?:Public|Private|Friend|Static)\s+)*(?:Sub|Function)\s+([A-Z]\w*)[%&^!#@$]?\s*(\(.*)?", re.IGNORECASE
)


def lines(source: str) -> list[str]:
    """The physical lines, whatever ends them; a line end at the very end starts no line of its own."""
    found = LINE_END.split(source)
    return found if found[-1] else found[:-1]


def procedures(source: str) -> dict[str, int]:
    """Name -> number of parameters of every Sub and Function; no properties, no Declare statements.

    Names are spelled as declared. Of a procedure declared twice (conditional compilation) the last one counts.
    """
    found = {}
    for line in _logical_lines(source):
        # Without strings: they may hold commas and brackets.
        if match := PROCEDURE.match(STRING.sub('""', line)):
            found[match[1]] = _parameters(match[2] or "()")
    return found


def _logical_lines(source: str) -> list[str]:
    joined, pending = [], ""
    for line in lines(source):
        if re.search(r"\s_\s*$", line):
            pending += line.rstrip()[:-1]
        else:
            joined.append(pending + line)
            pending = ""
    return [*joined, pending]


def _parameters(text: str) -> int:
    """How many parameters a list in brackets has; brackets within (arrays) belong to one parameter."""
    depth, commas = 0, 0
    for at, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")")
        commas += sign == "," and depth == 1
        if depth == 0:
            return commas + 1 if text[1:at].strip() else 0
    raise ValueError(f"the brackets of {text!r} do not close")
