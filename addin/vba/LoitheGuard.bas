Option Explicit
' Whether a click may run at all: looked into before anything starts, because a workbook may come from anywhere.
'
' xlwings.RunPython reads settings, the interpreter's path among them, from the active workbook first and from a file
' beside it, takes a sheet named *.py for code, and hands names and paths to cmd.exe in this shape:
'
'   cmd.exe /C C: & cd "..." & "...\python.exe" -c "COMMAND" --wb="NAME" ...
'
' The builder takes the paths of workbook and add-in out of it, which xlwings puts outside of cmd.exe's quotes. Should
' they ever be there again, or another part of xlwings take them, these signs would break it:
'   ;        moves the parts of a list of paths, and what follows is searched for modules
'   ^        outside quotes escapes: with & beside it (which xlwings itself writes as ^&) a second command would start
'   %        is replaced by variables, inside quotes too: by WScript.Shell, by cmd.exe, by Python's expandvars
'   !        the same, where delayed expansion is switched on in the registry
'   " < > |  no file on Windows has them, an address on a server might
'   =        Book.caller() cuts the name there; in a path it does nothing
'   blanks   before a name are stripped there
' Harmless, and common: ( ) & ' ` , + # @ blanks within, and Vietnamese letters; all of it passes as Unicode.

Private Const BREAK_A_PATH As String = ";^%!""<>|"
Private Const BREAK_A_NAME As String = "=" & BREAK_A_PATH
Private Const HEX_DIGITS As String = "[0-9A-Fa-f][0-9A-Fa-f]*"
Private Const NO_BREAK_SPACE As Long = 160

' Why the workbook must not be touched: a key of the texts; "" when a click may run.
Public Function LoitheRefusal(ByVal book As Object, ByVal addin As Object) As String
    If Not LoitheOnWindows() Then
        LoitheRefusal = "windows_only"
    ElseIf book Is Nothing Then
        LoitheRefusal = IIf(LoitheProtectedView(), "protected_view", "no_workbook")
    ElseIf book.Name = addin.Name Then
        LoitheRefusal = "addin_itself"
    ElseIf LoitheHasSheet(book, LOITHE_SETTINGS) Then
        LoitheRefusal = "settings_sheet"
    ElseIf HasCode(book) Then
        LoitheRefusal = "code_sheet"
    ElseIf BreaksAsName(book.Name) Then
        LoitheRefusal = "bad_name"
    ElseIf BreaksAsPath(book.FullName) Then
        LoitheRefusal = "bad_folder"
    ElseIf HasSettingsBeside(book) Then
        LoitheRefusal = "settings_beside"
    ElseIf TypeName(book.ActiveSheet) <> "Worksheet" Then
        ' xlwings' module asks for a Range without saying of which sheet; a chart sheet in front has none.
        LoitheRefusal = "not_a_sheet"
    ElseIf BreaksAsPath(addin.FullName) Then
        LoitheRefusal = "bad_install"
    ElseIf Not HasPython(addin) Then
        LoitheRefusal = "no_python"
    End If
End Function

Public Function LoitheHasSheet(ByVal book As Object, ByVal sheetName As String) As Boolean
    ' Excel itself compares the names, as it does for xlwings: letters of either case are one.
    Dim found As Object
    On Error Resume Next
    Set found = book.Sheets(sheetName)
    LoitheHasSheet = Not (found Is Nothing)
End Function

Private Function HasCode(ByVal book As Object) As Boolean
    Dim sheet As Object
    For Each sheet In book.Sheets
        If LCase$(Right$(sheet.Name, 3)) = ".py" Then HasCode = True
    Next
End Function

Private Function BreaksAsName(ByVal bookName As String) As Boolean
    Dim first As Long
    first = AscW(bookName)
    BreaksAsName = HasAny(bookName, BREAK_A_NAME) Or first = 32 Or first = NO_BREAK_SPACE
End Function

Private Function BreaksAsPath(ByVal fullName As String) As Boolean
    ' A workbook in OneDrive has an address for a path. %20 and its like are fine there: no variable is named so, and
    ' Python does not use the path. A % that is no such sign is as bad as elsewhere.
    Dim parts As Variant, number As Long
    If InStr(fullName, "://") > 0 Then
        parts = Split(fullName, "%")
        fullName = parts(0)
        For number = 1 To UBound(parts)
            If Not (parts(number) Like HEX_DIGITS) Then fullName = fullName & "%"
            fullName = fullName & parts(number)
        Next
    End If
    BreaksAsPath = HasAny(fullName, BREAK_A_PATH)
End Function

Private Function HasAny(ByVal text As String, ByVal signs As String) As Boolean
    Dim number As Long
    For number = 1 To Len(signs)
        If InStr(text, Mid$(signs, number, 1)) > 0 Then HasAny = True
    Next
End Function

Private Function HasSettingsBeside(ByVal book As Object) As Boolean
    Dim settings As String
    If book.Path = "" Then Exit Function ' never saved
    settings = book.Path & Application.PathSeparator & LOITHE_SETTINGS
    ' Where OneDrive keeps the active workbook on this computer, xlwings finds out.
    If InStr(settings, "://") > 0 Then settings = xlwings.GetDirectoryConfigFilePath()
    HasSettingsBeside = xlwings.FileExists(settings)
End Function

Private Function HasPython(ByVal addin As Object) As Boolean
    ' A name without a folder would be looked for beside the workbook first. Found by the means xlwings uses itself.
    Dim interpreter As String
    interpreter = LoitheLookUp(addin, LOITHE_SETTINGS, "INTERPRETER_WIN")
    If InStr(interpreter, Application.PathSeparator) = 0 Then Exit Function
    HasPython = xlwings.FileExists(xlwings.ExpandEnvironmentStrings(interpreter))
End Function
