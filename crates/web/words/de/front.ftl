## Startseite

home-choose = Andere Auswahl
home-of = { $used } von { $most }
home-uses = Was { $server } gerade nutzt
home-last-used = zuletzt benutzt { $time }
home-copy = Link kopieren
home-restart = Neu starten
home-quotas = Was Sie nutzen dürfen
home-quotas-group = Alle in { $group } zusammen
home-shared = Mit Ihnen geteilt
home-shared-more = Es gibt noch mehr.
home-services = Dienste
copy-done = Kopiert
kind-servers = Server
kind-cpu = Kerne
kind-memory = Arbeitsspeicher
kind-storage = Dateien
kind-gpu = GPUs
kind-hours = Stunden in diesem Monat

## Start

spawn-last = Zuletzt benutzt
spawn-cost = braucht { $takes } von { $most }, { $used } in Benutzung
spawn-link = Ein Link, der dies startet
spawn-link-help = Wer ihn öffnet, startet damit einen eigenen Server mit dieser Auswahl.
spawn-link-own = Er startet diesen Server mit dieser Auswahl.

## Unterwegs

pending-phase-turn = Warten, bis er an der Reihe ist
pending-phase-ready = Alles wird vorbereitet
pending-phase-answer = Warten auf seine Antwort
pending-cancel = Start abbrechen
pending-log = Was der Server schreibt
pending-log-empty = Er hat noch nichts geschrieben.
not-running-start = Server starten
