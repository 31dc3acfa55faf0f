# The organisation's own log.

audit-title = Log
audit-lead = Everything your organisation's people and its part of the exchange did, newest first. Entries are numbered and sealed in a chain, so that none can be removed or altered unseen.
audit-caption = Entries, newest first
audit-filter = Filter the log
audit-from = From (UTC)
audit-to = To (UTC)
audit-any = Any
audit-do = Filter
audit-clear = Clear filter
audit-empty = No entries match.
