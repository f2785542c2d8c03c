## Pages about errors

# What stands around them
error-reference = Die Verwaltung findet es im Protokoll unter { $number }.
error-detail = Für alle, die Ihnen helfen
# Where to go on
said-error-to-home = Zur Startseite
said-error-to-login = Anmelden
said-error-to-others = Mit anderem Konto anmelden
said-error-to-again = Noch einmal versuchen
said-error-to-server = Server starten
# What happened, and what to do
said-error-form = Dieses Formular ist abgelaufen
said-error-form-what = Es war lange offen, oder Sie haben sich seitdem an- oder abgemeldet.
said-error-rights = Das dürfen Sie nicht
said-error-rights-what = Ihrem Konto fehlt das Recht dazu.
said-error-rights-hint = Bitten Sie die Verwaltung darum, oder melden Sie sich mit einem Konto an, das es hat.
said-error-nothing = Hier ist nichts
said-error-nothing-what = Unter dieser Adresse gibt es keine Seite.
said-error-nothing-hint = Prüfen Sie die Adresse auf Tippfehler, oder gehen Sie von Ihrer Startseite aus weiter.
said-error-hidden-what = Unter diesem Namen gibt es nichts, oder Sie dürfen es nicht sehen.
said-error-hidden-hint = Prüfen Sie die Adresse. Wenn jemand sie Ihnen gegeben hat, fragen Sie dort, ob Sie Zugang haben.
said-error-server = Kein Weg zu diesem Server
said-error-server-hint = Wer ihn besitzt oder die Verwaltung kann Ihnen Zugang geben. Vielleicht sind Sie mit einem anderen Konto angemeldet.
said-error-link = Dieser Link gilt nicht mehr
said-error-client = Dort können Sie nicht angemeldet werden
said-error-client-what = Was Sie hierher geschickt hat, hat nicht so gefragt, wie es soll.
said-error-client-hint = Gehen Sie dorthin zurück, und beginnen Sie neu. Wenn das nicht hilft, sagen Sie denen, die es betreiben, was unten steht.
said-error-fault = Hier ist etwas schiefgegangen
said-error-fault-what = Der Hub hat einen eigenen Fehler. Sie haben ihn nicht verursacht.
said-error-fault-hint = Versuchen Sie es noch einmal. Wenn es wieder geschieht, nennen Sie der Verwaltung die Nummer unten und die Zeit.
said-error-fault-plain = Es ließ sich nicht tun.
said-error-fault-plain-hint = Versuchen Sie es noch einmal. Wenn es wieder geschieht, sagen Sie der Verwaltung Bescheid.
said-error-access = Kein Zugang
said-error-access-what = Hier haben Sie keinen Zugang. Die Verwaltung kann das ändern.
said-error-method = Das geht hier nicht
said-error-method-what = Unter dieser Adresse gibt es etwas, aber nichts, was so eine Anfrage annimmt.
said-error-method-hint = Gehen Sie von Ihrer Startseite aus weiter. Wenn ein Programm die Anfrage geschickt hat, muss sie dort berichtigt werden.
said-error-slow = Das hat zu lange gedauert
said-error-slow-what = Die Anfrage kam nicht rechtzeitig an.
said-error-slow-hint = Prüfen Sie die Netzverbindung, und versuchen Sie es noch einmal.
said-error-meanwhile = Das geht jetzt nicht
said-error-meanwhile-what = Inzwischen hat sich etwas anderes geändert.
said-error-meanwhile-hint = Gehen Sie zurück, laden Sie die Seite neu, und sehen Sie, wie es steht.
said-error-large = Das ist zu groß
said-error-large-what = Die Anfrage ist größer als alles, was hier angenommen wird.
said-error-large-hint = Schicken Sie weniger auf einmal. Dateien lädt man in einem laufenden Server hoch.
said-error-stopped = Der Server läuft nicht
said-error-stopped-what = Er wurde beendet, oder er hat von selbst aufgehört.
said-error-many = Zu viel auf einmal
said-error-many-what = Es wurde mehr verlangt, als auf einmal zu schaffen ist.
said-error-many-hint = Warten Sie einen Augenblick, und versuchen Sie es noch einmal.
said-error-away = Im Augenblick nicht verfügbar
said-error-away-what = Etwas, das dafür gebraucht wird, antwortet nicht.
said-error-away-hint = Versuchen Sie es gleich noch einmal. Wenn es so bleibt, sagen Sie der Verwaltung Bescheid.
said-error-odd = Das geht so nicht
said-error-odd-what = An der Anfrage fehlt etwas, oder etwas ist nicht, wie es sein soll.
said-error-odd-hint = Gehen Sie zurück, und versuchen Sie es noch einmal.
