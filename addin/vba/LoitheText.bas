Option Explicit
' What the add-in says, and its settings. They stand in its own sheets: VBA source has no encoding, a sheet has.

Public Const LOITHE_SETTINGS As String = "loithe.conf" ' the name that xlwings' module looks for
Private Const TEXTS As String = "loithe.text"

' The text of a key in the language the add-in was built in; the key itself when nobody wrote one.
Public Function LoitheSay(ByVal key As String) As String
    LoitheSay = LoitheLookUp(ThisWorkbook, TEXTS, key)
    If LoitheSay = "" Then LoitheSay = key
End Function

' What stands beside a key, whatever its case, in the first two columns of a sheet; "" without such a sheet or key.
Public Function LoitheLookUp(ByVal book As Object, ByVal sheetName As String, ByVal key As String) As String
    Dim sheet As Object, row As Long
    On Error GoTo Absent
    Set sheet = book.Worksheets(sheetName)
    row = 1
    Do While CStr(sheet.Cells(row, 1).Value) <> ""
        If UCase$(CStr(sheet.Cells(row, 1).Value)) = UCase$(key) Then
            LoitheLookUp = CStr(sheet.Cells(row, 2).Value)
            Exit Function
        End If
        row = row + 1
    Loop
Absent:
End Function

Public Sub LoitheShow(ByVal said As String)
    LoitheBox said, LoitheSay("title")
End Sub
