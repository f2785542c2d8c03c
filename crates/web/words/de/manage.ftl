## The pages of the administration

manage-nav = Seiten der Verwaltung
manage-profiles = Profile
manage-services = Dienste
manage-tokens = Token
manage-shares = Freigaben
manage-audit = Protokoll
manage-settings = Einstellungen
manage-health = Zustand
manage-first = Erste Seite
manage-filter-all = Alle zeigen
manage-none = So etwas gibt es nicht. Ändern Sie die Filter, oder zeigen Sie alle.

## Servers on the administration page

servers-lead = Alle Server der Nutzer, die zuletzt benutzten zuerst.
servers-search = Nach Person oder Server suchen
servers-state = Zustand
servers-profile = Profil
servers-owner = Person
servers-server = Server
servers-default = Standardserver
servers-used = Zuletzt benutzt
servers-started = Gestartet
servers-use = Verbrauch
servers-memory = { $size } Speicher
servers-cores = { $cores } Kerne
servers-active = Laufend oder unterwegs
servers-unseen = Sie dürfen diese Seite öffnen, sehen darauf aber keine Server.
servers-choose = Server { $name } auswählen
servers-delete-title =
    { $count ->
        [one] { $count } Server löschen?
       *[other] { $count } Server löschen?
    }
servers-delete-help = Laufende werden angehalten. Dateien bleiben. Standardserver können nicht gelöscht werden.

## Drained hubs

drain-title = Starts von Servern
drain-shown = Zurzeit startet kein Server. Laufende Server laufen weiter.
drain-on = Von { $by } gesperrt seit { $since }.
drain-off = Server dürfen starten.
drain-help = Vor einer Wartung: Laufende Server laufen weiter, und keiner startet, in keinem Hub an dieser Datenbank, bis Sie es wieder erlauben.
drain-message = Was den Leuten gesagt wird
drain-message-help = Zum Beispiel: Wartung am Sonntag von 8 bis 10 Uhr. Darf leer bleiben.
drain-begin = Keinen Server starten lassen
drain-change = Mitteilung ändern
drain-end = Server wieder starten lassen

## Shutdown

shutdown-title = Hub herunterfahren
shutdown-sure = Diesen Hub herunterfahren?
shutdown-help = Der Hub, der Ihnen diese Seite zeigt, endet. Niemand kann sich anmelden oder einen Server starten, bis ihn etwas wieder startet, oder solange kein anderer Hub die Leute bedient.
shutdown-servers = Auch alle Server der Nutzer anhalten
shutdown-edge = Auch den Proxy anhalten
shutdown-not = Weiterlaufen lassen
shutdown-begun = Der Hub fährt herunter
shutdown-begun-help = Er endet in wenigen Sekunden. Laden Sie eine Seite neu, um zu sehen, ob er wieder da ist.

## Health

health-good = läuft
health-warn = ansehen
health-bad = gestört
health-off = nicht benutzt
health-database = Datenbank
health-database-do = Sie antwortet langsam oder gar nicht. Sehen Sie nach, ob sie läuft und wie ausgelastet ihr Rechner ist.
health-edge = Proxy
health-edge-do = Er antwortet nicht, neue Server sind also nicht erreichbar. Sehen Sie nach, ob er läuft und dasselbe Token hat wie der Hub.
health-hubs = Hubs
health-hubs-do = Einige haben seit einer Minute nichts gesagt, oder ihre Versionen unterscheiden sich. Starten Sie die beendeten neu, und bringen Sie alle auf eine Version.
health-spawner = Wie Server laufen
health-spawner-do = Dieser Rechner kann nicht alles, was Server trennt und in ihren Grenzen hält:
health-starts = Starts von Servern
health-starts-do = Die letzten Starts sind nacheinander misslungen, oder es ist keiner erlaubt. Die Liste der Server zeigt, woran jeder lag.
health-culler = Anhalten unbenutzter Server
health-mail = Post
health-mail-do = Viele Briefe warten. `perijove mail test` sagt, was der Mailserver meint.
health-environments = Python-Umgebungen
health-environments-do = Ein Bau ist misslungen. `perijove environments build NAME` versucht es noch einmal.
health-services-do = Einige antworten nicht:
health-version = Version
health-address = Adresse
health-seen = Zuletzt gehört
health-leases = Aufgaben
health-this = dieser
health-silent = still

## The audit log

audit-lead = Was geschah, durch wen, von wo; das Neueste zuerst.
audit-export = Als JSON-Zeilen herunterladen
audit-at = Wann (UTC)
audit-actor = Durch wen
audit-act = Was
audit-target = Woran
audit-detail = Einzelheiten
audit-from = Von wo
audit-since = Ab (UTC)
audit-until = Vor (UTC)

## Tokens of everybody

tokens-lead = Womit sich Programme anmelden, von Personen und Diensten, die neuesten zuerst. Die Geheimnisse selbst kennt niemand.
tokens-owner = Ganzer Name einer Person oder eines Dienstes
tokens-owner-head = Wessen
tokens-kind = Art
tokens-own = Von jemandem gemacht
tokens-issued = An Server und Anwendungen gegeben
tokens-until = Bis
tokens-endless = ohne Ende
tokens-unused = Nicht benutzt seit
tokens-days =
    { $count ->
        [one] { $count } Tag
       *[other] { $count } Tagen
    }
tokens-note = Notiz
tokens-revoke = Widerrufen
tokens-revoked = Ein Token von { $owner } gilt nicht mehr.

## Shares of everybody

shares-lead = Welche Server mit wem geteilt sind, die neuesten zuerst.
shares-owner = Ganzer Name der Person, der die Server gehören
shares-with = Geteilt mit
shares-none = Hier ist nichts geteilt.
shares-codes = Codes
shares-codes-help = Wer einen vorlegt, bekommt eine Freigabe. Ein Widerruf nimmt nichts zurück, wofür er benutzt wurde.
shares-used = Benutzt
shares-ended = Die Freigabe von { $server } ist beendet.

## Services, profiles and settings on the administration page

services-lead = Andere Programme, die den Hub benutzen: aus der Konfiguration, oder hier angelegt.
services-none = Es gibt keine Dienste.
services-answers = antwortet
services-silent = antwortet nicht
services-runs = läuft
services-ended = ist beendet
services-configured = aus der Konfiguration
services-made = zur Laufzeit angelegt
services-managed = vom Hub gestartet
services-new = Ein neuer Dienst
services-url = Wo er lauscht
services-url-help = Zum Beispiel http://10.0.0.7:9000. Man findet ihn unter /services/. Leer für ein Programm, das nur die API benutzt.
services-token = Sein Token
services-token-help = 8 bis 64 Zeichen, die auch der Dienst kennt: `openssl rand -hex 32` macht ein gutes. Wird nicht wieder gezeigt.
services-token-new = Neues Token erzeugen
services-token-new-help = Es wird einmal angezeigt. Das alte Token und das alte OAuth-Geheimnis gelten sofort nicht mehr.
services-token-sure = Ein neues Token für { $service } erzeugen? Mit dem alten kann der Dienst dann nichts mehr tun.
services-token-made = Das neue Token von { $service }
services-token-made-help = Es wird nur jetzt angezeigt: Geben Sie es dem Dienst. Das alte gilt nicht mehr.
services-redirect = Wohin die Anmeldung zurückführt
services-redirect-help = Leer für die übliche, unter der Adresse des Dienstes.
services-scopes = Rechte, um die er Besucher bitten darf, eines in jeder Zeile
services-display = In der Leiste oben zeigen
services-no-confirm = Nicht fragen, ob er das Konto benutzen darf
services-add = Dienst anlegen
services-added = { $service } ist angelegt.
services-deleted = { $service } ist gelöscht.
services-delete-help = Seine Token enden, und niemand meldet sich mehr bei ihm an. Das Programm selbst läuft weiter.
services-delete-not = Behalten
profiles-lead = Als was Server gestartet werden können, aus der Konfiguration: für wen, und wie viele gerade laufen.
profiles-none = Die Konfiguration hat keine Profile: Jeder Server wird gleich gestartet.
profiles-default = vorausgewählt
profiles-for = Für
profiles-everybody = alle
profiles-role = Rolle
profiles-entitled = – Berechtigungen regeln Weiteres.
profiles-running =
    { $count ->
        [one] { $count } Server
       *[other] { $count } Server
    }
profiles-others =
    { $count ->
        [one] { $count } Server läuft ohne Profil.
       *[other] { $count } Server laufen ohne Profil.
    }
settings-lead = Wonach sich dieser Hub richtet, und woher jeder Wert kommt. Geheimnisse werden nicht gezeigt.
settings-none = Nichts ist gesetzt: Es gelten die Vorgaben.
settings-all = Auch Vorgaben zeigen
settings-set = Nur Gesetztes zeigen
settings-secret = nicht gezeigt
settings-default = Vorgabe
settings-file = perijove.toml
settings-environment = Umgebung
services-change = Ändern
services-changed = { $service } ist geändert.
services-save = Dienst speichern
services-keep = Nichts ändern
