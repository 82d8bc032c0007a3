from __future__ import annotations

import pytest

from loithe_xl.addin.xlam.vbatext import lines, procedures


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("", []),
        ("a", ["a"]),
        ("a\n", ["a"]),
        ("a\r\nb\rc\nd", ["a", "b", "c", "d"]),
        ("\r\n\r\na\r\n\r\n", ["", "", "a", ""]),
        ("a\x0cb", ["a\x0cb"]),
    ],
)
def test_lines_end_in_any_way(source: str, found: list[str]):
    assert lines(source) == found


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("Sub A()", {"A": 0}),
        ("Sub A", {"A": 0}),
        ("  public static sub a( )", {"a": 0}),
        ("Sub LoitheMain_press(ByRef control As Object)", {"LoitheMain_press": 1}),
        ("Private Sub A(control As IRibbonControl, ByRef enabled)", {"A": 2}),
        ('Friend Function F$(Optional x As String = ",)\'", Optional y)', {"F": 2}),
        ("Function F&(a() As String, ParamArray rest() As Variant) As Long()", {"F": 2}),
        ('Function F(Optional x = "a"", b", Optional y = 1) \' and, more (of) "it', {"F": 2}),
        ("Sub A(x As Long, _\r\n      y As Long _\r\n      ): y = x: End Sub", {"A": 2}),
        ("Sub A(x, _ \ny)\nDim Sub_\nSub B(z)", {"A": 2, "B": 1}),
        ("Sub _\n A _\n (x)", {"A": 1}),
        ("Sub A() ' (b, c)\nEnd Sub\nFunction B(c, d, e)\nEnd Function", {"A": 0, "B": 3}),
        ("#If Mac Then\nSub A(x)\n#Else\nSub A(x, y)\n#End If", {"A": 2}),
        ("' Sub A()", {}),
        ("' a comment goes on _\nSub A()", {}),
        ("Rem Sub A()", {}),
        ('x = "Sub A()"', {}),
        ('Private Declare PtrSafe Function F Lib "user32" (ByVal x As Long) As Long', {}),
        ("Property Get P(x)\nExit Sub\nEnd Function\nSubtotal 1\nPrivate Sub_", {}),
        ("Sub A(x) _", {"A": 1}),
        ("Sub A(Optional x = Choose(1, 2), Optional y = (3))", {"A": 2}),
        ("Sub A ' (x)", {"A": 0}),
    ],
)
def test_procedures_and_how_many_parameters_they_have(source: str, found: dict[str, int]):
    assert procedures(source) == found


def test_brackets_must_close():
    with pytest.raises(ValueError, match="do not close"):
        procedures("Sub A(x, y\nEnd Sub")
