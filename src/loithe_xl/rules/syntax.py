"""Rules once: a rule's text becomes a small syntax tree; ``evaluate`` and ``excel`` are its two readings."""

from __future__ import annotations

import ast
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

Comparison = dict[type[ast.cmpop], str]
COMPARISONS: Comparison = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "=",
    ast.NotEq: "<>",
}
LARGEST = 10**15  # Excel keeps 15 digits
DEEPEST = 200  # levels of a rule, far beyond what Excel nests: all that reads it goes down level by level
OPERATORS: dict[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}

# name -> (fewest, most arguments); which arguments are names of columns is said in COLUMN_FUNCTIONS
FUNCTIONS = {
    "sound": (1, 1),  # the cell holds no Excel error
    "filled": (1, 1),  # something other than spaces
    "number": (1, 1),
    "whole": (1, 1),
    "one_of": (2, 40),
    "month": (1, 1),  # months since year 0, to compare across years; 0 for what is no date
    "length": (1, 1),
    "count": (1, 1),  # numbers in a column
    "sum": (1, 1),
    "min": (1, 1),  # 0 when the column holds no number, as in Excel
    "max": (1, 1),
    "first": (2, 2),  # text of column 1 in the row where column 2 is smallest
    "rows": (1, 1),  # rows for which a condition over columns holds
}
COLUMN_FUNCTIONS = frozenset({"count", "sum", "min", "max", "first", "rows"})


class RuleError(ValueError):
    """A rule's text is not in the language."""


class Tree:
    """What all nodes share: room for the functions that ``evaluate`` makes of a rule once, which are no part of it."""

    __slots__ = ("made",)
    made: object


@dataclass(frozen=True, slots=True)
class Number(Tree):
    """A literal number."""

    value: Decimal


@dataclass(frozen=True, slots=True)
class String(Tree):
    """A literal text."""

    value: str


@dataclass(frozen=True, slots=True)
class Name(Tree):
    """A field, a derived figure, a constant, or a column (``table.column``)."""

    id: str


@dataclass(frozen=True, slots=True)
class Binary(Tree):
    """Arithmetic on two operands: + - * /."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Compare(Tree):
    """A comparison, in Excel's spelling of the operator."""

    operator: str
    left: Node
    right: Node

    @property
    def on_text(self) -> bool:
        """Whether texts are compared (letter by letter) and not numbers."""
        return is_text(self.left) or is_text(self.right)


@dataclass(frozen=True, slots=True)
class Logic(Tree):
    """``and`` or ``or`` over two or more parts."""

    operator: str
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not(Tree):
    """Negation."""

    part: Node


@dataclass(frozen=True, slots=True)
class Choose(Tree):
    """``a if condition else b``."""

    condition: Node
    yes: Node
    no: Node


@dataclass(frozen=True, slots=True)
class Call(Tree):
    """A function of FUNCTIONS."""

    function: str
    arguments: tuple[Node, ...]


Node = Number | String | Name | Binary | Compare | Logic | Not | Choose | Call


def parse(rule: str) -> Node:
    """The syntax tree of a rule's text, such as ``reviewed <= members and (held or reviewed == 0)``.

    Raises RuleError for what is no rule: other names of functions, attributes, mixed kinds.
    """
    try:
        tree = _node(ast.parse(rule.strip(), mode="eval").body)
        if _deeper(tree, DEEPEST):
            raise RuleError(f"too long or unreadable: {rule[:60]}")
        return tree
    except SyntaxError as error:
        raise RuleError(f"{error.msg}: {rule}") from None
    except RuleError:
        raise
    except (ValueError, RecursionError, MemoryError):  # a NUL byte, thousands of operands
        raise RuleError(f"too long or unreadable: {rule[:60]}") from None


def names(node: Node) -> frozenset[str]:
    """Every name a rule uses."""
    if isinstance(node, Name):
        return frozenset({node.id})
    return frozenset().union(*(names(part) for part in children(node)))


def may_be_fraction(node: Node, fractional: Collection[str]) -> bool:
    """Whether what a rule gives need not be whole, when the names that need not be are ``fractional``."""
    match node:
        case Name(id):
            return id in fractional
        case Number(value):
            return value != int(value)
        case Binary("/", _, _):
            return True
        case Binary(_, left, right) | Choose(_, left, right):
            return may_be_fraction(left, fractional) or may_be_fraction(right, fractional)
        case Call("sum" | "min" | "max", (column,)):
            return may_be_fraction(column, fractional)
    return False


def children(node: Node) -> tuple[Node, ...]:
    """The direct parts of a node."""
    match node:
        case Binary(_, left, right) | Compare(_, left, right):
            return left, right
        case Logic(_, parts) | Call(_, parts):
            return parts
        case Not(part):
            return (part,)
        case Choose(condition, yes, no):
            return condition, yes, no
        case _:
            return ()


def _deeper(node: Node, most: int) -> bool:
    level: list[Node] = [node]
    for _ in range(most):
        level = [part for each in level for part in children(each)]
    return bool(level)


def columns_used(node: Node) -> frozenset[str]:
    """The names that stand where a column is meant."""
    if isinstance(node, Call) and node.function in COLUMN_FUNCTIONS:
        return names(node)
    return frozenset().union(*(columns_used(part) for part in children(node)))


def is_text(node: Node) -> bool:
    """Whether a node is a text by itself."""
    return isinstance(node, String) or (isinstance(node, Call) and node.function == "first")


def _node(tree: ast.AST) -> Node:
    match tree:
        case ast.Constant(value=bool()):
            raise RuleError("True/False are not in the language; compare instead")
        case ast.Constant(value=int() | float() as value) if abs(value) < LARGEST:
            return Number(Decimal(str(value)))
        case ast.Constant(value=str() as value):
            return String(value)
        case ast.Name(id=name):
            return Name(name)
        case ast.Attribute(value=ast.Name(id=table), attr=column):
            return Name(f"{table}.{column}")
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return Not(_node(operand))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return Binary("-", Number(Decimal(0)), _node(operand))
        case ast.BinOp(left=left, op=operator, right=right) if type(operator) in OPERATORS:
            return Binary(OPERATORS[type(operator)], _node(left), _node(right))
        case ast.Compare(left=left, ops=[operator], comparators=[right]) if type(operator) in COMPARISONS:
            return _compare(COMPARISONS[type(operator)], _node(left), _node(right))
        case ast.BoolOp(op=operator, values=values):
            return Logic("and" if isinstance(operator, ast.And) else "or", tuple(map(_node, values)))
        case ast.IfExp(test=test, body=body, orelse=orelse):
            return Choose(_node(test), _node(body), _node(orelse))
        case ast.Call(func=ast.Name(id=function), args=args, keywords=[]):
            return _call(function, tuple(map(_node, args)))
    raise RuleError(f"not in the language: {ast.unparse(tree) if isinstance(tree, ast.expr) else tree}")


def _compare(operator: str, left: Node, right: Node) -> Compare:
    node = Compare(operator, left, right)
    if node.on_text and operator not in ("=", "<>"):
        raise RuleError("texts are compared with == or != only")
    return node


def _call(function: str, arguments: tuple[Node, ...]) -> Call:
    if function not in FUNCTIONS:
        raise RuleError(f"unknown function {function}")
    fewest, most = FUNCTIONS[function]
    if not fewest <= len(arguments) <= most:
        raise RuleError(f"{function} takes {fewest} to {most} arguments")
    if function not in ("rows", "month") and not isinstance(arguments[0], Name):
        raise RuleError(f"{function} takes the name of a field first")
    if function == "one_of" and not all(isinstance(item, String) for item in arguments[1:]):
        raise RuleError("one_of takes quoted texts after the field")
    return Call(function, arguments)
