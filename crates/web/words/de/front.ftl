## Startseite

home-choose = Andere Auswahl
home-of = { $used } von { $most }
home-uses = Was { $server } gerade nutzt
home-last-used = zuletzt benutzt { $time }
home-recent = Zuletzt benutzt
home-copy = Link kopieren
home-restart = Neu starten
home-restart-sure = { $server } neu starten? Programme, die darin laufen, werden beendet. Dateien bleiben.
home-leave = Lassen
home-delete-sure = { $server } löschen?
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
spawn-cost-free = braucht { $takes } von { $most }
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

## Teilen

home-share = Teilen
sharing-title = { $server } teilen
sharing-lead = Wer Zugang hat, arbeitet in diesem Server wie Sie selbst: führt Programme aus, liest und ändert Ihre Dateien.
sharing-who = Wer Zugang hat
sharing-nobody = Niemand außer Ihnen.
sharing-group = { $name } (Gruppe)
sharing-may-use = darf ihn benutzen, solange er läuft
sharing-may-start = darf ihn auch starten und beenden
sharing-take = Zurücknehmen
sharing-with = Mit jemandem teilen
sharing-kind = Mit wem
sharing-person = Person
sharing-a-group = Gruppe
sharing-also = Darf ihn auch starten und beenden
sharing-give = Teilen
sharing-links = Links, die Zugang geben
sharing-until = bis { $time }
sharing-used =
    { $count ->
        [0] noch nicht benutzt
        [one] einmal benutzt
       *[other] { $count }-mal benutzt
    }
sharing-end = Link beenden
sharing-lasts = Wie lange der Link gilt
sharing-days =
    { $count ->
        [one] 1 Tag
       *[other] { $count } Tage
    }
sharing-make = Link anlegen
sharing-made = Ihr Link
sharing-made-help = Senden Sie ihn denen, die Zugang haben sollen. Er wird nur jetzt gezeigt.
