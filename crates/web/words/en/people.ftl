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
account-acted = { $by } acts as this person
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

## Passkeys, and programs without a browser

login-passkey = Sign in with a passkey
login-passkey-second = Use a passkey instead of a code
login-passkey-failed = No passkey was used. Try again, or sign in another way.
passkeys-title = Passkeys
passkeys-lead = With a passkey you sign in by your finger, your face or the PIN of your device: there is no password that somebody could learn.
passkeys-lead-codes = After a password it stands in for a one-time code.
passkeys-name = Name
passkeys-site = For
passkeys-last-used = Last used
passkeys-never = never
passkeys-new-name = Name of the new passkey
passkeys-new-name-help = What you know it by: the device, or the program that keeps it.
passkeys-add = Add a passkey
passkeys-add-confirmed = Add one, confirmed by a passkey you have
passkeys-unable = Passkeys need JavaScript, a browser that knows them, and this hub’s name in the address, with https.
passkeys-to-rename = Passkey to rename
passkeys-rename-to = Its new name
passkeys-rename = Rename it
passkeys-rename-confirmed = Rename it, confirmed by a passkey
passkeys-to-remove = Passkey to remove
passkeys-last = It is your last one. Without it, your password alone signs you in, whoever knows it.
passkeys-last-codes = It is your last one. Without it, your password and a one-time code sign you in.
passkeys-remove = Remove it
passkeys-remove-confirmed = Remove it, confirmed by a passkey
passkeys-failed = No passkey was used. Try again, or type your password.
device-title = Sign in a program
device-lead = { $client } asks to act for you, { $you }. Go on only if you have started it yourself and it shows this code.
device-from = Asked from
device-program = Program
device-warning = If somebody has sent you this code or a link to this page, turn it down: they would act in your name.
device-type = Type the code that the program shows.
device-continue = Continue

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
