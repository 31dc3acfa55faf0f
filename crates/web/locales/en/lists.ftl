# Hash lists: the pages of whoever publishes or reads them, and what they do on the desk.

nav-lists = Lists
class-context = Context

lists-title = Hash lists
lists-lead = Published sets of hashes. What an accepted list knows is settled before anyone looks; what only looks alike is suggested.
lists-empty = No list here yet.
lists-empty-next = A list appears when a publisher offers it to your organisation, or when you make one.
lists-new = New list
lists-new-do = Make the list
lists-name = List
lists-publisher = Publisher
lists-settles = settles
lists-stopped = stopped
lists-rule = Rule
lists-rule-hint = By what rule something is on the list, in your words. Readers see it before they accept.
lists-age = Youngest victim below, years
lists-distance = Distance, bits
lists-about = About the list
lists-made = Made
lists-suspended = Suspended since { $since }. Nothing is settled by it.

list-access-publisher = Your own
list-access-reader = You read it
list-access-offered = Offered to you

lists-offered = Offered to your organisation
lists-offered-on = Offered { $at }.
lists-accepted-on = Accepted { $at }.
lists-ended-on = Ended { $at }.
lists-not-accepted = Not accepted yet.
lists-accept = Accept the terms
lists-terms = Who reads it
lists-terms-empty = Nobody but you.
lists-terms-settle = may settle by it
lists-terms-read = may read it
lists-terms-end = End these terms
lists-offer = Offer it to a member
lists-offer-do = Offer it
lists-may-settle = The reader may settle by it without a person (hotlines only)

lists-entries = Entries
lists-entry = entry { $reference }
lists-entries-empty = No entries yet. Import a file, or accept candidates.
lists-find = Find a digest
lists-find-hint = MD5, SHA-1 or SHA-256 in hexadecimal.
lists-find-do = Find
lists-find-empty = No entry of this list has this digest.
lists-hash = Hash
lists-in-force = in force
lists-withdrawn = Withdrawn
lists-withdraw = Withdraw
lists-withdraw-do = Withdraw this entry
lists-why = Why
lists-vote = Confirm or dispute
lists-confirm = Confirm
lists-dispute = Dispute

vote-confirm = confirms
vote-dispute = disputes
vote-answer-withdrawn = The publisher withdrew the entry.
vote-answer-stays = The publisher lets the entry stay.
lists-disputes = { $n ->
    [one] 1 dispute to answer
   *[other] { $n } disputes to answer
}
lists-own-votes = What your organisation said
lists-answer-why = Why
lists-answer-withdraw = Withdraw the entry
lists-answer-stays = Let it stay

lists-candidates = { $n ->
    [one] 1 candidate
   *[other] { $n } candidates
}
lists-candidates-lead = Confirmed content of hotlines whose agreements let it go onto a list. You see hashes and judgement, not the file.
lists-candidates-accept = Accept the chosen ones
lists-candidates-decline = Decline the chosen ones
lists-why-not = Why they are declined
lists-choose = Choose
lists-chosen = { "{n}" } chosen
lists-choose-keys = Keys: down and up move, x chooses, a chooses all, Enter accepts.

lists-imports = Imports
lists-imports-empty = Nothing was imported yet.
lists-import = Import a file
lists-import-do = Import
lists-import-running = Rows are being taken. What is done appears here.
lists-import-stands = What was taken stands.
lists-import-undo = Take it back
lists-import-undo-lead = Entries it added are withdrawn, entries it changed say what they said before. What they settled is open again.
lists-import-undo-do = Take this import back
lists-file = File
lists-file-hint = Plain, gzip or zip with one file in it; read as it comes, however large.
lists-format = Format
lists-profile = Categories of
lists-profile-none = nobody: the file says it
lists-rows = Rows
lists-added = New
lists-changed = Changed
lists-same = Unchanged
lists-refused = Refused
lists-refused-rows = Refused rows
lists-refused-empty = No row was refused.
lists-line = Line
lists-field = Field
lists-reason = Reason
lists-began = Began
lists-last = Last row taken

import-running = Running
import-done = Done
import-failed = Failed
import-undoing = Being taken back
import-undone = Taken back

format-vics = Project VIC JSON
format-csv = CSV
format-jsonl = JSON Lines
format-text = One digest a line
format-hashdeep = hashdeep
format-nsrl = NSRL text
format-icse = INTERPOL CSV

lists-subscriptions = Filled from
lists-subscriptions-empty = No other server.
lists-fetched = Last fetched { $at }.
lists-never-fetched = Not fetched yet.
lists-due = Next { $at }.
lists-subscription-end = End it
subscription-cport = another exchange
subscription-hash-sharing = hash-sharing server

lists-stop = Stop it
lists-suspend = Stop it from settling
lists-resume = Let it settle again
lists-resume-lead = Everything stored is compared again.
lists-undo = Take back what it settled
lists-undo-lead = All items of your hotline that this list settled wait for a person again. It does not settle them again by itself.
lists-undo-do = Take all of it back

flash-list-made = The list was made.
flash-terms-offered = The list was offered.
flash-terms-accepted = The terms are accepted. What is stored is compared with the list now.
flash-terms-ended = The terms were ended.
flash-list-suspended = The list settles nothing from now on.
flash-list-resumed = The list settles again.
flash-entry-withdrawn = The entry was withdrawn. What it settled is opened again.
flash-entry-voted = Your word was recorded.
flash-dispute-answered = The dispute was answered.
flash-candidates-accepted = The candidates are entries now.
flash-candidates-declined = The candidates were declined.
flash-imported = The file was read.
flash-import-undone = The import is being taken back.
flash-subscription-ended = The subscription was ended.
flash-settling-undone = The items wait for a person again.
flash-suggestion-accepted = The suggestion was accepted.

how-sha256 = same SHA-256
how-sha1 = same SHA-1
how-md5 = same MD5
how-pdq = looks alike
how-frames = frames look alike

item-settled = Settled by { $list }
item-settled-by = entry { $entry }, version { $version }
item-suggested = Looks like an entry of { $list }
item-suggested-distance = distance { $n }
item-suggestion-accept = Accept
keys-accept = Accept the suggestion, save, next item

act-list-created = List made
act-list-changed = List described anew
act-list-suspended = List stopped
act-list-resumed = List settles again
act-list-guarded = List stopped by itself
act-list-weighed = List weighed
act-list-read = List read
act-lists-read = Lists listed
act-terms-offered = List offered
act-terms-accepted = Terms of a list accepted
act-terms-ended = Terms of a list ended
act-entries-written = Entries written
act-entries-read = Entries read
act-entry-withdrawn = Entry withdrawn
act-entry-voted = Word on an entry
act-vote-answered = Dispute answered
act-votes-read = Votes read
act-candidate-offered = Candidate offered
act-candidates-answered = Candidates answered
act-candidates-read = Candidates read
act-import-begun = Import begun
act-import-took = Import took rows
act-import-ended = Import ended
act-import-undone = Import to be taken back
act-import-taken-back = Import taken back
act-imports-read = Imports read
act-subscription-set = Subscription set
act-subscription-fetched = Subscription fetched
act-subscriptions-read = Subscriptions read
act-hashes-asked = Hashes asked about
act-item-settled = Item settled by a list
act-item-reopened = Item opened again
act-item-doubted = Item in doubt
act-doubt-resolved = Doubt resolved
act-hunt-advanced = Stored files compared again
act-settling-read = Settlements read
act-settling-undone = Settling taken back
list-export = Download its entries as
