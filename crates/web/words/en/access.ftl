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
token-may = What the token may do
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
