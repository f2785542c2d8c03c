## One person

someone-back = All people
someone-about = About
someone-suspended = suspended
someone-make-admin = Make an administrator
someone-rename = Change the name
someone-new-name = New name
someone-rename-help = Servers must be stopped before. Files stay theirs.
someone-rename-submit = Change it
someone-default-server = default server
someone-no-servers = No server yet.
someone-groups-roles = Groups and roles
someone-no-groups = In no group.
someone-join = Group
someone-join-submit = Put in
someone-role-group = by { $group }
someone-no-roles = No role.
someone-role = Role
someone-use = Use and storage
someone-quota-servers = Servers
someone-quota-cpu = CPU cores
someone-quota-memory = Memory
someone-quota-storage = Storage
someone-quota-gpu = GPUs
someone-quota-hours = Hours this month
someone-used-of = { $used } of { $allowed }
someone-homes = Files
someone-trash = in the trash
someone-not-measured = not measured yet
someone-no-homes = No files yet.
someone-sign-in = Signing in
someone-password = With a password
someone-codes = and one-time codes
someone-passkeys =
    { $count ->
        [one] With a passkey
       *[other] With { $count } passkeys
    }
someone-no-ways = No way to sign in is kept for this account.
someone-sessions = Where they are signed in
someone-end-session = Sign out
someone-end-sessions = Sign out everywhere
someone-no-sessions = Nowhere.
someone-tokens = Tokens
someone-token-used = last used { $time }
someone-token-unused = never used
someone-revoke = Revoke
someone-no-tokens = No tokens.
someone-shares = Shares
someone-given = Shared by them
someone-received = Shared with them
someone-nothing-given = Nothing.
someone-nothing-received = Nothing yet.
someone-log = What has happened
someone-log-by = by { $by }
someone-log-all = The whole log
someone-no-log = Nothing is in the log.
said-someone-admin = This person is an administrator now.
said-someone-plain = This person is no administrator any more.
said-someone-joined = This person is in the group.
said-someone-left = This person is not in the group any more.
said-someone-out = This person is signed out there.
said-someone-out-all = This person is signed out everywhere.
said-someone-revoked = The token is revoked.
said-someone-role-given = This person has the role.
said-someone-role-taken = This person does not have the role any more.
said-someone-role-admin = Administrators are made and unmade by the button for it.
