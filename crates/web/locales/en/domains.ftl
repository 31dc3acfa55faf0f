# The block list of domains: INTERPOL's desk, police that propose and review, and anybody who complains.

nav-domains = Domains

domains-title = Block list
domains-list = The list
domains-tasks = { $n ->
    [one] 1 thing waits for a person
   *[other] { $n } things wait for a person
}
domains-tasks-empty = Nothing waits.
domains-candidates = Candidates
domains-candidates-empty = No domain on which enough has accumulated and that nobody has proposed.
domains-proposals = Proposals
domains-proposals-empty = No proposal here.
domains-list-empty = Nothing is listed.
domains-search = Part of a domain
domains-search-do = Search
domains-search-empty = No listed domain has this in it.

domain-task-second-name = needs a second name now
domain-task-removal = is to be removed: agree or keep it
domain-task-extra = waits for the extra confirmation
domain-task-assign = waits for reviewers
domain-task-returned = came back from a reviewer
domain-task-review = is to be confirmed again
domain-task-clean = nothing is there any more
domain-task-complaint = has a complaint

domain-name = Domain
domain-name-hint = The domain alone, such as site.example, without https and without a page.
domain-reads = reads
domain-items = Items that count
domain-last-seen = Last seen online
domain-since = Candidate since
domain-proposed-at = Proposed
domain-due = Confirm again by
domain-late = overdue
domain-guarded = extra confirmation
domain-by = by { $at }
domain-serial = Serial
domain-listed-at = Listed
domain-history = History
domain-history-do = Show its history
domain-changes = Changes of the list
domain-changes-empty = It was never on the list.
domain-at-serial = at serial { $n }
domain-two-names = { $first } and { $second }
domain-one-name = { $first }
domain-second-missing = second name missing

domain-stage-desk = at the desk
domain-stage-review = in review
domain-stage-returned = returned
domain-stage-closed = closed
domain-stage-listed = listed
domain-stage-leaving = to be removed
domain-stage-withdrawn = withdrawn at once
domain-stage-removed = removed

domain-change-listed = Listed
domain-change-removed = Removed

domain-again-there = Looked again: still there.
domain-again-gone = Looked again: nothing is there any more.
domain-again-unknown = Looked again: it could not be fetched.

domain-propose = Propose a domain
domain-propose-do = Propose it
domain-check = Check it
domain-all-hold = All criteria hold that can be said before the review.
domain-not-all-hold = Not all criteria hold, so it cannot be proposed. You see the evidence that you may see; others may see more.
domain-criteria = Criteria
domain-criterion = Criterion
domain-holds = Holds
domain-found = Found
domain-needed = Needed
domain-criterion-by-person = Judged by a person
domain-criterion-severe = Severe, by its class
domain-criterion-real = Real: neither drawn nor generated
domain-criterion-age = Young enough
domain-criterion-online = Online lately
domain-criterion-together = All of these at once
domain-criterion-agencies = Agencies of different countries confirm
domain-holds-yes = holds
domain-holds-no = does not hold
domain-holds-later = comes with the review

domain-guards = Extra confirmation
domain-guards-lead = Before it is listed, somebody at INTERPOL who wrote no version confirms in words that the whole domain is meant.
domain-guard-shared-host = Many people publish on it
domain-guard-official = A government, armed forces, police or a school
domain-guard-mixed-script = Mixes scripts
domain-guard-looks-like = Looks like another name
domain-guard-unusual-characters = Characters that names do not have
domain-looks-like = It looks like { $other }.

domain-exhibits = { $n ->
    [one] Evidence: 1 item
   *[other] Evidence: { $n } items
}
domain-exhibits-empty = No evidence that you may see.
domain-taken-back = { $n ->
    [one] 1 item was taken back by its hotline and is not shown.
   *[other] { $n } items were taken back by their hotlines and are not shown.
}
domain-no-person = no person judged it, does not count
domain-seen = last seen { $at }
domain-judged = judged by { $by }, { $at }
domain-host = Hosted: { $host }
domain-registered = Registered: { $with }
domain-picture = Offline copy of the page
domain-picture-why = Why you open it
domain-picture-open = Open the picture

domain-opinion = Why it should be listed
domain-opinion-hint = Reviewers read this after the evidence.
domain-version = Version { $n }
domain-proposed = proposed { $at }
domain-due-at = to be confirmed again by { $at }
domain-needs-second = It was withdrawn by one person. Another person gives the second name before anything else.
domain-asked = Why it is to be removed
domain-words = What agencies said
domain-words-empty = Nothing yet.
domain-earlier-version = about an earlier version
domain-reviewers = Reviewed by { $names }
domain-assign = Reviewers
domain-assign-which = Agencies of police, each of another country
domain-assign-do = Ask them to review
domain-deeds = What you can do
domain-edit = New version
domain-edit-lead = A new version voids what was said about this one.
domain-edit-do = Make the new version
domain-renewal = It is to be confirmed again
domain-by-itself = The exchange by itself

domain-word-confirm = Confirmed
domain-word-refuse = Refused
domain-word-renew = Stays listed
domain-word-object = Should leave the list
domain-word-edit = New version

domain-refused-domain-edited = not counted: the proposal was changed meanwhile
domain-refused-domain-criteria = not counted: the criteria do not hold any more
domain-refused-domain-not-now = not counted: it was decided meanwhile
domain-refused-domain-same-person = not counted: said before
domain-refused-domain-same-agency = not counted: the agency has said it
domain-refused-domain-same-country = not counted: the country is part of it
domain-refused-domain-own-edit = not counted: own version

domain-deed-extra = Confirm that the whole domain is meant
domain-deed-close = Close the proposal
domain-deed-ask-removal = Ask for its removal
domain-deed-agree-removal = Agree to the removal
domain-deed-keep = Keep it listed
domain-deed-withdraw = Withdraw it at once
domain-deed-second-name = Give the second name
domain-deed-why-extra = Why the whole domain is meant
domain-deed-why-close = Why it leads nowhere
domain-deed-why-ask-removal = Why it should be removed
domain-deed-why-keep = Why it stays
domain-deed-why-withdraw = Why it has to leave now

domain-say-confirm = Confirm
domain-say-refuse = Refuse
domain-say-renew = It stays listed
domain-say-object = It should leave the list

domain-event-proposed = Proposed
domain-event-assigned = Given to reviewers
domain-event-confirmed = Confirmed
domain-event-refused = Refused
domain-event-edited = New version
domain-event-closed = Closed
domain-event-meant = Extra confirmation given
domain-event-renewed = Stays listed
domain-event-removal-asked = Removal asked for
domain-event-removed = Removed
domain-event-kept = Kept
domain-event-withdrawn = Withdrawn at once
domain-event-seconded = Second name given
domain-event-expired = Removed: not confirmed again
domain-event-listed-already = Listed already by another proposal

reviews-lead = What INTERPOL asked your agency to review, and what your agency proposed. Another agency or INTERPOL made it; nobody learns who else reviews it.
reviews-title = { $n ->
    [one] 1 review
   *[other] { $n } reviews
}
reviews-caption = Reviews
reviews-empty = Nothing is addressed to your agency.
reviews-own = Proposed by your agency
reviews-own-empty = Your agency has proposed nothing.
review-lead = Look at the evidence first. After that you read why it was proposed, and say whether it is to be listed.
review-opinion = Why it was proposed
review-evidence-first = You read this after you have looked at the evidence.
review-seen = I have looked at the evidence
review-own-words = What your agency said
review-say = Your word
review-reason = Why; needed to refuse

complaints-title = Complaints
complaints-lead = Somebody decides who had no part in the listing. What is upheld is to be removed at once, with the decider as first name.
complaints-empty = No complaint here.
complaint-open = open
complaint-upheld = upheld
complaint-rejected = rejected
complaint-times = came in { $at }, to be decided by { $due }
complaint-reason = Why you decide so; the complaint's author reads it
complaint-uphold = Uphold
complaint-reject = Reject

complain-title = A domain is blocked wrongly
complain-lead = Tell INTERPOL. You get a code by which you learn what became of it. It is decided within { $n } days. The answer here is the same whether the domain is on the list or not.
complain-domain = Domain
complain-text = What is wrong
complain-contact = How you may be reached
complain-contact-hint = You need not say. The code is enough.
complain-do = Send
complain-ask = What became of a complaint
complain-code = Code
complain-ask-do = Ask
complain-counts = Complaints so far
complain-what = What became of them
complain-number = Number
complain-received = came in
complain-median = days that half of the decisions took at most

receipt-title = Your complaint
receipt-at = Came in
receipt-due = To be decided by
receipt-keep = Keep the code. It is shown this once.
receipt-reason = Why it was decided so

flash-domain-proposed = The domain was proposed.
flash-domain-assigned = The agencies were asked.
flash-domain-done = Done.
flash-domain-edited = The new version is made.
flash-domain-seen = You read now why it was proposed.
flash-domain-said = Your word was noted and counts within a second.
flash-complaint-decided = The complaint was decided.
