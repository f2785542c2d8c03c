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

## Home

home-title = Home
home-server = Your server
home-servers = Your servers
home-my-server = My Server
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
home-change = More
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
