Option Explicit
' In place of xlwings' module: records what it is asked to run, and misbehaves in the ways that Desk.Feel names.

Public Function RunPython(asked As String) As Variant
    If Not LoitheGranted() Then asked = "not granted: " & asked ' RunPython asks,
    If Not LoitheGranted() Then asked = "not started: " & asked ' then ExecuteWindows, which it calls
    If LoitheGranted() Then asked = "granted again: " & asked ' while Python works, a formula might
    If Not LoitheAtWork() Then asked = "not at work: " & asked
    If LoitheShell() <> Environ("SystemRoot") & "\System32\cmd.exe" Then asked = "another shell: " & asked
    If LoitheAtWork() Then asked = "still at work: " & asked ' Python works, and a formula might look around
    Note "python", asked
    If TheMood() = "disturbs" Or TheMood() = "dies" Then
        Application.EnableEvents = False
        Application.DisplayAlerts = False
        Application.ScreenUpdating = False
        Application.Calculation = -4135
        Application.Cursor = 2
    End If
    If TheMood() = "dies" Then Err.Raise 70, , "Permission denied"
    If TheMood() = "fails" Then RunPython = -1
End Function

Public Function FileExists(ByVal place As String) As Boolean
    Dim files As Object
    FileExists = place = "python" ' one of that name lies in the current folder
    If FileExists Then Exit Function
    Set files = CreateUnoService("com.sun.star.ucb.SimpleFileAccess")
    If files.exists(ConvertToUrl(place)) Then FileExists = Not files.isFolder(ConvertToUrl(place))
End Function

Public Function ExpandEnvironmentStrings(ByVal said As String) As Variant
    ExpandEnvironmentStrings = Replace(said, "%LOITHE_TEST%", Environ("LOITHE_TEST"))
End Function

Public Function GetDirectoryConfigFilePath() As String
    GetDirectoryConfigFilePath = Environ("LOITHE_TEST") & "/loithe.conf"
End Function
