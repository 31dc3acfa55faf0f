# Words of every page: the frame, vocabularies, columns, forms.

frame-skip = Skip to content
frame-demo = Demo: invented network, harmless drawings. Sign-in links work only here.
frame-nav = Main
frame-way = Where you are
frame-sign-out = Sign out
frame-foot = CPORT. Every look and every change is written to your organisation's log.

nav-reports = Reports
nav-assess = Assess
nav-owned = To confirm
nav-inbox = Inbox
nav-partner = Block list
nav-network = Network
nav-audit = Log

list-or = { $first } or { $last }
list-and = { $first } and { $last }
unknown = unknown

flash-signed-in = You are signed in.
flash-signed-out = You are signed out.
flash-report-added = The report was taken in.
flash-capture-asked = The page is being fetched.
flash-trace-asked = The host is being looked up.
flash-host-set = The country was set. The report is routed again.
flash-files-added = The files were added.
flash-assessed = The assessment was saved.
flash-confirmed = The item was confirmed.
flash-outcome-recorded = The outcome was recorded. The hotline sees it now.

# Vocabularies

role-analyst = Analyst
role-officer = Officer
role-auditor = Auditor
role-secretary = Secretary
role-operator = Operator

kind-hotline = Hotline
kind-lea = Law-enforcement agency
kind-interpol = INTERPOL
kind-asp = Access provider
kind-network = Network secretariat

class-baseline = Baseline
class-national = National
class-not-illegal = Not illegal
class-in-country = National, { $country }

age-infant = 0 to 2 years
age-prepubescent = 3 to 9 years
age-pubescent = 10 to 13 years
age-adolescent = 14 to 17 years
age-adult = adult
age-unknown = age unknown

gender-female = female
gender-male = male
gender-both = both
gender-unknown = gender unknown

synthetic-real = a real recording
synthetic-generated = generated
synthetic-drawn = drawn
synthetic-unknown = real or not: unknown

site-website = website
site-forum = forum
site-image-host = image host
site-file-host = file host
site-social-media = social media
site-messenger = messenger
site-search = search engine
site-onion = onion site
site-other = other
site-unknown = unknown

state-received = Received
state-captured = Captured
state-described = Described
state-compared = Compared
state-assessed = Assessed
state-routed = Routed
state-disclosed = Disclosed
state-opened = Opened
state-answered = Answered

case-new = New
case-opened = Opened
case-answered = Answered

width-metadata = Facts only
width-item = Item
width-page = Page
width-series = Series

outcome-useful = Useful
outcome-known = Known already
outcome-victim-identified = Victim identified
outcome-arrest = Arrest
outcome-insufficient = Insufficient
outcome-not-illegal-here = Not illegal here

withheld-everything = Everything
withheld-files = The files
withheld-address = The item's own address and digests
withheld-page = The page: source URL, note and time received
withheld-series = The rest of the series

agreement-draft = Draft
agreement-half-signed = Signed by one party
agreement-signed = Waits for the secretariat
agreement-discarded = Discarded
agreement-to-come = To come
agreement-in-force = In force
agreement-ended = Ended
agreement-suspended = Suspended

act-organisation-admitted = Organisation admitted
act-person-added = Person added
act-person-read = Own account read
act-token-made = Access token made
act-person-signed-in = Signed in
act-person-signed-out = Signed out
act-session-continued = Session continued
act-agreement-drafted = Agreement drafted
act-agreement-changed = Draft of an agreement changed
act-agreement-discarded = Draft of an agreement discarded
act-agreement-signed = Agreement signed
act-agreement-countersigned = Agreement countersigned
act-agreement-suspended = Agreement suspended
act-agreement-resumed = Agreement resumed
act-agreement-ended = Agreement ended early
act-agreement-simulated = Agreement tried out
act-agreement-read = Agreement read
act-agreements-read = Agreements read
act-directory-read = Members read
act-audit-read = Log read
act-report-accepted = Report taken in
act-report-files-added = Files added
act-report-routed = Report routed
act-report-progressed = State noted
act-report-read = Report read
act-reports-read = Reports listed
act-organisation-media-law-noted = Media law noted
act-item-erased = File erased
act-capture-erased = Capture erased
act-key-rotation-begun = New key made
act-key-objects-rewrapped = Keys of objects wrapped anew
act-key-rotated = Key replaced
act-key-root-rotated = Root key replaced
act-evidence-verified = Evidence proved
act-evidence-swept = Rests of uploads removed
act-capture-asked = Capture asked for
act-capture-not-needed = Capture not needed
act-capture-taken = Page captured
act-capture-read = Capture read
act-capture-archive-opened = Archive opened
act-capture-picture-opened = Picture of the page opened
act-captures-read = Captures listed
act-report-described = Files looked into
act-report-compared = Files compared
act-report-traced = Host looked up
act-report-trace-asked = Look-up asked for
act-report-host-overruled = Host overruled
act-report-host-taken-back = Word on host taken back
act-trace-read = Trace read
act-custody-read = Chain of custody read
act-item-device-read = Device notes read
act-item-purpose-given = Purpose given
act-news-read = News read
act-news-seen = News put away
act-item-assessed = Item assessed
act-item-inherited = Assessment inherited
act-item-confirmed = Item confirmed
act-item-disclosed = Item disclosed
act-item-withdrawn = Disclosure withdrawn
act-item-read = Item read
act-item-previewed = Preview shown
act-item-opened = File opened
act-items-read = Items listed
act-outcomes-read = Outcomes read
act-case-received = Case received
act-case-read = Case read
act-case-answered = Outcome recorded
act-cases-read = Inbox read

subject-organisation = Organisation
subject-organisations = Members
subject-person = Person
subject-token = Token
subject-session = Session
subject-agreement = Agreement
subject-agreements = Agreements
subject-audit = Log
subject-report = Report
subject-reports = Reports
subject-item = Item
subject-items = Items
subject-capture = Capture
subject-news = News
subject-disclosure = Disclosure
subject-case = Case
subject-cases = Inbox
subject-outcomes = Outcomes

# Columns

col-report = Report
col-received = Received
col-source = Source
col-hosted = Hosted in
col-state = State
col-items = Items
col-to-assess = To assess
col-outcome = Outcome
col-case = Case
col-class = Class
col-why = Why you see it
col-disclosed = Disclosed
col-status = Status
col-agreement = Agreement
col-version = Version
col-valid = Valid
col-organisation = Organisation
col-kind = Kind
col-country = Country
col-number = Number
col-time = Time
col-person = Person
col-act = Act
col-subject = About
col-purpose = Purpose

clause = Clause { $clause }
clause-of = { $agreement }, clause { $clause }
clause-version = clause { $clause }, version { $version }
valid-until = until { $until }
valid-open = onwards, no end set

# Lists, forms, keys

page-nav = Pages
page-next = Next page
form-problem = There is a problem
form-error-title = Error:
form-cancel = Cancel
keys-on = Keyboard shortcuts
keys-show = Keys
