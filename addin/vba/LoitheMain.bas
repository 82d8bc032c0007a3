Option Explicit
' The ribbon's callbacks: a click is guarded, becomes one command for Python, and leaves Excel as it found it.

Private Const PREFIX As String = "Loithe_" ' of every control's id; the rest names the function in loithe_xl.addin
Private Const ASKED As Long = 2 ' how often one click is asked for: by RunPython, and by the function that starts Python
Private Const FORM_NAME As String = "loithe_token" ' every form has this defined name
Private Const PARENT_SHEET As String = "_loithe_danhan" ' every workbook that consolidates has this sheet
Private Const REPORT As String = "LOITHE REPORT SHEET" ' the setting that says its name, which is not ASCII

Private ribbonUI As Object
Private watcher As LoitheEvents
Private granted As Long
Private working As Boolean

Public Sub LoitheOnLoad(ByVal ribbon As Object)
    Set ribbonUI = ribbon
    LoitheWatch
End Sub

Public Sub LoitheOnAction(ByVal control As Object)
    Dim refused As String, order As String, reason As String
    On Error GoTo Failed
    LoitheWatch
    working = True
    refused = LoitheRefusal(LoitheBook(), ThisWorkbook)
    If refused <> "" Then
        LoitheShow LoitheSay(refused)
    Else
        order = LoitheCommand(control.Id)
        granted = ASKED
        If RunRestored(order) <> 0 Then LoitheShow LoitheSay("run_failed")
    End If
    working = False
    LoitheRefresh
    Exit Sub
Failed:
    reason = Err.Number & " " & Err.Description ' now: the calls below clear it
    working = False
    LoitheShow Replace(LoitheSay("run_error"), "{error}", reason)
End Sub

Public Sub LoitheGetEnabled(ByVal control As Object, ByRef enabled)
    ' A callback that fails would leave its button dead for good.
    On Error Resume Next
    enabled = False
    enabled = LoitheEnabled(control.Id, LoitheBook())
End Sub

' The version that the add-in was built from.
Public Function Version() As String
    Version = LoitheLookUp(ThisWorkbook, LOITHE_SETTINGS, "LOITHE VERSION")
End Function

' Whether a button makes sense for a workbook, or for Nothing: Validate for a form, others for one that consolidates,
' those about the report where there is a sheet for it.
Public Function LoitheEnabled(ByVal id As String, ByVal book As Object) As Boolean
    Dim found As Object
    If id = PREFIX & "validate" Then
        On Error Resume Next
        Set found = book.Names(FORM_NAME)
        LoitheEnabled = Not (found Is Nothing)
    Else
        LoitheEnabled = LoitheHasSheet(book, PARENT_SHEET)
        If id = PREFIX & "report" Or id = PREFIX & "pdf" Then
            LoitheEnabled = LoitheEnabled And LoitheHasSheet(book, LoitheLookUp(ThisWorkbook, LOITHE_SETTINGS, REPORT))
        End If
    End If
End Function

' Whether a guarded click is just starting Python. A formula, or a picture with a macro's name, can call what an add-in
' holds, from a workbook without macros: so the builder makes xlwings' module ask here before it starts anything.
Public Function LoitheGranted() As Boolean
    LoitheGranted = granted > 0
    If granted > 0 Then granted = granted - 1
End Function

' Whether a click is being looked into or made ready: only then does xlwings' module tell what lies on this computer.
Public Function LoitheAtWork() As Boolean
    LoitheAtWork = working
End Function

' What xlwings' module starts Python by. From here on Python works, and formulas may be calculated meanwhile.
Public Function LoitheShell() As String
    working = False
    LoitheShell = Environ("SystemRoot") & "\System32\cmd.exe"
End Function

Public Sub LoitheWatch()
    If watcher Is Nothing Then Set watcher = New LoitheEvents
End Sub

Public Sub LoitheRefresh()
    ' Resetting VBA loses the ribbon's object: the buttons then stay as they look, and Python still checks the workbook.
    On Error Resume Next
    If Not (ribbonUI Is Nothing) Then ribbonUI.Invalidate
End Sub

Private Function LoitheCommand(ByVal id As String) As String
    ' Only a name reaches the command line, whatever the ribbon or the settings hold.
    Dim button As String, lang As String
    button = Mid$(id, Len(PREFIX) + 1)
    If Left$(id, Len(PREFIX)) <> PREFIX Or button = "" Or button Like "*[!a-z_]*" Then Err.Raise 5
    lang = LoitheLookUp(ThisWorkbook, LOITHE_SETTINGS, "LOITHE LANG")
    If lang <> "en" Then lang = "vi"
    LoitheCommand = "import loithe_xl.addin; loithe_xl.addin.press('" & button & " " & lang & "')"
End Function

Private Function RunRestored(ByVal order As String) As Long
    ' RunPython waits until Python is done. Python puts back what it changed, but not when something ends it meanwhile.
    Dim screen As Boolean, alerts As Boolean, reacts As Boolean, calculates As Long, pointer As Long
    Dim failure As Long, reason As String
    LoitheHoldKeys
    screen = Application.ScreenUpdating
    alerts = Application.DisplayAlerts
    reacts = Application.EnableEvents
    calculates = Application.Calculation
    pointer = Application.Cursor
    LoitheTell LoitheSay("starting")
    On Error Resume Next
    RunRestored = xlwings.RunPython(order)
    failure = Err.Number
    reason = Err.Description
    granted = 0
    If Application.Calculation <> calculates Then Application.Calculation = calculates
    Application.EnableEvents = reacts
    Application.DisplayAlerts = alerts
    Application.ScreenUpdating = screen
    Application.Cursor = pointer
    LoitheTell ""
    On Error GoTo 0
    If failure <> 0 Then Err.Raise failure, , reason
End Function
