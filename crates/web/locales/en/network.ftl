# Members, agreements, partners.

network-title = Network
network-agreements = Agreements
network-agreements-empty = No agreements yet. A hotline and the police of its country sign one; the secretariat helps.
network-members = Members
network-empty = No members yet.
network-own = yours
network-no-country = none

agreement-title = { $name }, version { $version }
agreement-between = Between { $hotline } and { $lea }.
agreement-clauses = Clauses of version { $version }
agreement-versions = Versions and signatures
agreement-version = Version { $version }
agreement-shown = shown here
signature-given = { $who } signed on { $at }
signature-missing = { $who } has not signed

# A clause in sentences. "New items, Baseline or National, hosted in the hotline's own country, of any age."

lane-novelty-any = All
lane-novelty-known = Known
lane-novelty-new = New
lane-what = { $novelty } items assessed as { $classes },
lane-hosting-home = hosted in the hotline's own country
lane-hosting-member = hosted in the country of another member hotline
lane-hosting-elsewhere = hosted elsewhere or in an unknown place
lane-sites = { $what }, on a site of the kind { $sites }
lane-synthetic = { $what }, { $how }
lane-any-age = { $what }, whatever the age of the victim/survivor.
lane-ages = { $what }, where the youngest victim/survivor seen is: { $ages }.
lane-gets = The police see
lane-when = They are told
lane-host = The host is told
lane-needs = Approval
lane-hold = Hold
lane-onward = Passed on to
lane-duties = Outcome and time
lane-width-metadata = Facts only: hosting, class and times.
lane-width-item = The item with its own address and digests.
lane-width-page = The page: all disclosed items with source URL and note.
lane-width-series = The whole series, harmless-looking context included.
lane-media-yes = Files open.
lane-media-no = Files do not open.
lane-informed-any-member-baseline = On any member hotline's Baseline assessment; for National, only on the hotline's own.
lane-informed-own-assessment = Only after the hotline's own assessment or confirmation.
lane-notice-hotline = By the hotline
lane-notice-police = By the police, not the hotline
lane-notice-partner = By the hotline of the hosting country
lane-notice-at-once = { $by }, at once.
lane-notice-after = { $by }, { $hours ->
    [one] 1 hour
   *[other] { $hours } hours
} after the police were told.
lane-approval-none = None needed.
lane-approval-oral = Spoken approval of a magistrate
lane-approval-oral-then-written = Spoken approval of a magistrate, then in writing.
lane-approval-written = Written approval of a magistrate
lane-spoken-first = Spoken approval of a magistrate within { $hours ->
    [one] 1 hour
   *[other] { $hours } hours
},
lane-paper = in writing within { $hours ->
    [one] 1 hour
   *[other] { $hours } hours
}.
lane-within = { $what }, within { $hours ->
    [one] 1 hour
   *[other] { $hours } hours
}.
lane-hold-none = The police cannot ask to leave content up.
lane-hold-days = The police may ask to leave content up for { $days ->
    [one] 1 day
   *[other] { $days } days
} at most.
lane-onward-none = Nobody.
onward-icse = INTERPOL's ICSE database
onward-iwol = proposals for the IWOL list
onward-hash-list = the national hash list
lane-outcome = An outcome is due after { $days ->
    [one] 1 day
   *[other] { $days } days
}.
lane-retention = Erased after { $days ->
    [one] 1 day
   *[other] { $days } days
}.

