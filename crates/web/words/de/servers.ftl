## Server

server-yours = Ihr Server
server-of = Server von { $user }
server-try-again = Noch einmal versuchen
server-stop = Beenden
server-log = Letzte Zeilen, die der Server geschrieben hat
state-stopped = Läuft nicht
state-starting = Startet
state-ready = Läuft
state-stopping = Wird beendet
state-failed = Fehlgeschlagen

## Startseite

home-title = Startseite
home-server = Ihr Server
home-servers = Ihre Server
home-my-server = Mein Server
home-stopping = { $server } wird beendet
home-not-stopped = { $server } konnte nicht beendet werden: { $problem }
home-hub-busy = Der Hub antwortet im Moment nicht. Versuchen Sie es in einigen Sekunden noch einmal.
home-hub-refused = { $message }. Laden Sie diese Seite neu und versuchen Sie es dann noch einmal.
home-hub-away = Der Hub ist nicht erreichbar. Prüfen Sie Ihre Verbindung und versuchen Sie es dann noch einmal.
home-since = seit { $time }
home-at = um { $time }
home-stops-at = Er wird { $time } beendet.
home-log = Was der Server geschrieben hat
home-still-here = Ich bin noch da
home-open = Öffnen
home-progress = Fortschritt zeigen
home-stops = Wird beendet …
home-start = Starten
home-change = Mehr
home-rename = Umbenennen
home-files-stay = Seine Dateien bleiben: Sie liegen in Ihrem persönlichen Ordner.
home-delete = Diesen Server löschen
home-none = Sie haben keinen Server.
home-files = Ihre Dateien
home-storage = Ihre Dateien belegen { $used }, gemessen am { $time }.
home-storage-of = Ihre Dateien belegen { $used } von { $limit }, gemessen am { $time }.
home-another = Ein weiterer Server
home-add = Server hinzufügen
home-add-help = Geben Sie ihm einen beliebigen Namen. Er hat ein eigenes Profil und denselben persönlichen Ordner.

## Vom Start zum laufenden Server

spawn-title = Server starten
spawn-yours = Ihren Server starten
spawn-of = Server von { $user } starten
spawn-for = Der Server wird für { $user } gestartet
spawn-what = Was gestartet wird
spawn-or-another = Oder etwas anderes: { $choice }
spawn-back = Zurück
pending-title = { $server } wird gestartet
pending-lead = Sobald er läuft, kommen Sie dorthin.
pending-usual =
    { $seconds ->
        [one] Das dauert gewöhnlich etwa { $seconds } Sekunde.
       *[other] Das dauert gewöhnlich etwa { $seconds } Sekunden.
    }
pending-opening = Er läuft und wird geöffnet.
pending-failed = Der Server ist nicht gestartet
pending-stopped = Beendet
pending-no-reason = Der Server ist nicht gestartet; ein Grund ist nicht bekannt.
pending-reloads = Diese Seite lädt sich alle paar Sekunden neu.
pending-lost = Die Verbindung zum Hub ist abgebrochen. Ihr Server startet weiter; die Verbindung wird wieder aufgebaut …
pending-steps = Bisherige Schritte
stop-pending-lead = Er kann wieder gestartet werden, sobald er beendet ist. Diese Seite bemerkt es von selbst.
not-running-yours =
    { $named ->
        [yes] Ihr Server „{ $server }“ läuft nicht
       *[no] Ihr Server läuft nicht
    }
not-running =
    { $named ->
        [yes] Der Server von { $user } „{ $server }“ läuft nicht
       *[no] Der Server von { $user } läuft nicht
    }
not-running-yours-failed =
    { $named ->
        [yes] Ihr Server „{ $server }“ ist nicht gestartet
       *[no] Ihr Server ist nicht gestartet
    }
not-running-failed =
    { $named ->
        [yes] Der Server von { $user } „{ $server }“ ist nicht gestartet
       *[no] Der Server von { $user } ist nicht gestartet
    }
not-running-failed-title = Start fehlgeschlagen
not-running-no-reason = Der letzte Start ist fehlgeschlagen; ein Grund ist nicht bekannt.
not-running-lead = Dateien bleiben erhalten, während ein Server nicht läuft. Starten Sie ihn, um weiterzuarbeiten.
not-running-soon =
    { $seconds ->
        [one] Er wird in { $seconds } Sekunde gestartet.
       *[other] Er wird in { $seconds } Sekunden gestartet.
    }
not-running-not = Er wird nicht von selbst gestartet.
not-running-cancel = Nicht starten
