## Erlaubnis für Server und Dienste, und für andere

oauth-title = Zugriff erlauben
oauth-heading = Zugriff erlauben?
oauth-lead = { $client } möchte in Ihrem Namen handeln, { $you }.
oauth-lead-nobody = { $client } möchte in Ihrem Namen handeln.
oauth-application = Anwendung
oauth-sends-to = Schickt Sie zu
oauth-scopes = Sie wird Folgendes können
oauth-nothing-more = Sie erfährt, wer Sie sind, und sonst nichts.
oauth-warning = Erlauben Sie das nur, wenn Sie sie öffnen wollten. Dort kann Code von anderen laufen.
oauth-allow = Erlauben
oauth-deny = Nicht erlauben
share-title = Einladung
share-heading = Einladung annehmen?
share-lead = Sie ({ $you }) sind eingeladen, den Server von { $owner } zu benutzen.
share-lead-named = Sie ({ $you }) sind eingeladen, den Server „{ $server }“ von { $owner } zu benutzen.
share-server = Server
share-not-running = Dieser Server läuft gerade nicht. Sie können jetzt annehmen; { $owner } muss ihn vielleicht starten, bevor Sie ihn benutzen können.
share-scopes = Dort werden Sie Folgendes können
share-warning = Wer einen Server benutzen darf, kann dort Code ausführen und seine Dateien lesen. Was Sie dort ablegen, gehört auch der Person, der er gehört.
share-accept = Einladung annehmen
share-next = Danach geht es weiter zu { $link }

## Tokens

token-title = Tokens
token-lead = Mit einem Token tun Ihre Programme, was Sie hier tun können. Wer es hat, kann das auch.
token-made = Ihr neues Token
token-made-help = Kopieren Sie es jetzt. Es wird nicht noch einmal gezeigt; Sie können aber jederzeit ein anderes erzeugen.
token-make = Ein Token erzeugen
token-note = Notiz
token-note-help = Wofür es ist, damit Sie es in der Liste unten wiedererkennen.
token-expires-in = Token gilt für
token-may = Was das Token darf
token-permissions = Rechte
token-scopes-help = Rechte (Scopes), durch Leerzeichen getrennt, etwa { $example }. Ohne Angabe darf das Token alles, was Sie dürfen.
token-request = Neues API-Token anfordern
token-own = API-Tokens
token-own-help = Ein Server, dessen Token widerrufen ist, muss neu gestartet werden.
token-last-used = Zuletzt benutzt
token-created = Erzeugt
token-expires = Läuft ab
token-never = Nie
token-no-time = –
token-scope-count =
    { $count ->
        [one] { $count } Recht
       *[other] { $count } Rechte
    }
token-count =
    { $count ->
        [one] { $count } Token
       *[other] { $count } Tokens
    }
token-revoke = widerrufen
token-clients = Zugelassene Anwendungen
token-clients-help = Server und Dienste, die Sie geöffnet haben. Die meisten dürfen erfahren, wer Sie sind, und sonst nichts.
token-first = Zuerst zugelassen
