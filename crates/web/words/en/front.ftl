## Home

home-choose = Other options
home-of = { $used } of { $most }
home-uses = What { $server } uses now
home-last-used = last used { $time }
home-copy = Copy the link
home-restart = Restart
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
share-title = Share { $server }
share-lead = Whoever has access works in this server as you do: they run code, and read and change your files.
share-who = Who has access
share-nobody = Nobody but you.
share-group = { $name } (group)
share-may-use = may use it while it runs
share-may-start = may start and stop it, too
share-take = Take back
share-with = Share with somebody
share-kind = With whom
share-person = Person
share-a-group = Group
share-also = They may start and stop it, too
share-give = Share
share-links = Links that give access
share-until = until { $time }
share-used =
    { $count ->
        [one] used once
       *[other] used { $count } times
    }
share-end = End the link
share-lasts = How long the link works
share-days =
    { $count ->
        [one] 1 day
       *[other] { $count } days
    }
share-make = Make a link
share-made = Your link
share-made-help = Send it to whoever is to have access. It is shown only now.
