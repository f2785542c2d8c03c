## Home

home-choose = Other options
home-of = { $used } of { $most }
home-uses = What { $server } uses now
home-last-used = last used { $time }
home-recent = Recently used
home-copy = Copy the link
home-restart = Restart
home-restart-sure = Restart { $server }? Programs that run in it end. Files stay.
home-leave = Leave it
home-delete-sure = Delete { $server }?
home-quotas = What you may use
home-quotas-group = All of { $group } together
home-shared = Shared with you
home-shared-more = There are more.
home-services = Services
copy-done = Copied
kind-servers = Servers
kind-cpu = Cores
kind-memory = Memory
kind-storage = Files
kind-gpu = GPUs
kind-hours = Hours this month

## Start

spawn-last = Last used
spawn-cost = takes { $takes } of { $most }, { $used } in use
spawn-cost-free = takes { $takes } of { $most }
spawn-link = A link that starts this
spawn-link-help = Whoever opens it starts a server of their own with these choices.
spawn-link-own = It starts this server with these choices.

## On the way

pending-phase-turn = Waiting for its turn
pending-phase-ready = Getting everything ready
pending-phase-answer = Waiting for its answer
pending-cancel = Cancel the start
pending-log = What the server writes
pending-log-empty = It has written nothing so far.
not-running-start = Launch server

## Sharing

home-share = Share
sharing-title = Share { $server }
sharing-lead = Whoever has access works in this server as you do: they run code, and read and change your files.
sharing-who = Who has access
sharing-nobody = Nobody but you.
sharing-group = { $name } (group)
sharing-may-use = may use it while it runs
sharing-may-start = may start and stop it, too
sharing-take = Take back
sharing-with = Share with somebody
sharing-kind = With whom
sharing-person = Person
sharing-a-group = Group
sharing-also = They may start and stop it, too
sharing-give = Share
sharing-links = Links that give access
sharing-until = until { $time }
sharing-used =
    { $count ->
        [0] not used yet
        [one] used once
       *[other] used { $count } times
    }
sharing-end = End the link
sharing-lasts = How long the link works
sharing-days =
    { $count ->
        [one] 1 day
       *[other] { $count } days
    }
sharing-make = Make a link
sharing-made = Your link
sharing-made-help = Send it to whoever is to have access. It is shown only now.
