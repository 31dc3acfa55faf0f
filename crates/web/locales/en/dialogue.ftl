# What police and hotline say to each other: requests, holds, messages, outcomes.

nav-from-police = From police
nav-due = Owed

request-page = The page
request-series = The series with its context
request-files = The files
request-trace = A new look-up of the host
request-recheck = A new fetch: is it still there?
request-grants-page = Granting opens the address, your note and the captures of this report to this unit.
request-grants-series = Granting opens the whole series of this report, harmless-looking context included, to this unit.
request-grants-files = Granting opens the files of this report that this unit was told of.
request-grants-trace = Granting looks the host up again; the result shows on the case.
request-grants-recheck = Granting fetches the page again; the result shows on the case.
request-state-open = waits
request-state-granted = granted
request-state-declined = declined
request-state-taken-back = taken back
request-late = late
request-due-at = needed by { $at }
request-take-back = Take back
request-new = Ask for more
request-kind = What do you need?
request-reason = Why?
request-due = By when? (UTC)
request-send = Ask the hotline
request-grant = Grant
request-decline = Decline
request-decline-reason = Reason for declining
requests-title = Requests
requests-empty = Nothing was asked for.
result-trace = The host is in { $country }.
result-trace-unknown = Nobody knows where the host is.
result-there = The page is still there.
result-gone = The page is gone.

hold-provisional = stays up, approval due
hold-in-force = stays up
hold-ended = ended
hold-lapsed = lapsed
hold-over = over
hold-until-at = until { $at }
hold-item = item { $item }
hold-everything = everything disclosed of the case
hold-latest = The agreement allows it until { $at } at the latest
hold-lapses = by { $at }, or the hold lapses
hold-overdue = was due by { $at }
hold-office = Magistrate's office
hold-reference = Its reference
hold-approve-do = Record it
hold-change = Change or end
hold-until = Until when? (UTC)
hold-why = Why?
hold-extend-do = Make it longer
hold-end-do = End it now
hold-new = Ask to leave it up
hold-what = What stays up?
hold-reason = Why?
hold-place = Place the hold
hold-none = The agreement allows no hold here.
holds-title = Holds on removal
holds-empty = Nothing is held.
approval-given-oral = Approved by word:
approval-given-written = Approved in writing:
approval-due-oral = word due
approval-due-written = paper due
approval-record-oral = Record the magistrate's word
approval-record-written = Record the magistrate's paper

messages-title = Messages
messages-empty = No messages yet.
message-write = Write a message
message-hint = Plain text. The other side sees your name and where you work. Nobody can delete it.
message-send = Send
message-read = Read by { $by }, { $at }
message-read-do = I have read this

contact-title = Another unit
contact-hint = Another unit has an interest. The hotline can put you in touch, if both of you want it.
contact-ask = Ask the hotline to put us in touch
contact-was-asked = Your unit has asked. You are told whom to write to once the other unit consents.
contact-question = Another unit would like to be put in touch with you. Neither is told who the other is before both consent.
contact-consent = Put us in touch
contact-decline = No
contact-consented = Your unit has consented.
contact-declined = Your unit has declined. Nobody was told.
contact-forward = Pass it on

from-police-title = From police
from-police-lead = What police asked you for, wrote to you and hold, in all cases that you answer.
from-police-requests = { $n ->
    [0] Requests
    [one] 1 request to answer
   *[other] { $n } requests to answer
 }
from-police-requests-empty = Nothing waits for an answer.
from-police-keys = g and Enter grants; d, a reason and Enter declines; j and k move.
from-police-messages = { $n ->
    [0] Messages
    [one] 1 message to read
   *[other] { $n } messages to read
 }
from-police-messages-empty = Every message was read.
from-police-holds = { $n ->
    [0] Holds on removal
    [one] 1 hold in force
   *[other] { $n } holds in force
 }
from-police-holds-empty = Nothing is held.
from-police-wishes = Units that want to be put in touch
from-police-wishes-how = Another unit has an interest in the same thing. If you pass it on, the exchange asks the other unit; both are told whom to write to only if both want it.
thread-title = { $organisation }, report { $reference }
thread-lead = Only this unit and your hotline read this. Other units with the same report have a thread of their own.
report-threads = Talk with police

outcomes-link = What came of reports
outcome-missing = For "Insufficient": what was missing?
outcome-missing-was = Missing: { $what }
missing-address = the address
missing-page = the page
missing-files = the files
missing-series = the series
missing-host = where the host is
missing-uploader = who put it there
missing-victim = who the victim is
missing-freshness = a recent enough time
feed-title = What came of your reports
feed-lead = What police said, newest first.
feed-empty = Nothing yet.
feed-off = Do not tell me
feed-on = Tell me again
feed-is-off = You chose not to be told. Nobody else sees this choice.
news-victim = Report { $reference }: police in { $country } identified a victim.
news-not-illegal = Report { $reference }: police in { $country } say that it is not illegal there. The assessment stands.

due-title = Outcomes owed
due-lead = Cases whose outcome was asked for and not given, longest owed first. One click on the case is enough.
due-empty = Nothing is owed.
due-col = Due
due-late = late
due-asked = { $n ->
    [one] asked once
   *[other] asked { $n } times
 }

case-owed = An outcome is due on { $at }
case-purpose = In this session you look into this case for: { $purpose }
case-alike = { $n ->
    [one] 1 more like it here
   *[other] { $n } more like it here
 }
case-context = Context pictures
case-context-how = Harmless-looking pictures of the same series, opened on request.
case-related = Your other cases
related-content = the same file
related-series = the same series
related-host = the same host
items-many = 10,000+ items
item-open-again = Look

flash-request-made = The hotline was asked.
flash-request-taken-back = The request was taken back.
flash-request-granted = The request was granted.
flash-request-declined = The request was declined.
flash-hold-placed = The hold was placed. The hotline sees it now.
flash-hold-approved = The approval was recorded.
flash-hold-extended = The hold was made longer.
flash-hold-ended = The hold was ended.
flash-message-sent = The message was sent.
flash-message-read = The other side sees that you read it.
flash-contact-asked = The hotline was asked.
flash-contact-answered = Your answer was recorded.
flash-contact-forwarded = It was passed on.

act-request-made = Asked for more
act-request-granted = Request granted
act-request-declined = Request declined
act-request-taken-back = Request taken back
act-hold-placed = Hold placed
act-hold-approved = Hold approved
act-hold-extended = Hold made longer
act-hold-ended = Hold ended
act-hold-lapsed = Hold lapsed
act-hold-read = Holds looked at
act-holds-read = Holds looked at
act-dialogue-read = Requests and messages looked at
act-thread-read = Case's messages looked at
act-message-written = Message written
act-message-receipt-given = Message said to be read
act-contact-asked = Asked to be put in touch
act-contact-forwarded = Wish for contact passed on
act-contact-answered = Answered a wish for contact
act-contact-approached = Asked whether to be put in touch
act-contact-introduced = Told whom to write to
act-contact-carried = Wish for contact carried out
act-outcomes-feed-read = What came of reports looked at
act-outcomes-feed-chosen = Chose whether to be told what came of reports
act-outcomes-reminded = Outcomes asked for
