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

## Teilen

home-share = Teilen
share-title = { $server } teilen
share-lead = Wer Zugang hat, arbeitet in diesem Server wie Sie selbst: führt Programme aus, liest und ändert Ihre Dateien.
share-who = Wer Zugang hat
share-nobody = Niemand außer Ihnen.
share-group = { $name } (Gruppe)
share-may-use = darf ihn benutzen, solange er läuft
share-may-start = darf ihn auch starten und beenden
share-take = Zurücknehmen
share-with = Mit jemandem teilen
share-kind = Mit wem
share-person = Person
share-a-group = Gruppe
share-also = Darf ihn auch starten und beenden
share-give = Teilen
share-links = Links, die Zugang geben
share-until = bis { $time }
share-used =
    { $count ->
        [one] einmal benutzt
       *[other] { $count }-mal benutzt
    }
share-end = Link beenden
share-lasts = Wie lange der Link gilt
share-days =
    { $count ->
        [one] 1 Tag
       *[other] { $count } Tage
    }
share-make = Link anlegen
share-made = Ihr Link
share-made-help = Senden Sie ihn denen, die Zugang haben sollen. Er wird nur jetzt gezeigt.
