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
