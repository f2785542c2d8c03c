# What pages say, in English: the catalogue that has every message. `docs/how-to/languages.md` says how others are made.

language-name = English
language-label = Language

## What is on every page

page-skip = Skip to the content
page-main-menu = Main
page-sign-out = Sign out
page-announcement = Announcement

## Servers, wherever they are spoken of

server-yours = your server
server-of = the server of { $user }
server-try-again = Try again
server-stop = Stop
server-log = Last lines that the server wrote

state-stopped = Not running
state-starting = Starting
state-ready = Running
state-stopping = Stopping
state-failed = Failed

## Passwords, wherever they are chosen

password-user-name = User name
password-again = Password again
password-help =
    { $count ->
        [one] At least { $count } character. A few unrelated words make a good one.
       *[other] At least { $count } characters. A few unrelated words make a good one.
    }
password-differs = The two passwords differ.

## Signing in

login-title = Sign in
login-username = Username:
login-password = Password:
login-otp = One-time code (OTP):
login-otp-help = Six digits from your authenticator app, if you have set one up.
login-sign-up = Create an account
login-or = or
login-no-way = No way to sign in is set up on this hub. Please ask the person who runs it.

logout-title = Signed out
logout-heading = You are signed out
logout-lead = Servers that were running keep running.
logout-again = Sign in again

## The first account, invitations, signing up

setup-title = Set up
setup-heading = Set up Perijove
setup-lead = Create the first account. It is an administrator’s, and this link works only once.
setup-welcome = Welcome
setup-welcome-you = Welcome, { $user }
setup-invite-lead = Choose a password for your account. This link works only once.
setup-save = Save and sign in

signup-title = Sign up
signup-lead = Choose a name and a password.
signup-email = Mail address
signup-submit = Create the account
signup-have-one = Do you have an account?
signup-thanks = Thank you

waiting-title = Who waits for an account
waiting-lead = They have signed up, and can sign in once somebody lets them in.
waiting-from = From
waiting-let-in = let in
waiting-turn-down = turn down
waiting-nobody = Nobody waits. Whoever signs up appears here.

## One's own account

account-title = Your account
account-lead = Where you are signed in, and how.
account-your-password = Your password
account-sessions = Signed in
account-browser = Browser
account-address = Address
account-since = Since
account-last-seen = Last seen
account-unknown = unknown
account-this-one = this one
account-end-one = sign out
account-end-others = Sign out everywhere else
account-password = Password
account-language = Language
account-language-label = Pages and mail are in
account-language-browser = the language of the browser
account-language-save = Save the language

codes-title = One-time codes
codes-recovery = Keep these recovery codes where you find them without your app. Each signs you in once in the place of a code, and they are not shown again.
codes-since = Besides your password, a code from your app is asked for since { $time }.
codes-left =
    { $count ->
        [one] { $count } recovery code is left.
       *[other] { $count } recovery codes are left.
    }
codes-new-recovery = Make new recovery codes
codes-remove = Ask for no codes any more
codes-scan = Take this picture with your authenticator app, then type the code that it shows.
codes-picture = QR code for an authenticator app
codes-secret = Without a camera, type this secret: { $secret }
codes-code = Code
codes-confirm = Ask for codes from now on
codes-why = With an authenticator app, whoever has your password still can't sign in.
codes-propose = Set up one-time codes

linked-title = Other ways to sign in
linked-one = { $method }: { $subject }, since { $time }
linked-unlink = unlink
linked-link = Link: { $label }

change-title = Change your password
change-lead = Everywhere else you are signed out then.
change-old = Old password
change-new = New password
change-again = New password again
change-submit = Change the password

## Home

home-title = Home
home-server = Your server
home-servers = Your servers
home-my-server = My server
home-stopping = Stopping { $server }
home-not-stopped = { $server } could not be stopped: { $problem }
home-hub-busy = the hub does not answer at the moment. Try again in a few seconds.
home-hub-refused = { $message }. Reload this page, then try again.
home-hub-away = the hub cannot be reached. Check your connection, then try again.
home-since = since { $time }
home-at = at { $time }
home-stops-at = It is stopped { $time }.
home-log = What the server wrote
home-still-here = I am still here
home-open = Open
home-progress = Show progress
home-stops = Stopping …
home-start = Start
home-change = Change
home-rename = Rename
home-files-stay = Its files stay: they are in your home.
home-delete = Delete this server
home-none = You have no server.
home-files = Your files
home-storage = Your files take { $used }, as measured at { $time }.
home-storage-of = Your files take { $used } of { $limit }, as measured at { $time }.
home-another = Another server
home-add = Add the server
home-add-help = Give it any name. It has its own profile, and the same home.

## From a start to a running server

spawn-title = Start a server
spawn-yours = Start your server
spawn-of = Start the server of { $user }
spawn-for = Spawning server for { $user }
spawn-what = What to start
spawn-or-another = Or another { $choice }
spawn-back = Back

pending-title = Starting { $server }
pending-lead = You will be taken to it as soon as it runs.
pending-usual =
    { $seconds ->
        [one] This usually takes about { $seconds } second.
       *[other] This usually takes about { $seconds } seconds.
    }
pending-opening = It runs. Opening it now.
pending-failed = The server did not start
pending-stopped = Stopped
pending-no-reason = The server did not start, and no reason was given.
pending-reloads = This page reloads every few seconds.
pending-lost = The connection to the hub was lost. Your server keeps starting; trying to reconnect …
pending-steps = Steps so far

stop-pending-lead = It can be started again once it has stopped. This page notices by itself.

# `named` is `yes` where the server is one of several, and has a name.
not-running-yours =
    { $named ->
        [yes] Your server “{ $server }” is not running
       *[no] Your server is not running
    }
not-running =
    { $named ->
        [yes] The server of { $user } “{ $server }” is not running
       *[no] The server of { $user } is not running
    }
not-running-yours-failed =
    { $named ->
        [yes] Your server “{ $server }” did not start
       *[no] Your server did not start
    }
not-running-failed =
    { $named ->
        [yes] The server of { $user } “{ $server }” did not start
       *[no] The server of { $user } did not start
    }
not-running-failed-title = Start failed
not-running-no-reason = The last start failed, and no reason was given.
not-running-lead = Files are kept while a server is stopped. Start it to go on.
not-running-soon =
    { $seconds ->
        [one] It will be started in { $seconds } second.
       *[other] It will be started in { $seconds } seconds.
    }
not-running-not = It will not be started by itself.
not-running-cancel = Do not start

## Leave for servers and services, and for other people

oauth-title = Allow access
oauth-heading = Allow access?
oauth-lead = { $client } asks to act for you, { $you }.
oauth-lead-nobody = { $client } asks to act for you.
oauth-application = Application
oauth-sends-to = Sends you to
oauth-scopes = It will be able to
oauth-nothing-more = It will learn who you are, nothing more.
oauth-warning = Allow this only if you meant to open it. Other people’s code may run there.
oauth-allow = Allow
oauth-deny = Do not allow

share-title = Invitation
share-heading = Accept the invitation?
share-lead = You ({ $you }) are invited to access { $owner }'s server.
share-lead-named = You ({ $you }) are invited to access { $owner }'s server “{ $server }”.
share-server = Server
share-not-running = This server is not currently running. You can accept now; { $owner } may have to start it before you can use it.
share-scopes = There you will be able to
share-warning = Whoever may use a server can run code there and read its files. Work that you put there belongs to its owner, too.
share-accept = Accept the invitation
share-next = Then you go on to { $link }

## Tokens

token-title = Tokens
token-lead = With a token, programs of yours do what you can do here. Whoever has it can, too.
token-made = Your new token
token-made-help = Copy it now. It is not shown again; but you can make another at any time.
token-make = Make a token
token-note = Note
token-note-help = What it is for, so that you know it again in the list below.
token-expires-in = Token expires in
token-permissions = Permissions
token-scopes-help = Scopes, separated by spaces, such as { $example }. Without any, the token may do all that you may.
token-request = Request new API token
token-own = API Tokens
token-own-help = A server whose token is revoked has to be started again.
token-last-used = Last used
token-created = Created
token-expires = Expires
token-never = Never
token-no-time = N/A
token-scope-count =
    { $count ->
        [one] { $count } scope
       *[other] { $count } scopes
    }
token-count =
    { $count ->
        [one] { $count } token
       *[other] { $count } tokens
    }
token-revoke = revoke
token-clients = Authorized Applications
token-clients-help = Servers and services that you have opened. Most of them may learn who you are, and no more.
token-first = First authorized

## Administration

admin-title = Administration
admin-people = People
admin-lead =
    { $count ->
        [one] { $count } person. Everything else is done over the API.
       *[other] { $count } people. Everything else is done over the API.
    }
admin-name = Name
admin-servers = Servers
admin-default-server = Default server
admin-administrator = administrator
admin-never = never
admin-running =
    { $count ->
        [one] { $count } running
       *[other] { $count } running
    }
admin-none-running = none running
admin-nobody = There is nobody on this page, or you may not see them.
admin-earlier = Earlier names
admin-further = Further names

roles-title = Roles
roles-lead = A role is a list of scopes. Whoever has the role, by themselves or by a group, may do what the scopes allow.
roles-none = There are no more roles.
roles-earlier = Earlier roles
roles-more = More roles
roles-new = A new role
roles-name-help = 3 to 255 of a-z, 0-9, and - _ . ~; begins with a letter.
roles-scopes-help = One in each line, such as { $example }. A role can’t allow more than you may do yourself.
roles-make = Make the role

role-all = All roles
role-allows = What it allows
role-for = What it is for
role-scopes = Scopes
role-scopes-help = One in each line. A change counts for all who have the role, at once.
role-no-scopes = no scopes
role-save = Save the role
role-delete = Delete this role
role-delete-help = Whoever has it loses it. This can’t be undone.
role-delete-it = Delete { $role }
role-holders = Who has it
role-user = user
role-group = group
role-service = service
role-given = given by { $by }
role-given-at = given by { $by }, { $time }
role-until = until { $time }
role-no-end = without an end
role-take = Take away
role-nobody = Nobody has it yet.
role-more = and { $count } more, which the API lists
role-give = Give it to somebody
role-kind = To a
role-end = Until
role-end-help = In UTC. Empty means for good.
role-give-submit = Give the role

## What went wrong

nothing-title = Nothing here
nothing-lead = There is no page at this address.
nothing-hint = Check the address for a typing error, or go on from your home page.
error-reload = Load this page again

## What the code says
##
## Programs are told these sentences in English, to the letter. Pages find them again by their words, with what varies in
## them: a change here needs the same change in the code.

# Signing in
said-login-wrong = Invalid username or password
said-login-form-expired = This form is invalid or has expired. Try again.
said-login-code-wanted = Enter your password again, and a one-time code with it.
said-login-nobody = Nobody can sign in here.
said-login-unnamed = This request does not say who it is from. Come by the address that people use, or ask an administrator.
said-login-no-access = You are signed in there, but you have no access to this hub. Ask an administrator.
said-login-with = Sign in with { $provider }
said-login-first = Sign in first, then link another way to sign in.
said-login-astray = This request says who it is from, and does not come from where that would count. Sign in by the address that people use, or ask an administrator.
said-login-begin-again = This sign-in was begun in another browser, or it took too long. Begin again.
said-login-cancelled = Signing in with { $provider } was cancelled or refused there.
said-login-untold = { $provider } does not tell who you are. Sign in again.
said-login-unnamed-there = { $provider } does not say what you are called here. Tell an administrator.
said-login-scopes = { $provider } has not granted all that is needed to come in here.
said-login-away = { $provider } can't sign you in at the moment. Try again in a few minutes.
said-login-unasked = { $provider } can't be asked who you are at the moment. Try again in a few minutes.
said-login-unverified = Your mail address is not verified. Verify it where you sign in, then come back.
said-login-domains = Only accounts of { $domains } come in here.
said-login-name-taken = The name { $name } belongs to another account here. If it is yours, sign in to it the way you did before, and link this way to sign in on the page of your account. Otherwise ask an administrator.
said-login-busy = Too many people are signing in at this moment. Try again in a few seconds.
said-login-crowd = Too many people are signing in just now. Try again in a moment.
said-login-unchecked = The password can't be checked now. Try again in a minute.
said-login-pam-away = Passwords can't be checked just now. Try again later, or tell an administrator.
said-login-pam-refused = Your account on this machine can't be used: { $why }. Ask an administrator.
said-login-codes-unreadable = Your one-time codes can't be checked. Ask an administrator for a link with which you sign in without them.
said-link-signed-out = You have signed out meanwhile. Sign in and try again.
said-link-taken = That account is linked to another account here.

# Passwords and names
said-passwords-differ = The two passwords are not the same.
said-password-short = The password has { $length } characters. It needs { $least } or more.
said-password-long = The password is too long: { $most } bytes are enough for everybody.
said-password-name = The password is little more than a name that others know. Choose another.
said-password-common = Many people use this password: it is among the first that anybody tries. Choose another.
said-password-easy = This password is easy to guess. A few unrelated words make a good one.
said-password-wrong = The password is wrong.
said-password-old-wrong = The old password is wrong.
said-password-none = You have no password here.
said-password-none-hint = You sign in elsewhere; change your password there.
said-password-others = Nobody sets somebody else's password here.
said-name-taken = This name is taken.
said-name-unusable = This name can't be used: { $why }.
said-name-invalid = Invalid name: { $why }.

# Links, invitations, signing up
said-setup-gone = This link has been used, or it has expired.
said-setup-gone-hint = Ask an administrator for a new one. The first administrator's link is printed when the hub starts.
said-setup-used = This link was used a moment ago.
said-setup-late = There is an administrator already, who can invite you.
said-signup-taken = This name is taken, or it can't be used. Choose another.
said-signup-terms = Agree to the terms of service first.
said-signup-no-mail = This is no mail address.
said-signup-mail-wanted = A mail address is asked for.
said-signup-many = Many accounts were asked for from where you are. Try again in an hour.
said-signup-made = Your account is there. Sign in with your new password.
said-signup-waits = Your account waits for an administrator. Once they have let you in, you can sign in.
said-waiting-has-account = Somebody of this name has an account already.
said-waiting-let-in = { $name } has an account now.
said-waiting-gone = { $name } waits no more.
said-waiting-turned-down = { $name } was turned down.

# One's own account
said-account-others-out = You are signed out everywhere else.
said-account-one-out = You are signed out there.
said-codes-removed = No codes are asked for any more.
said-codes-new-recovery = The old recovery codes hold no more.
said-codes-nothing = There is nothing to confirm. Begin again.
said-codes-wrong = This code does not hold. Codes change every 30 seconds.
said-codes-set = One-time codes are asked for from now on.
said-linked-only = This is the only way in which you can sign in.
said-linked-gone = That way to sign in leads to this account no more.
said-language-unknown = There are no pages in this language.

# Errors of every kind
said-status-bad-request = Bad Request
said-status-forbidden = Forbidden
said-status-not-found = Not Found
said-status-internal = Internal Server Error
said-status-unavailable = Service Unavailable
said-error-internal-hint = The hub's log has the cause. Trying again does no harm.
said-error-database = The hub can't reach its database.
said-error-database-hint = Running servers are not affected. Try again in a few seconds.
said-error-database-login = The hub can't reach its database. Try again in a few seconds.
said-error-conflict = Somebody else was quicker. Please try again.
said-error-credentials = Missing or invalid credentials.
said-error-scopes = Action is not authorized with current scopes; requires any of [{ $scopes }]
said-error-form-missing = '_xsrf' argument missing from { $method }
said-error-form-wrong = XSRF cookie does not match { $method } argument
said-error-form-hint = Go back, reload the page, and try again.
said-error-form-unreadable = The form can't be read.
said-error-form-unknown = This form is not known here.
said-error-form-nothing = The form asks for nothing that can be done here.
said-error-too-large = The body of the request is too large.

# Servers
said-server-none = There is no such server, or it is not shared with you.
said-server-no-access = You do not have permission to access { $what }
said-server-no-access-hint = Its owner or an administrator can give you access.
said-server-down = Your server appears to be down.
said-server-down-hint = Start it again from the home page.
said-server-unreached = The server runs, but it can't be reached.
said-server-unreached-hint = Stop it on the home page and start it again. If that does not help, the edge's log says more.
said-server-embedded = A server is started from a page or a link, not from within another page.
said-server-running = { $server } is already running
said-server-pending = { $server } is pending spawn
said-server-stopping = { $server } is pending stop
said-server-active = { $server } is active. Please stop it before modifying it.
said-server-crowd = Too many users trying to log in right now. Try again in { $seconds } seconds.
said-server-full = Active user limit exceeded. Try again in a few minutes.
said-server-no-named = Named servers are not enabled.
said-server-named-most = User { $user } already has the maximum of { $limit } named servers.  One must be deleted before a new server can be created
said-server-again = { $user } has to sign in again before a server can start.
said-server-files-full = Your files take { $used } of the { $limit } that you may have. Make room: another server is not started before.
said-server-files-near = Your files take { $used } of the { $limit } that you may have. Make room before there is none.
said-limit-larger = This takes { $wanted }, and { $who } may have { $allowed }. Choose something smaller.
said-limit-month = { $who } may run servers for { $allowed } a month, and { $used } are used. The next month begins on { $month }.
said-limit-group = The members of “{ $group }” together
said-profile-none = No profile is offered to { $user }. An administrator can change that.

# The way to a running server
said-start-requested = Server requested
said-start-home = Making the home directory ready
said-start-process = Starting the server's process
said-start-answer = Waiting for the server to answer
said-start-ready = Server ready at { $url }
said-start-cancelled = Spawn cancelled
said-start-failed = Spawn failed: { $why }
said-start-unanswered = The server runs, but did not answer at { $url } within { $seconds } seconds.
said-start-late = The server did not start within { $seconds } seconds.
said-start-edge = The server runs, but the proxy could not be told of it.
said-start-ended = The server ended before it answered.
said-start-ended-status = The server ended before it answered [status={ $status }].
said-start-ended-why = The server ended before it answered. { $why }
said-ended = The server ended by itself.
said-ended-status = The server ended by itself with status { $status }.
said-ended-why = The server ended by itself. { $why }
said-ended-memory = Its memory limit of { $limit } was reached.

# Why a server is or was stopped
said-stopped = The server was stopped because { $why }.
said-stopping = This server is about to be stopped: { $why }.
said-because-unused = nobody has used it for a while
said-because-idle = it was not used for { $time }
said-because-age = no server runs longer than { $time }
said-because-hours-set = servers are stopped at set hours ({ $when })
said-because-month = the { $hours } of this month are used up
said-hours-minutes = { $hours } hours { $minutes } minutes
said-hours = { $count } hours
said-minutes = { $count } minutes
said-seconds = { $count } seconds

# What a server gets
said-amount-core = 1 core
said-amount-cores = { $count } cores
said-amount-memory = { $amount } of memory
said-amount-storage = { $amount } of storage

# Invitations to somebody's server
said-share-no-code = This address has no share code.
said-share-no-code-hint = Open the link as it was sent to you, to its very end.
said-share-unknown = This invitation is not valid, or it has expired.
said-share-unknown-hint = Ask whoever sent it to you for another one.
said-share-own = This is your own server: it needs no invitation.
said-share-own-hint = Send the link to those whom you want to share it with.

# Tokens
said-life-hour = 1 Hour
said-life-day = 1 Day
said-life-week = 1 Week
said-life-month = 1 Month
said-life-year = 1 Year
said-life-never = Never
said-life-hours = Max ({ $count } hours)
said-life-days = Max ({ $count } days)

# Roles
said-role-built-in = Built in
said-role-configuration = From the configuration
said-role-authenticator = From sign-in
said-role-made = Made by { $name }
said-role-no-holder = There is no such user, group or service, or it does not have the role.
said-role-end = The end is a date and a time, such as 2026-12-24T18:00.

# What programs may be allowed, and where
said-scope-nothing = Know who you are
said-scope-self = Everything that is yours
said-scope-inherit = Everything that you may do
said-scope-access-servers = Use servers
said-scope-access-services = Use services
said-scope-list-users = List users
said-scope-read-names = Read the names of users
said-scope-read-groups = Read which groups users are in
said-scope-read-activity = Read when users were last active
said-scope-servers = Start and stop servers
said-scope-read-servers = See servers and whose they are
said-scope-start-servers = Start and edit servers
said-scope-delete-servers = Stop and delete servers
said-scope-tokens = Create, read and revoke the API tokens of users
said-scope-read-tokens = See which API tokens users have
said-scope-shares = Share servers and take it back
said-scope-read-shares = See with whom servers are shared
said-only-you = only you
said-only-service-this = only this service
said-only-server-this = only this server
said-only-server-default = only your default server
said-only-server-yours = only your server { $server }
said-only-server-default-of = only { $user }'s default server
said-only-server-of = only { $user }'s server { $server }
said-only-user = only user { $user }
said-only-group = only users in group { $group }
said-only-service = only service { $service }

# From a learning platform, and from a directory
onward-heading = You are on your way
onward-lead = Your learning platform has sent you here. Signing in goes on by itself.
onward-go = Go on
said-login-suspended = Your account is suspended. Ask whoever runs your organisation's directory.
said-lti-invalid = What your learning platform sent does not hold. Open the link there again, or tell whoever runs this hub.
said-lti-nobody = Your learning platform does not say who you are. Whoever runs it can let it.
said-lti-not-begun = This sign-in was not begun in this browser, or too long ago. Open the link on your learning platform again, in a window of its own.
said-lti-from-course = Come here from the place that leads here: your course, for instance.

## Mail addresses, forgotten passwords, invitations

forgot-title = Forgot your password?
forgot-look = Look into your mail
forgot-done = If there is such an account and its mail address is known here, a link is on its way there. It works once, within { $minutes } minutes.
forgot-nothing = Nothing has come? Ask an administrator for a link.
forgot-lead = A link with which you choose a new one is sent to the mail address of your account.
forgot-who = User name or mail address
forgot-send = Send the link
forgot-back = Back to sign in
setup-join = You are invited
setup-join-lead = Choose a name and a password for your account.
setup-reset = Choose a new password
setup-reset-lead = For { $user }. This link works only once; then sign in with the new password.
setup-reset-save = Save the password
signup-domains = With an address at { $domains } you confirm it by a link, and need not wait.
confirm-title = Confirm your mail address
confirm-account = If { $email } is yours, and you have signed up as { $name }, the account is yours with this.
confirm-address = If { $email } is yours, it becomes the mail address of the account { $name } with this.
confirm-submit = Confirm
confirm-not-you = If you have not asked for this, close this page: nothing happens.
account-email = The hub writes to { $email }, such as when you have forgotten your password.
account-no-email = The hub knows no mail address of yours, and can't help when you have forgotten your password.
account-new-email = New mail address
account-send-link = Send a link there
admin-invite = Invite people
invitations-title = Invitations
invitations-lead = Whoever has the link of an invitation chooses a name and a password, and has an account.
invitations-made = Its link is shown only now:
invitations-by = Invited by
invitations-sent = Sent to
invitations-groups = Groups
invitations-left = Uses left
invitations-until = Until
invitations-revoke = revoke
invitations-none = There are no invitations. Those that you make appear here until they are used up or their time is over.
invitations-new = A new invitation
invitations-email = Send it to this mail address
invitations-email-help = Empty: you pass the link on yourself.
invitations-into = Groups that they are put into
invitations-into-help = With commas between them; may be empty.
invitations-uses = How many people may use it
invitations-days = For how many days
invitations-make = Make the invitation
