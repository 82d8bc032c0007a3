"""The second reading of a rule: an Excel formula (2010 functions only) that gives the very same value.

Truth is 1 or 0 and logic is arithmetic, so that no ``TRUE``/``FALSE`` literal is needed and a condition over whole
columns works inside SUMPRODUCT without array entry.
"""

from __future__ import annotations

from collections.abc import Mapping

from loithe_xl.rules.evaluate import DIGITS
from loithe_xl.rules.syntax import Binary, Call, Choose, Compare, Logic, Name, Node, Not, Number, String
from loithe_xl.workbook.celltext import literal
from loithe_xl.workbook.daynumbers import END_OF_DAYS, FIRST_DAY

References = Mapping[str, str]  # name in a rule -> reference or defined name in Excel


def formula(node: Node, references: References) -> str:
    """The Excel formula of a rule, without ``=``; it comes to what ``evaluate`` does. ``references``: cells of ids."""
    match node:
        case Number(value):
            return str(value)
        case String(value):
            return text_literal(value)
        case Name(id=name):
            return f"SUM({references[name]})"
        case Binary(operator, left, right):
            return f"({formula(left, references)}{operator}{formula(right, references)})"
        case Compare():
            return _compare(node, references)
        case Logic("and", parts):
            return "(" + "*".join(formula(part, references) for part in parts) + ")"
        case Logic(_, parts):
            return "SIGN(" + "+".join(formula(part, references) for part in parts) + ")"
        case Not(part):
            return f"(1-{formula(part, references)})"
        case Choose(condition, yes, no):
            return f"IF({','.join(formula(part, references) for part in (condition, yes, no))})"
        case Call():
            return _call(node, references)
    raise AssertionError(node)


def text_literal(value: str) -> str:
    """A text between the quotes that a formula needs."""
    return f'"{literal(value)}"'


def _compare(node: Compare, references: References) -> str:
    if node.on_text:
        left, right = (_text(part, references) for part in (node.left, node.right))
        exact = f"(EXACT({left},{right})*1)"
        return exact if node.operator == "=" else f"(1-{exact})"
    difference = f"{formula(node.left, references)}-{formula(node.right, references)}"
    return f"((ROUND({difference},{DIGITS}){node.operator}0)*1)"


def _text(node: Node, references: References) -> str:
    return references[node.id] if isinstance(node, Name) else formula(node, references)


def _call(node: Call, references: References) -> str:
    match node:
        case Call("month", (day,)):
            number = formula(day, references)
            return f"IF(({number}>={FIRST_DAY})*({number}<{END_OF_DAYS}),YEAR({number})*12+MONTH({number}),0)"
        case Call("rows", (condition,)):
            return f"SUMPRODUCT({_vector(condition, references)})"
        case Call(_, (Name(id=name), *_)):
            return _of_cells(node, references[name], references)
    raise AssertionError(f"no function of cells: {node}")


def _of_cells(node: Call, cell: str, references: References) -> str:
    """A function of one input or of one column, ``cell`` in the formula."""
    match node.function:
        case "sound":
            return f"(1-ISERROR({cell}))"
        case "filled":
            return f"((LEN(TRIM({cell}))>0)*1)"
        case "number":
            return f"(ISNUMBER({cell})*1)"
        case "whole":
            # As texts both have 15 digits in every program; as numbers some see 30.000000000000004 as whole, some not.
            return f'IF(ISNUMBER({cell}),({cell}&""=ROUND({cell},0)&"")*1,0)'
        case "length":
            return f"IF(ISTEXT({cell}),LEN({cell}),0)"
        case "one_of":
            items = [item.value for item in node.arguments[1:] if isinstance(item, String)]
            return "SIGN(" + "+".join(f"EXACT({cell},{text_literal(item)})" for item in items) + ")"
        case "first":
            by = _text(node.arguments[1], references)
            return f'IF(COUNT({by})=0,"",INDEX({cell},MATCH(MIN({by}),{by},0))&"")'
    return f"{node.function.upper()}({cell})"


def _vector(node: Node, references: References) -> str:
    match node:
        case Logic("and", parts):
            return "(" + "*".join(_vector(part, references) for part in parts) + ")"
        case Logic(_, parts):
            return "SIGN(" + "+".join(_vector(part, references) for part in parts) + ")"
        case Not(part):
            return f"(1-{_vector(part, references)})"
        case Compare() if node.on_text:
            return _compare(node, references)
        case Call("number", (Name(id=name),)):
            return f"(ISNUMBER({references[name]})*1)"
        case Call("filled", (Name(id=name),)):
            return f"((LEN(TRIM({references[name]}))>0)*1)"
    raise AssertionError(f"not over columns: {node}")
