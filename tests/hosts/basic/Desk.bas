Option Explicit
' Where tests press buttons: what was recorded, the workbook in front, and the objects that Excel hands to a callback.

Private recorded As String, place As String, mood As String

Public Function Front(ByVal path As String) As String
    place = path
    Front = "in front"
End Function

' How the stubs behave: "fails", "dies", "disturbs", "protected view", ...
Public Function Feel(ByVal named As String) As String
    mood = named
    Feel = "felt"
End Function

Public Function TheMood() As String
    TheMood = mood
End Function

Public Sub Note(ByVal kind As String, ByVal said As String)
    recorded = recorded & kind & Chr$(1) & said & Chr$(2)
End Sub

' Everything noted since the last time: kind and words, each pair ended by a sign that no text has.
Public Function Notes() As String
    Notes = Chr$(2) & recorded
    recorded = ""
End Function

Public Function Book(ByVal path As String) As Object
    Dim number As Integer
    For number = 1 To Workbooks.Count
        If Workbooks(number).Path & "/" & Workbooks(number).Name = path Then Set Book = Workbooks(number)
    Next
End Function

Public Function InFront() As Object
    If place <> "" Then Set InFront = Book(place)
End Function

Public Function Load() As String
    Dim ribbon As Object
    Set ribbon = New DeskRibbon
    LoitheOnLoad ribbon
    Load = "loaded"
End Function

' A click; answers what Excel's settings are when it is over, before LibreOffice puts back any by itself.
Public Function Press(ByVal id As String) As String
    LoitheOnAction Control(id)
    Press = Settings()
End Function

Public Function Refresh() As String
    LoitheRefresh
    Refresh = "refreshed"
End Function

Public Function Enabled(ByVal id As String) As String
    Dim answer As Variant
    If id = "" Then
        LoitheGetEnabled Nothing, answer
    Else
        LoitheGetEnabled Control(id), answer
    End If
    Enabled = TypeName(answer) & " " & CStr(CInt(answer))
End Function

' Why a workbook is refused, in brackets: an empty answer would mean that a module does not compile.
Public Function Refusal(ByVal path As String) As String
    Refusal = "[" & LoitheRefusal(IIf(path = "", Nothing, Book(path)), ThisWorkbook) & "]"
End Function

' The same of a workbook that gives another name, path and folder for its own.
Public Function RefusalOf(ByVal path As String, ByVal called As String, ByVal full As String, ByVal folder As String) As String
    RefusalOf = "[" & LoitheRefusal(Posing(Book(path), called, full, folder), ThisWorkbook) & "]"
End Function

' The same when the add-in itself lies at another path.
Public Function RefusalFrom(ByVal path As String, ByVal full As String) As String
    RefusalFrom = "[" & LoitheRefusal(Book(path), Posing(ThisWorkbook, "loithe.xlam", full, "")) & "]"
End Function

Public Function RefusalOfItself() As String
    RefusalOfItself = "[" & LoitheRefusal(ThisWorkbook, ThisWorkbook) & "]"
End Function

Private Function Control(ByVal id As String) As Object
    Dim made As Object
    Set made = New DeskControl
    made.Id = id
    Set Control = made
End Function

Private Function Posing(ByVal real As Object, ByVal called As String, ByVal full As String, ByVal folder As String) As Object
    Dim made As Object
    Set made = New DeskBook
    Set made.Real = real
    made.Name = called
    made.FullName = full
    made.Path = folder
    Set Posing = made
End Function

Private Function Settings() As String
    With Application
        Settings = .EnableEvents & " " & .DisplayAlerts & " " & .ScreenUpdating & " " & .Calculation & " " & .Cursor
    End With
End Function
