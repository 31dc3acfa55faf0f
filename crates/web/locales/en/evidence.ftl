# What was fetched, where a host is, and what happened to an object. Shared by desk and police.

capture-title = Capture { $reference }
capture-asked = Asked for
capture-taken = Captured
capture-failed = Not captured
capture-under-way = Being fetched.
capture-hashed-only = hashes only
capture-hashed-only-why = The hotline's law forbids keeping media: files were hashed in memory and dropped.
capture-difference = What changed
capture-before = Capture of { $at }
capture-stayed = { $n ->
    [one] 1 file stayed
   *[other] { $n } files stayed
}
capture-same = Nothing changed.
capture-came = New files
capture-went = Files that are gone
capture-exchanges = { $n ->
    [one] 1 request
   *[other] { $n } requests
}
capture-redirected = Redirected from { $url }
capture-cut-short = Not whole: { $why }
capture-headers = Headers
capture-certificate = Certificate for { $names }, by { $issuer }, { $days }
capture-certificate-problem = Browsers would refuse it: { $why }
capture-record = Capture record
capture-final = In the end at
capture-page-title = Title
capture-tool = Tool
capture-time = Time
capture-egress = Way out
capture-archive = Archive
capture-picture = Picture
capture-open = Open
capture-purpose = Why do you need it?
capture-get-archive = Download the archive
capture-get-picture = Download the picture of the page
capture-found-nothing = No files were found on the page.
capture-left-out = Left out

changed-answer = Answer
changed-address = Address
changed-title = Title
changed-final-url = In the end at
changed-certificate = Certificate

found-report = reported
found-image = picture
found-source-set = picture in another size
found-style = style sheet
found-video = video or sound
found-poster = poster of a video
found-link = link
found-embed = embedded object

trace-title = Where it is hosted
trace-at = Looked up { $at }, UTC
trace-signal = Signal
trace-says = Says
trace-from = Source
trace-comes-to = Comes to
trace-disagree = No country: the signals do not agree, or say nothing
trace-domain = Domain
trace-cdn = Behind
trace-origin = The content may lie at { $origin }
trace-empty = Nobody has looked it up.
trace-again = Look up again
trace-history = History
trace-overruled = An analyst's word stands.
trace-overrule = Overrule
trace-country = Country
trace-reason = Reason
trace-reason-hint = One sentence. It stays in the history.
trace-overrule-do = Set the country
trace-take-back = Take it back

signal-address-database = Address database
signal-address-registry = Registry of the address
signal-network-registry = Registry of the network

traced-reported = Came with the report
traced-looked-up = Looked up
traced-overruled = Overruled
traced-taken-back = Taken back

custody-title = Chain of custody, item { $reference }
custody-link = Chain of custody
custody-object = The object
custody-item = Item
custody-sealed = Sealed as
custody-seen = Where it was seen
custody-uploaded = It was not captured here: a person added it.
custody-events = What happened to it
custody-chained = Numbers are those of this organisation's log, whose entries are chained: none can be removed or altered unseen.

news-title = News
news-moved = Report { $reference }: the host moved from { $was } to { $becomes }. It was routed again.
news-see = Put away
