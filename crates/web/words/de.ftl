# Was die Seiten auf Deutsch sagen.

language-name = Deutsch
language-label = Sprache

## Auf jeder Seite

page-skip = Zum Inhalt springen
page-main-menu = Hauptmenü
page-sign-out = Abmelden
page-announcement = Ankündigung

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

## Passwörter

password-user-name = Benutzername
password-again = Passwort wiederholen
password-help = Mindestens { $count } Zeichen. Einige Wörter ohne Zusammenhang sind ein gutes Passwort.
password-differs = Die beiden Passwörter sind verschieden.

## Anmelden

login-title = Anmelden
login-username = Benutzername:
login-password = Passwort:
login-otp = Einmalcode (OTP):
login-otp-help = Sechs Ziffern aus Ihrer Authenticator-App, falls Sie eine eingerichtet haben.
login-sign-up = Konto anlegen
login-or = oder
login-no-way = Auf diesem Hub ist keine Anmeldung eingerichtet. Bitte fragen Sie, wer ihn betreibt.

logout-title = Abgemeldet
logout-heading = Sie sind abgemeldet
logout-lead = Server, die liefen, laufen weiter.
logout-again = Wieder anmelden

## Erstes Konto, Einladungen, Registrieren

setup-title = Einrichten
setup-heading = Perijove einrichten
setup-lead = Legen Sie das erste Konto an. Es gehört zur Verwaltung, und dieser Link gilt nur einmal.
setup-welcome = Willkommen
setup-welcome-you = Willkommen, { $user }
setup-invite-lead = Wählen Sie ein Passwort für Ihr Konto. Dieser Link gilt nur einmal.
setup-save = Speichern und anmelden

signup-title = Registrieren
signup-lead = Wählen Sie einen Namen und ein Passwort.
signup-email = E-Mail-Adresse
signup-submit = Konto anlegen
signup-have-one = Haben Sie schon ein Konto?
signup-thanks = Vielen Dank

waiting-title = Wer auf ein Konto wartet
waiting-lead = Sie haben sich registriert und können sich anmelden, sobald jemand sie zulässt.
waiting-from = Von
waiting-let-in = zulassen
waiting-turn-down = ablehnen
waiting-nobody = Niemand wartet. Wer sich registriert, erscheint hier.

## Das eigene Konto

account-title = Ihr Konto
account-lead = Wo Sie angemeldet sind, und wie.
account-your-password = Ihr Passwort
account-sessions = Angemeldet
account-browser = Browser
account-address = Adresse
account-since = Seit
account-last-seen = Zuletzt gesehen
account-unknown = unbekannt
account-this-one = dieser
account-end-one = abmelden
account-end-others = Überall sonst abmelden
account-password = Passwort
account-language = Sprache
account-language-label = Seiten und E-Mails sind in
account-language-browser = der Sprache des Browsers
account-language-save = Sprache speichern

codes-title = Einmalcodes
codes-recovery = Bewahren Sie diese Wiederherstellungscodes so auf, dass Sie sie ohne Ihre App finden. Jeder meldet Sie einmal anstelle eines Codes an. Sie werden nicht noch einmal gezeigt.
codes-since = Neben Ihrem Passwort wird seit { $time } ein Code aus Ihrer App verlangt.
codes-left =
    { $count ->
        [one] { $count } Wiederherstellungscode ist übrig.
       *[other] { $count } Wiederherstellungscodes sind übrig.
    }
codes-new-recovery = Neue Wiederherstellungscodes erzeugen
codes-remove = Keine Codes mehr verlangen
codes-scan = Scannen Sie dieses Bild mit Ihrer Authenticator-App und geben Sie dann den Code ein, den sie zeigt.
codes-picture = QR-Code für eine Authenticator-App
codes-secret = Ohne Kamera geben Sie diesen Schlüssel ein: { $secret }
codes-code = Code
codes-confirm = Ab jetzt nach Codes fragen
codes-why = Mit einer Authenticator-App kann sich auch, wer Ihr Passwort hat, nicht anmelden.
codes-propose = Einmalcodes einrichten

linked-title = Andere Anmeldewege
linked-one = { $method }: { $subject }, seit { $time }
linked-unlink = trennen
linked-link = Verknüpfen: { $label }

change-title = Passwort ändern
change-lead = Überall sonst werden Sie dann abgemeldet.
change-old = Altes Passwort
change-new = Neues Passwort
change-again = Neues Passwort wiederholen
change-submit = Passwort ändern

## Startseite

home-title = Start
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
home-change = Ändern
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

## Verwaltung

admin-title = Verwaltung
admin-people = Personen
admin-lead =
    { $count ->
        [one] { $count } Person. Alles andere geht über die API.
       *[other] { $count } Personen. Alles andere geht über die API.
    }
admin-name = Name
admin-servers = Server
admin-default-server = Standardserver
admin-administrator = Verwaltung
admin-never = nie
admin-running =
    { $count ->
        [one] { $count } läuft
       *[other] { $count } laufen
    }
admin-none-running = keiner läuft
admin-nobody = Auf dieser Seite ist niemand, oder Sie dürfen niemanden sehen.
admin-earlier = Frühere Namen
admin-further = Weitere Namen

roles-title = Rollen
roles-lead = Eine Rolle ist eine Liste von Rechten. Wer die Rolle hat, selbst oder durch eine Gruppe, darf tun, was diese Rechte erlauben.
roles-none = Es gibt keine weiteren Rollen.
roles-earlier = Frühere Rollen
roles-more = Weitere Rollen
roles-new = Eine neue Rolle
roles-name-help = 3 bis 255 Zeichen aus a-z, 0-9 und - _ . ~; beginnt mit einem Buchstaben.
roles-scopes-help = Eines je Zeile, etwa { $example }. Eine Rolle kann nicht mehr erlauben, als Sie selbst dürfen.
roles-make = Rolle anlegen

role-all = Alle Rollen
role-allows = Was sie erlaubt
role-for = Wofür sie ist
role-scopes = Rechte (Scopes)
role-scopes-help = Eines je Zeile. Eine Änderung gilt sofort für alle, die die Rolle haben.
role-no-scopes = keine Rechte
role-save = Rolle speichern
role-delete = Diese Rolle löschen
role-delete-help = Wer sie hat, verliert sie. Das lässt sich nicht rückgängig machen.
role-delete-it = { $role } löschen
role-holders = Wer sie hat
role-user = Person
role-group = Gruppe
role-service = Dienst
role-given = vergeben von { $by }
role-given-at = vergeben von { $by }, { $time }
role-until = bis { $time }
role-no-end = unbefristet
role-take = Entziehen
role-nobody = Noch hat sie niemand.
role-more = und { $count } weitere, die die API auflistet
role-give = Jemandem geben
role-kind = An
role-end = Bis
role-end-help = In UTC. Leer heißt: für immer.
role-give-submit = Rolle vergeben

## Was schiefging

nothing-title = Hier ist nichts
nothing-lead = Unter dieser Adresse gibt es keine Seite.
nothing-hint = Prüfen Sie die Adresse auf Tippfehler, oder gehen Sie von Ihrer Startseite aus weiter.
error-reload = Diese Seite neu laden

## Was der Code sagt

# Anmelden
said-login-wrong = Benutzername oder Passwort ist falsch
said-login-form-expired = Dieses Formular ist ungültig oder abgelaufen. Versuchen Sie es noch einmal.
said-login-code-wanted = Geben Sie Ihr Passwort noch einmal ein, und einen Einmalcode dazu.
said-login-nobody = Hier kann sich niemand anmelden.
said-login-unnamed = Diese Anfrage sagt nicht, von wem sie ist. Kommen Sie über die Adresse, die alle benutzen, oder fragen Sie die Verwaltung.
said-login-no-access = Sie sind dort angemeldet, haben aber keinen Zugang zu diesem Hub. Fragen Sie die Verwaltung.
said-login-with = Mit { $provider } anmelden
said-login-first = Melden Sie sich zuerst an, dann verknüpfen Sie einen weiteren Anmeldeweg.
said-login-astray = Diese Anfrage sagt, von wem sie ist, kommt aber nicht von dort, wo das zählt. Melden Sie sich über die Adresse an, die alle benutzen, oder fragen Sie die Verwaltung.
said-login-begin-again = Diese Anmeldung wurde in einem anderen Browser begonnen, oder sie hat zu lange gedauert. Beginnen Sie von vorn.
said-login-cancelled = Die Anmeldung mit { $provider } wurde dort abgebrochen oder abgelehnt.
said-login-untold = { $provider } sagt nicht, wer Sie sind. Melden Sie sich noch einmal an.
said-login-unnamed-there = { $provider } sagt nicht, wie Sie hier heißen. Sagen Sie der Verwaltung Bescheid.
said-login-scopes = { $provider } hat nicht alles gewährt, was man braucht, um hier hereinzukommen.
said-login-away = { $provider } kann Sie im Moment nicht anmelden. Versuchen Sie es in einigen Minuten noch einmal.
said-login-unasked = { $provider } kann im Moment nicht gefragt werden, wer Sie sind. Versuchen Sie es in einigen Minuten noch einmal.
said-login-unverified = Ihre E-Mail-Adresse ist nicht bestätigt. Bestätigen Sie sie dort, wo Sie sich anmelden, und kommen Sie dann wieder.
said-login-domains = Hier kommen nur Konten von { $domains } herein.
said-login-name-taken = Der Name { $name } gehört hier zu einem anderen Konto. Wenn es Ihres ist, melden Sie sich so an wie bisher und verknüpfen Sie diesen Anmeldeweg auf der Seite Ihres Kontos. Fragen Sie sonst die Verwaltung.
said-login-busy = In diesem Augenblick melden sich zu viele an. Versuchen Sie es in einigen Sekunden noch einmal.
said-login-crowd = Gerade melden sich zu viele an. Versuchen Sie es gleich noch einmal.
said-login-unchecked = Das Passwort kann jetzt nicht geprüft werden. Versuchen Sie es in einer Minute noch einmal.
said-login-pam-away = Passwörter können gerade nicht geprüft werden. Versuchen Sie es später noch einmal, oder sagen Sie der Verwaltung Bescheid.
said-login-pam-refused = Ihr Konto auf diesem Rechner kann nicht benutzt werden: { $why }. Fragen Sie die Verwaltung.
said-login-codes-unreadable = Ihre Einmalcodes können nicht geprüft werden. Bitten Sie die Verwaltung um einen Link, mit dem Sie sich ohne sie anmelden.
said-link-signed-out = Sie haben sich inzwischen abgemeldet. Melden Sie sich an und versuchen Sie es noch einmal.
said-link-taken = Jenes Konto ist hier mit einem anderen Konto verknüpft.

# Passwörter und Namen
said-passwords-differ = Die beiden Passwörter sind nicht gleich.
said-password-short = Das Passwort hat { $length } Zeichen. Es braucht mindestens { $least }.
said-password-long = Das Passwort ist zu lang: { $most } Bytes genügen für alle.
said-password-name = Das Passwort ist kaum mehr als ein Name, den andere kennen. Wählen Sie ein anderes.
said-password-common = Viele benutzen dieses Passwort: Es ist unter den ersten, die jemand ausprobiert. Wählen Sie ein anderes.
said-password-easy = Dieses Passwort ist leicht zu erraten. Einige Wörter ohne Zusammenhang sind ein gutes.
said-password-wrong = Das Passwort ist falsch.
said-password-old-wrong = Das alte Passwort ist falsch.
said-password-none = Sie haben hier kein Passwort.
said-password-none-hint = Sie melden sich anderswo an; ändern Sie Ihr Passwort dort.
said-password-others = Hier setzt niemand das Passwort von jemand anderem.
said-name-taken = Dieser Name ist vergeben.
said-name-unusable = Dieser Name ist nicht möglich: { $why }.
said-name-invalid = Ungültiger Name: { $why }.

# Links, Einladungen, Registrieren
said-setup-gone = Dieser Link wurde schon benutzt, oder er ist abgelaufen.
said-setup-gone-hint = Bitten Sie die Verwaltung um einen neuen. Der Link für das erste Konto wird beim Start des Hubs ausgegeben.
said-setup-used = Dieser Link wurde eben erst benutzt.
said-setup-late = Es gibt schon eine Verwaltung; sie kann Sie einladen.
said-signup-taken = Dieser Name ist vergeben oder nicht möglich. Wählen Sie einen anderen.
said-signup-terms = Stimmen Sie zuerst den Nutzungsbedingungen zu.
said-signup-no-mail = Das ist keine E-Mail-Adresse.
said-signup-mail-wanted = Eine E-Mail-Adresse wird verlangt.
said-signup-many = Von dort, wo Sie sind, wurden viele Konten beantragt. Versuchen Sie es in einer Stunde noch einmal.
said-signup-made = Ihr Konto ist angelegt. Melden Sie sich mit Ihrem neuen Passwort an.
said-signup-waits = Ihr Konto wartet auf die Verwaltung. Sobald sie es zugelassen hat, können Sie sich anmelden.
said-waiting-has-account = Jemand mit diesem Namen hat schon ein Konto.
said-waiting-let-in = { $name } hat jetzt ein Konto.
said-waiting-gone = { $name } wartet nicht mehr.
said-waiting-turned-down = { $name } wurde abgelehnt.

# Das eigene Konto
said-account-others-out = Sie sind überall sonst abgemeldet.
said-account-one-out = Sie sind dort abgemeldet.
said-codes-removed = Es werden keine Codes mehr verlangt.
said-codes-new-recovery = Die alten Wiederherstellungscodes gelten nicht mehr.
said-codes-nothing = Es gibt nichts zu bestätigen. Beginnen Sie von vorn.
said-codes-wrong = Dieser Code gilt nicht. Codes wechseln alle 30 Sekunden.
said-codes-set = Ab jetzt werden Einmalcodes verlangt.
said-linked-only = Das ist Ihr einziger Anmeldeweg.
said-linked-gone = Jener Anmeldeweg führt nicht mehr zu diesem Konto.
said-language-unknown = In dieser Sprache gibt es keine Seiten.

# Fehler aller Art
said-status-bad-request = Ungültige Anfrage
said-status-forbidden = Nicht erlaubt
said-status-not-found = Nicht gefunden
said-status-internal = Interner Fehler
said-status-unavailable = Nicht verfügbar
said-error-internal-hint = Die Ursache steht im Protokoll des Hubs. Ein neuer Versuch schadet nicht.
said-error-database = Der Hub erreicht seine Datenbank nicht.
said-error-database-hint = Laufende Server sind nicht betroffen. Versuchen Sie es in einigen Sekunden noch einmal.
said-error-database-login = Der Hub erreicht seine Datenbank nicht. Versuchen Sie es in einigen Sekunden noch einmal.
said-error-conflict = Jemand anderes war schneller. Bitte versuchen Sie es noch einmal.
said-error-credentials = Die Anmeldung fehlt oder ist ungültig.
said-error-scopes = Dazu fehlt Ihnen ein Recht; nötig ist eines von: { $scopes }
said-error-form-missing = Dem Formular ({ $method }) fehlt sein Sicherheitsschlüssel.
said-error-form-wrong = Der Sicherheitsschlüssel des Formulars ({ $method }) passt nicht zu diesem Browser.
said-error-form-hint = Gehen Sie zurück, laden Sie die Seite neu und versuchen Sie es noch einmal.
said-error-form-unreadable = Das Formular ist nicht lesbar.
said-error-form-unknown = Dieses Formular ist hier nicht bekannt.
said-error-form-nothing = Das Formular verlangt nichts, was hier getan werden kann.
said-error-too-large = Die Anfrage ist zu groß.

# Server
said-server-none = Diesen Server gibt es nicht, oder er ist nicht mit Ihnen geteilt.
said-server-no-access = Sie haben keinen Zugang zu { $what }
said-server-no-access-hint = Die Person, der er gehört, oder die Verwaltung kann Ihnen Zugang geben.
said-server-down = Ihr Server läuft anscheinend nicht.
said-server-down-hint = Starten Sie ihn auf der Startseite neu.
said-server-unreached = Der Server läuft, ist aber nicht erreichbar.
said-server-unreached-hint = Beenden Sie ihn auf der Startseite und starten Sie ihn neu. Wenn das nicht hilft, steht mehr im Protokoll des Edge.
said-server-embedded = Ein Server wird von einer Seite oder einem Link aus gestartet, nicht aus einer anderen Seite heraus.
said-server-running = { $server } läuft schon
said-server-pending = { $server } wird gerade gestartet
said-server-stopping = { $server } wird gerade beendet
said-server-active = { $server } läuft. Beenden Sie ihn, bevor Sie ihn ändern.
said-server-crowd = Gerade starten zu viele einen Server. Versuchen Sie es in { $seconds } Sekunden noch einmal.
said-server-full = Es laufen so viele Server, wie laufen dürfen. Versuchen Sie es in einigen Minuten noch einmal.
said-server-no-named = Weitere Server mit Namen sind hier nicht vorgesehen.
said-server-named-most = { $user } hat schon die { $limit } Server mit Namen, die es höchstens sein dürfen. Erst muss einer gelöscht werden.
said-server-again = { $user } muss sich neu anmelden, bevor ein Server starten kann.
said-server-files-full = Ihre Dateien belegen { $used } von { $limit }, die Sie haben dürfen. Schaffen Sie Platz: Vorher wird kein weiterer Server gestartet.
said-server-files-near = Ihre Dateien belegen { $used } von { $limit }, die Sie haben dürfen. Schaffen Sie Platz, bevor keiner mehr da ist.
said-limit-larger = Das braucht { $wanted }; { $who } darf { $allowed } haben. Wählen Sie etwas Kleineres.
said-limit-month = { $who } darf Server { $allowed } im Monat laufen lassen; { $used } sind verbraucht. Der nächste Monat beginnt am { $month }.
said-limit-group = Die Gruppe „{ $group }“ zusammen
said-profile-none = Für { $user } gibt es kein Profil. Die Verwaltung kann das ändern.

# Der Weg zum laufenden Server
said-start-requested = Server angefordert
said-start-home = Der persönliche Ordner wird vorbereitet
said-start-process = Der Server wird gestartet
said-start-answer = Warten, bis der Server antwortet
said-start-ready = Der Server ist bereit: { $url }
said-start-cancelled = Start abgebrochen
said-start-failed = Start fehlgeschlagen: { $why }
said-start-unanswered = Der Server läuft, hat aber unter { $url } nicht innerhalb von { $seconds } Sekunden geantwortet.
said-start-late = Der Server ist nicht innerhalb von { $seconds } Sekunden gestartet.
said-start-edge = Der Server läuft, aber der Proxy konnte nicht davon erfahren.
said-start-ended = Der Server hat sich beendet, bevor er geantwortet hat.
said-start-ended-status = Der Server hat sich beendet, bevor er geantwortet hat [Status={ $status }].
said-start-ended-why = Der Server hat sich beendet, bevor er geantwortet hat. { $why }
said-ended = Der Server hat sich von selbst beendet.
said-ended-status = Der Server hat sich von selbst mit dem Status { $status } beendet.
said-ended-why = Der Server hat sich von selbst beendet. { $why }
said-ended-memory = Seine Speichergrenze von { $limit } wurde erreicht.

# Warum ein Server beendet wird oder wurde
said-stopped = Der Server wurde beendet: { $why }.
said-stopping = Dieser Server wird bald beendet: { $why }.
said-because-unused = niemand hat ihn seit einer Weile benutzt
said-because-idle = er wurde { $time } lang nicht benutzt
said-because-age = kein Server läuft länger als { $time }
said-because-hours-set = Server werden zu festen Zeiten beendet ({ $when })
said-because-month = { $hours } dieses Monats sind verbraucht
said-hours-minutes = { $hours } Stunden { $minutes } Minuten
said-hours =
    { $count ->
        [one] { $count } Stunde
       *[other] { $count } Stunden
    }
said-minutes = { $count } Minuten
said-seconds = { $count } Sekunden

# Was ein Server bekommt
said-amount-core = 1 Kern
said-amount-cores = { $count } Kerne
said-amount-memory = { $amount } Arbeitsspeicher
said-amount-storage = { $amount } Speicherplatz

# Einladungen zu einem Server
said-share-no-code = Diese Adresse enthält keinen Einladungscode.
said-share-no-code-hint = Öffnen Sie den Link so, wie er Ihnen geschickt wurde, bis ganz zum Ende.
said-share-unknown = Diese Einladung gilt nicht oder nicht mehr.
said-share-unknown-hint = Bitten Sie, wer sie Ihnen geschickt hat, um eine neue.
said-share-own = Das ist Ihr eigener Server: Er braucht keine Einladung.
said-share-own-hint = Schicken Sie den Link an alle, mit denen Sie ihn teilen wollen.

# Tokens
said-life-hour = 1 Stunde
said-life-day = 1 Tag
said-life-week = 1 Woche
said-life-month = 1 Monat
said-life-year = 1 Jahr
said-life-never = Nie
said-life-hours = Höchstens ({ $count } Stunden)
said-life-days = Höchstens ({ $count } Tage)

# Rollen
said-role-built-in = Eingebaut
said-role-configuration = Aus der Konfiguration
said-role-authenticator = Aus der Anmeldung
said-role-made = Angelegt von { $name }
said-role-no-holder = Diese Person, diese Gruppe oder diesen Dienst gibt es nicht, oder sie hat die Rolle nicht.
said-role-end = Das Ende ist ein Datum mit Uhrzeit, etwa 2026-12-24T18:00.

# Was Programmen erlaubt wird, und wo
said-scope-nothing = Wissen, wer Sie sind
said-scope-self = Alles, was Ihnen gehört
said-scope-inherit = Alles, was Sie dürfen
said-scope-access-servers = Server benutzen
said-scope-access-services = Dienste benutzen
said-scope-list-users = Personen auflisten
said-scope-read-names = Die Namen von Personen lesen
said-scope-read-groups = Lesen, in welchen Gruppen Personen sind
said-scope-read-activity = Lesen, wann Personen zuletzt aktiv waren
said-scope-servers = Server starten und beenden
said-scope-read-servers = Sehen, welche Server es gibt und wem sie gehören
said-scope-start-servers = Server starten und bearbeiten
said-scope-delete-servers = Server beenden und löschen
said-scope-tokens = API-Tokens von Personen erzeugen, lesen und widerrufen
said-scope-read-tokens = Sehen, welche API-Tokens Personen haben
said-scope-shares = Server teilen und das Teilen beenden
said-scope-read-shares = Sehen, mit wem Server geteilt sind
said-only-you = nur Sie
said-only-service-this = nur dieser Dienst
said-only-server-this = nur dieser Server
said-only-server-default = nur Ihr Standardserver
said-only-server-yours = nur Ihr Server { $server }
said-only-server-default-of = nur der Standardserver von { $user }
said-only-server-of = nur der Server { $server } von { $user }
said-only-user = nur { $user }
said-only-group = nur Personen der Gruppe { $group }
said-only-service = nur der Dienst { $service }

# From a learning platform, and from a directory
onward-heading = Sie sind unterwegs
onward-lead = Ihre Lernplattform hat Sie hergeschickt. Die Anmeldung geht von selbst weiter.
onward-go = Weiter
said-login-suspended = Ihr Konto ist gesperrt. Fragen Sie, wer das Verzeichnis Ihrer Einrichtung betreut.
said-lti-invalid = Was Ihre Lernplattform geschickt hat, gilt nicht. Öffnen Sie den Link dort noch einmal, oder sagen Sie es denen, die diesen Hub betreiben.
said-lti-nobody = Ihre Lernplattform sagt nicht, wer Sie sind. Wer sie betreibt, kann es ihr erlauben.
said-lti-not-begun = Diese Anmeldung wurde nicht in diesem Browser begonnen, oder vor zu langer Zeit. Öffnen Sie den Link auf Ihrer Lernplattform noch einmal, in einem eigenen Fenster.
said-lti-from-course = Kommen Sie von dort, wo es hierher geht: zum Beispiel aus Ihrem Kurs.

forgot-title = Passwort vergessen?
forgot-look = Sehen Sie in Ihre Mail
forgot-done = Wenn es ein solches Konto gibt und seine Mailadresse hier bekannt ist, ist ein Link dorthin unterwegs. Er gilt einmal, { $minutes } Minuten lang.
forgot-nothing = Es ist nichts gekommen? Bitten Sie einen Administrator um einen Link.
forgot-lead = Ein Link, mit dem Sie ein neues wählen, geht an die Mailadresse Ihres Kontos.
forgot-who = Name oder Mailadresse
forgot-send = Link senden
forgot-back = Zurück zur Anmeldung
setup-join = Sie sind eingeladen
setup-join-lead = Wählen Sie einen Namen und ein Passwort für Ihr Konto.
setup-reset = Ein neues Passwort wählen
setup-reset-lead = Für { $user }. Dieser Link gilt nur einmal; melden Sie sich dann mit dem neuen Passwort an.
setup-reset-save = Passwort speichern
signup-domains = Mit einer Adresse bei { $domains } bestätigen Sie diese über einen Link und müssen nicht warten.
confirm-title = Mailadresse bestätigen
confirm-account = Wenn { $email } Ihre Adresse ist und Sie sich als { $name } registriert haben, gehört das Konto damit Ihnen.
confirm-address = Wenn { $email } Ihre Adresse ist, wird sie damit die Mailadresse des Kontos { $name }.
confirm-submit = Bestätigen
confirm-not-you = Wenn Sie das nicht wollten, schließen Sie diese Seite: Es geschieht nichts.
account-email = Der Hub schreibt an { $email }, etwa wenn Sie Ihr Passwort vergessen haben.
account-no-email = Der Hub kennt keine Mailadresse von Ihnen und kann nicht helfen, wenn Sie Ihr Passwort vergessen haben.
account-new-email = Neue Mailadresse
account-send-link = Link dorthin senden
admin-invite = Leute einladen
invitations-title = Einladungen
invitations-lead = Wer den Link einer Einladung hat, wählt einen Namen und ein Passwort und hat ein Konto.
invitations-made = Der Link wird nur jetzt gezeigt:
invitations-by = Eingeladen von
invitations-sent = Gesandt an
invitations-groups = Gruppen
invitations-left = Noch so oft
invitations-until = Bis
invitations-revoke = widerrufen
invitations-none = Es gibt keine Einladungen. Neue stehen hier, bis sie verbraucht sind oder ihre Zeit um ist.
invitations-new = Eine neue Einladung
invitations-email = An diese Mailadresse senden
invitations-email-help = Leer: Sie geben den Link selbst weiter.
invitations-into = Gruppen, in die sie kommen
invitations-into-help = Mit Kommas dazwischen; darf leer sein.
invitations-uses = Wie viele sie nutzen dürfen
invitations-days = Für wie viele Tage
invitations-make = Einladung anlegen
