# The officer's pages.

case-title = Case { $reference }
case-why = Why you see this
case-answer = What came of it?
case-note = Note for the hotline
case-note-hint = Optional, sent with the button you press. For "Insufficient", say what was missing.
case-no-items = No items were disclosed.
case-no-media = no file
case-withheld = What was kept back
case-withheld-none = Nothing was kept back.
case-about = About the case
case-reporter = Reported by
case-first-opened = First opened
case-hotline-note = Hotline's note
case-outcomes = Outcomes given
case-outcomes-empty = None yet. One click is enough; the analyst sees it.
