Option Explicit
' What only Excel itself can say or show. The one module of ours that tests replace: no other program has these.

Private Const CAUTION As Long = 48 ' MB_ICONEXCLAMATION, and vbExclamation

' By address and in UTF-16: VBA's own MsgBox would turn Vietnamese letters into question marks.
Private Declare PtrSafe Function MessageBoxW Lib "user32" (ByVal owner As LongPtr, ByVal said As LongPtr, _
    ByVal title As LongPtr, ByVal kind As Long) As Long

' The workbook that a click is about; Nothing when none is open, and while a window in Protected View is in front.
Public Function LoitheBook() As Object
    On Error Resume Next
    Set LoitheBook = ActiveWorkbook
End Function

Public Function LoitheOnWindows() As Boolean
    LoitheOnWindows = True
#If Mac Then
    LoitheOnWindows = False
#End If
End Function

Public Function LoitheProtectedView() As Boolean
    On Error Resume Next
    LoitheProtectedView = Not (Application.ActiveProtectedViewWindow Is Nothing)
End Function

' Esc would end VBA while Python works, and nothing would be put back. Excel itself undoes this when VBA is done.
Public Sub LoitheHoldKeys()
    On Error Resume Next
    Application.EnableCancelKey = 0 ' xlDisabled
End Sub

' A line in the status bar; "" gives it back to Excel.
Public Sub LoitheTell(ByVal said As String)
    On Error Resume Next
    If said = "" Then
        Application.StatusBar = False
    Else
        Application.StatusBar = said
    End If
End Sub

' A message that waits for OK.
Public Sub LoitheBox(ByVal said As String, ByVal title As String)
    On Error GoTo Plain ' a Mac has no user32
    MessageBoxW Application.Hwnd, StrPtr(said), StrPtr(title), CAUTION
    Exit Sub
Plain:
    MsgBox said, CAUTION, title
End Sub
