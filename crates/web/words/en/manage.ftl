## The pages of the administration

manage-nav = Pages of the administration
manage-profiles = Profiles
manage-services = Services
manage-tokens = Tokens
manage-shares = Shares
manage-audit = Audit log
manage-settings = Settings
manage-health = Health
manage-first = First page
manage-filter-all = Show all
manage-none = Nothing is like this. Change the filters, or show all.

## Servers on the administration page

servers-lead = All servers of people, with those used last first.
servers-search = Search by person or server
servers-state = State
servers-profile = Profile
servers-owner = Person
servers-server = Server
servers-default = default server
servers-used = Last used
servers-started = Started
servers-use = In use
servers-memory = { $size } memory
servers-cores = { $cores } cores
servers-active = Running or on their way
servers-unseen = You may open this page, but see no servers on it.
servers-choose = Choose the server { $name }
servers-delete-title =
    { $count ->
        [one] Delete { $count } server?
       *[other] Delete { $count } servers?
    }
servers-delete-help = Those that run are stopped. Files stay. Default servers can’t be deleted.

## Drained hubs

drain-title = Starts of servers
drain-shown = No server starts at the moment. Servers that run go on.
drain-on = Drained by { $by } since { $since }.
drain-off = Servers may start.
drain-help = Before maintenance: servers that run go on, and none starts, in no hub on this database, until you allow it again.
drain-message = What people are told
drain-message-help = Such as: maintenance on Sunday from 8 to 10. Empty is fine.
drain-begin = Let no server start
drain-change = Change the message
drain-end = Let servers start again

## Shutdown

shutdown-title = Shutdown Hub
shutdown-sure = Shut this hub down?
shutdown-help = The hub that shows you this page ends. Nobody can sign in or start a server until something starts it again, or another hub serves people meanwhile.
shutdown-servers = Stop all servers of people, too
shutdown-edge = Stop the proxy, too
shutdown-not = Keep it running
shutdown-begun = The hub is shutting down
shutdown-begun-help = It ends within seconds. Reload a page to see whether it is back.

## Health

health-good = works
health-warn = look at it
health-bad = broken
health-off = not used
health-database = Database
health-database-do = It answers slowly or not at all. See whether it runs, and how busy its machine is.
health-edge = Proxy
health-edge-do = It does not answer, so new servers can’t be reached. See whether it runs, and whether it has the same token as the hub.
health-hubs = Hubs
health-hubs-do = Some have said nothing for a minute, or their versions differ. Start those again that have ended, and bring all to one version.
health-spawner = How servers are run
health-spawner-do = This machine can’t do everything that keeps servers apart and within their limits:
health-starts = Starts of servers
health-starts-do = The last starts have failed one after the other, or none is allowed. The list of servers shows why each failed.
health-culler = Stopping unused servers
health-mail = Mail
health-mail-do = Many letters wait to be sent. `perijove mail test` tells what the mail server says.
health-environments = Python environments
health-environments-do = A build has failed. `perijove environments build NAME` tries again.
health-services-do = Some don’t answer:
health-version = Version
health-address = Address
health-seen = Last heard of
health-leases = Leases
health-this = this one
health-silent = silent

## The audit log

audit-lead = What was done, by whom, from where; the latest first.
audit-export = Download as JSON lines
audit-at = When (UTC)
audit-actor = By whom
audit-act = What
audit-target = To what
audit-detail = Details
audit-from = From where
audit-since = From (UTC)
audit-until = Before (UTC)

## Tokens of everybody

tokens-lead = What programs sign in with, of people and services, the newest first. The secrets themselves are known to nobody.
tokens-owner = Whole name of a person or service
tokens-owner-head = Whose
tokens-kind = Kind
tokens-own = Made by somebody
tokens-issued = Given to servers and applications
tokens-until = Until
tokens-endless = without an end
tokens-unused = Not used for
tokens-days =
    { $count ->
        [one] { $count } day
       *[other] { $count } days
    }
tokens-note = Note
tokens-revoke = Revoke
tokens-revoked = A token of { $owner } is worth nothing any more.

## Shares of everybody

shares-lead = Which servers are shared with whom, the newest first.
shares-owner = Whole name of the servers’ owner
shares-with = Shared with
shares-none = Nothing is shared here.
shares-codes = Codes
shares-codes-help = Whoever presents one gets a share. To revoke a code takes back nothing that it was used for.
shares-used = Used
shares-ended = What was shared of { $server } has ended.

## Services, profiles and settings on the administration page

services-lead = Other programs that use the hub: from the configuration, or made here.
services-none = There are no services.
services-answers = answers
services-silent = doesn’t answer
services-runs = runs
services-ended = has ended
services-configured = from the configuration
services-made = made at run time
services-managed = run by the hub
services-new = A new service
services-url = Where it listens
services-url-help = Such as http://10.0.0.7:9000. People find it below /services/. Empty for a program that only asks the API.
services-token = Its token
services-token-help = 8 to 64 characters that the service knows, too: `openssl rand -hex 32` makes a good one. Not shown again.
services-token-new = Make a new token
services-token-new-help = It is shown once. The old token and the old OAuth secret end at once.
services-token-sure = Make a new token for { $service }? It can do nothing with the old one from then on.
services-token-made = The new token of { $service }
services-token-made-help = It is shown only now: give it to the service. The old one is void.
services-redirect = Where sign-in leads back to
services-redirect-help = Empty for the usual one, below the service’s own address.
services-scopes = Scopes that it may ask of visitors, one in each line
services-display = Show it in the bar on top
services-no-confirm = Don’t ask people whether it may use their account
services-add = Make the service
services-added = { $service } is made.
services-deleted = { $service } is deleted.
services-delete-help = Its tokens end, and nobody signs in to it any more. The program itself goes on.
services-delete-not = Keep it
profiles-lead = What servers can be started as, from the configuration: for whom, and how many run now.
profiles-none = The configuration has no profiles: every server is started in the same way.
profiles-default = chosen first
profiles-for = For
profiles-everybody = everybody
profiles-role = role
profiles-entitled = – entitlements say more about who may have it.
profiles-running =
    { $count ->
        [one] { $count } server
       *[other] { $count } servers
    }
profiles-others =
    { $count ->
        [one] { $count } server runs without a profile.
       *[other] { $count } servers run without a profile.
    }
settings-lead = What this hub goes by, and where each value is from. Secrets are not shown.
settings-none = Nothing is set: the defaults hold.
settings-all = Show defaults, too
settings-set = Show what is set
settings-secret = not shown
settings-default = default
settings-file = perijove.toml
settings-environment = environment
services-change = Change
services-changed = { $service } is changed.
services-save = Save the service
services-keep = Change nothing
