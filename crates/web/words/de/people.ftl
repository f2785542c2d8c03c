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
account-acted = { $by } handelt als diese Person
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

## Passkeys, and programs without a browser

login-passkey = Mit einem Passkey anmelden
login-passkey-second = Passkey statt Code verwenden
login-passkey-failed = Es wurde kein Passkey verwendet. Versuchen Sie es noch einmal, oder melden Sie sich anders an.
passkeys-title = Passkeys
passkeys-lead = Mit einem Passkey melden Sie sich mit dem Finger, dem Gesicht oder der PIN Ihres Geräts an: Es gibt kein Passwort, das jemand erfahren könnte.
passkeys-lead-codes = Nach einem Passwort ersetzt er den Einmalcode.
passkeys-name = Name
passkeys-site = Für
passkeys-last-used = Zuletzt verwendet
passkeys-never = nie
passkeys-new-name = Name des neuen Passkeys
passkeys-new-name-help = Woran Sie ihn erkennen: das Gerät oder das Programm, das ihn aufbewahrt.
passkeys-add = Passkey hinzufügen
passkeys-add-confirmed = Hinzufügen, mit einem vorhandenen Passkey bestätigt
passkeys-unable = Passkeys brauchen JavaScript, einen Browser, der sie kennt, und den Namen dieses Hubs in der Adresse, mit https.
passkeys-to-rename = Passkey, der umbenannt wird
passkeys-rename-to = Sein neuer Name
passkeys-rename = Umbenennen
passkeys-rename-confirmed = Umbenennen, mit einem Passkey bestätigt
passkeys-to-remove = Passkey, der entfernt wird
passkeys-last = Es ist Ihr letzter. Ohne ihn meldet Sie allein Ihr Passwort an, wer immer es kennt.
passkeys-last-codes = Es ist Ihr letzter. Ohne ihn melden Sie sich mit Passwort und Einmalcode an.
passkeys-remove = Entfernen
passkeys-remove-confirmed = Entfernen, mit einem Passkey bestätigt
passkeys-failed = Es wurde kein Passkey verwendet. Versuchen Sie es noch einmal, oder geben Sie Ihr Passwort ein.
device-title = Ein Programm anmelden
device-lead = { $client } möchte für Sie handeln, { $you }. Fahren Sie nur fort, wenn Sie es selbst gestartet haben und es diesen Code zeigt.
device-from = Angefragt von
device-program = Programm
device-warning = Wenn Ihnen jemand diesen Code oder einen Link zu dieser Seite geschickt hat, lehnen Sie ab: Sonst handelt diese Person in Ihrem Namen.
device-type = Geben Sie den Code ein, den das Programm zeigt.
device-continue = Weiter

## E-Mail-Adressen, vergessene Passwörter, Einladungen

forgot-title = Passwort vergessen?
forgot-look = Sehen Sie in Ihr Postfach
forgot-done = Wenn es ein solches Konto gibt und seine E-Mail-Adresse hier bekannt ist, ist ein Link dorthin unterwegs. Er gilt einmal, { $minutes } Minuten lang.
forgot-nothing = Es ist nichts gekommen? Bitten Sie die Verwaltung um einen Link.
forgot-lead = Ein Link, mit dem Sie ein neues wählen, geht an die E-Mail-Adresse Ihres Kontos.
forgot-who = Benutzername oder E-Mail-Adresse
forgot-send = Link senden
forgot-back = Zurück zur Anmeldung
setup-join = Sie sind eingeladen
setup-join-lead = Wählen Sie einen Namen und ein Passwort für Ihr Konto.
setup-reset = Ein neues Passwort wählen
setup-reset-lead = Für { $user }. Dieser Link gilt nur einmal; melden Sie sich dann mit dem neuen Passwort an.
setup-reset-save = Passwort speichern
signup-domains = Mit einer Adresse bei { $domains } bestätigen Sie diese über einen Link und müssen nicht warten.
confirm-title = E-Mail-Adresse bestätigen
confirm-account = Wenn { $email } Ihre Adresse ist und Sie sich als { $name } registriert haben, gehört das Konto damit Ihnen.
confirm-address = Wenn { $email } Ihre Adresse ist, wird sie damit die E-Mail-Adresse des Kontos { $name }.
confirm-submit = Bestätigen
confirm-not-you = Wenn Sie das nicht wollten, schließen Sie diese Seite: Es geschieht nichts.
account-email = Der Hub schreibt an { $email }, etwa wenn Sie Ihr Passwort vergessen haben.
account-no-email = Der Hub kennt keine E-Mail-Adresse von Ihnen und kann nicht helfen, wenn Sie Ihr Passwort vergessen haben.
account-new-email = Neue E-Mail-Adresse
account-send-link = Link dorthin senden
admin-invite = Leute einladen
invitations-title = Einladungen
invitations-lead = Wer den Link einer Einladung hat, wählt einen Namen und ein Passwort und hat ein Konto.
invitations-made = Der Link wird nur jetzt gezeigt:
invitations-by = Eingeladen von
invitations-sent = Gesendet an
invitations-groups = Gruppen
invitations-left = Noch so oft
invitations-until = Bis
invitations-revoke = widerrufen
invitations-none = Es gibt keine Einladungen. Neue stehen hier, bis sie verbraucht sind oder ihre Zeit um ist.
invitations-new = Eine neue Einladung
invitations-email = An diese E-Mail-Adresse senden
invitations-email-help = Leer: Sie geben den Link selbst weiter.
invitations-into = Gruppen, in die sie kommen
invitations-into-help = Mit Kommas dazwischen; darf leer sein.
invitations-uses = Wie viele sie nutzen dürfen
invitations-days = Für wie viele Tage
invitations-make = Einladung anlegen
