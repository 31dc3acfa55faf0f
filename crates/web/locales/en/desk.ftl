# The hotline analyst's pages.

reports-title = Reports
reports-caption = Reports, newest first
reports-to-assess = { $n ->
    [one] 1 item to assess
   *[other] { $n } items to assess
}
reports-to-confirm = { $n ->
    [one] 1 item to confirm
   *[other] { $n } items to confirm
}
reports-new = New report
reports-filter = Filter by state
reports-all = All
reports-empty = No reports here.
reports-empty-next = Take in a new report, or choose another state.

new-title = New report
new-url = Source URL
new-url-hint = The page that was reported, with http:// or https://. It is never opened from your browser.
new-received = Received at
new-received-hint = When the report reached your hotline, in UTC.
new-hosting = Hosting
new-hosting-hint = What you know about the host. Leave empty what you do not know.
new-ip = IP address
new-country = Country
new-network = Network
new-site = Kind of site
site-change = Say another kind
site-change-do = Say it
flash-site-set = The kind of site is noted. Who is told is decided anew.
new-note = Note
new-note-hint = What another hotline or police should know. No names of people who reported.
new-capture = Capture
new-capture-do = Fetch the page and its files as evidence
new-referrer = Referrer
new-user = User name
new-password = Password
new-login = Login
new-limits = Up to { $files } files, each up to { $size }.
new-files-again = Choose the files again: browsers forget them.
new-do = Take in report
files-label = Files
files-hint = The pictures found on the page. Each is hashed and sealed; what is known already is not shown again.

report-title = Report { $reference }
report-to-assess = { $n ->
    [one] Assess 1 item
   *[other] Assess { $n } items
}
report-captures = Captures
report-captures-empty = The page was not fetched.
report-capture = Fetch the page
report-capture-again = Fetch it again
report-login-kept = kept sealed
report-under-way = The page is being fetched and its files looked into. What is found appears here.
report-no-items = No files yet. Add the files found on the page.
report-add = Add files
report-add-do = Add these files
report-told = Who was told
report-told-empty = Nobody yet. Police are told as soon as the items are assessed and an agreement allows it.
report-not-told = Not told
report-nobody = No agency
report-about = About the report
report-url = Source URL
report-taken = Taken in
report-outcomes = Outcomes
report-outcomes-empty = Nothing has come back yet.
report-timeline = What happened
media-yes = file opens
media-no = file does not open

assess-title = Items to assess
assess-title-count = { $n ->
    [one] 1 item to assess
   *[other] { $n } items to assess
}
assess-shown = { $shown } shown, { $left } waiting in all
assess-empty = Nothing waits for you.
assess-empty-next = New items appear here when a report comes in. Until then:
assess-hosted = hosted in { $country }
assess-hosted-unknown = host unknown
assess-class = Class
assess-age = Age
assess-gender = Gender
assess-synthetic = Real or not
assess-country = Country
assess-note = Note
assess-save = Save
assess-more = Load the next items
assess-hint = Age and gender first. Choosing a class by key saves and goes on.
assess-said-class = { "{file}: {class}." }
assess-saving = Saving…
assess-saved = Saved
assess-failed = Not saved.
assess-offline = The server cannot be reached. Your choice is kept.
assess-again = Choose a class again to retry.
assess-counts = { "{left} left, {saving} saving, {failed} not saved" }
assess-done = Last item. Press n to find what is left.
assess-all = All items on this page are saved.

keys-title = Keys
keys-lead = Keys work on the marked item. Set age and gender first: choosing a class saves and goes on. Switch the keys off with the box at the top of the page.
keys-key = Key
keys-does = What it does
keys-class = Class: { $what }, save, next item
keys-age = Age: { $what }
keys-gender = Gender: { $what }
keys-move = Next or previous item
keys-next = Next item not saved
keys-open = Open the file of the marked item
keys-help = Show this list
keys-close = Close

owned-title = Items to confirm
owned-lead = Other hotlines reported these items. They are hosted in your country, so your police are told when you confirm.
owned-empty = Nothing waits for your confirmation.
owned-empty-next = Items appear here when another hotline reports something hosted in your country. Until then:
owned-confirm = Confirm
owned-reported = Reported by { $by }
