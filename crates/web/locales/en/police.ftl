# The officer's pages.

inbox-title = Inbox
inbox-lead = Only what concerns your jurisdiction and was disclosed to you under an agreement, newest first.
inbox-caption = Cases, newest first
inbox-empty = No cases yet.
inbox-empty-next = A case appears within seconds after a hotline's decision. What reaches you is settled in your agreements:
inbox-empty-link = See the network and your agreements

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
