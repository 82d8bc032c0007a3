Option Explicit
' In place of the module that only Excel on Windows can run.

Public Function LoitheBook() As Object
    If TheMood() = "no book to be had" Then Err.Raise 91
    Set LoitheBook = InFront()
End Function

Public Function LoitheOnWindows() As Boolean
    LoitheOnWindows = TheMood() <> "on a Mac"
End Function

Public Function LoitheProtectedView() As Boolean
    LoitheProtectedView = TheMood() = "protected view"
End Function

Public Sub LoitheHoldKeys()
End Sub

Public Sub LoitheTell(ByVal said As String)
    Note "bar", said
End Sub

Public Sub LoitheBox(ByVal said As String, ByVal title As String)
    Note "box", title & ": " & said
End Sub
