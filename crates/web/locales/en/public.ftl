# The front page of the demo, signing in, and what went wrong.

home-title = Choose who you are
home-lead = Hotlines and police exchange reports of child sexual abuse material here. This is a demo: the network is invented and every picture is a drawing of shapes.
home-choose = Sign in as
home-empty = This demo has no people yet. Start it again with fresh data.
home-try = What to try
home-try-desk = As an analyst, take in a report or assess the items that wait. One key per item is enough.
home-try-police = As the officer of the hosting country, open the inbox. Each case says which clause gave it to you and what was kept back.
home-try-outcome = Say what came of it in one click. Sign in as the analyst again and find the outcome at the report.
home-try-other = Sign in as an officer of another country: the case does not exist there. The log shows every look.
home-sites = Sites of the invented web, to report and have fetched
home-token = Have an access token?
home-token-link = Sign in with it

sign-in-title = Sign in
sign-in-lead = CPORT is open to hotlines, law-enforcement agencies, INTERPOL and access providers of the network.
sign-in-back = Choose somebody of the demo
sign-in-token = Access token
sign-in-token-hint = Your organisation's administrator gives it to you. Nobody else needs to know it.
sign-in-do = Sign in

error-400 = The request could not be read
error-401 = Sign in first
error-403 = Not for your role
error-404 = There is nothing here for you
error-405 = That cannot be done here
error-409 = This was done already
error-410 = It is no longer here
error-412 = It changed meanwhile
error-413 = Too large
error-415 = This kind of file cannot be taken
error-422 = Something cannot be used
error-429 = Too many requests
error-500 = Something went wrong on our side
error-other = That did not work

advice-400 = Go back, reload the page and try again. Nothing was changed.
advice-401 = Your session has ended or there was none. Nothing was changed.
advice-403 = Somebody with another role in your organisation may be able to do it.
advice-404 = The address is wrong, or it is not for your organisation. The answer is the same for both.
advice-405 = Go back and use the buttons on the page. Nothing was changed.
advice-409 = Go back and look at what is there now.
advice-410 = It was erased when its time was over, or it can be looked at only once. The log keeps the entry.
advice-412 = Go back, reload the page and look at the change before you try again. Nothing was overwritten.
advice-413 = Send fewer or smaller files at a time. Nothing was changed.
advice-415 = Send pictures in a usual format. Nothing was changed.
advice-422 = Go back and correct it. Nothing was changed.
advice-429 = Wait a minute and try again. Nothing was changed.
advice-500 = Nothing was changed. Try again. If it happens again, tell your administrator when it happened.
advice-other = Go back and try again. Nothing was changed.

error-back = Go back
error-home = Go to the front page
error-status = Status { $status }
