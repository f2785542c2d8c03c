## Verwaltung

admin-title = Verwaltung
admin-people = Personen
admin-name = Name
admin-servers = Server
admin-administrator = Verwaltung
admin-never = nie
admin-nobody = So ist niemand. Ändern Sie die Filter, oder zeigen Sie alle an.
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

## People on the administration page

admin-created = Angelegt
admin-did-start = ist unterwegs oder läuft
admin-did-stop = hält an oder ist angehalten
admin-did-remove = ist gelöscht
admin-did-delete = ist gelöscht
admin-did-admin = gehört zur Verwaltung
admin-did-plain = gehört nicht zur Verwaltung
admin-did-add = hat ein Konto
admin-away = Der Hub antwortet nicht. Hier hat sich nichts geändert; versuchen Sie es gleich noch einmal.
admin-unseen = Sie dürfen diese Seite öffnen, aber niemanden darauf sehen.
admin-search = Nach Namen suchen
admin-any = Alle
admin-state-active = Unterwegs oder laufend
admin-state-ready = Laufend
admin-state-inactive = Keiner läuft
admin-rights = Verwaltung
admin-rights-yes = Mit Verwaltung
admin-rights-no = Ohne Verwaltung
admin-group = Gruppe
admin-role = Rolle
admin-show = Anzeigen
admin-all = Alle anzeigen
admin-delete-help = Ihre Server halten an, ihre Tokens und Sitzungen enden, und ihre Dateien kommen in den Papierkorb.
admin-delete-sure = Endgültig löschen
admin-delete-not = Behalten
admin-start-all = Alle starten
admin-stop-all = Alle anhalten
admin-chosen = Ausgewählte:
admin-make-admin = Verwaltung geben
admin-make-plain = Verwaltung entziehen
admin-delete = Löschen
admin-choose-all = Alle auf dieser Seite auswählen
admin-groups = Gruppen
admin-choose = { $name } auswählen
admin-stop = Server anhalten
admin-access = Server öffnen
admin-start = Server starten
admin-spawn = Startseite des Servers
admin-remove = Server löschen
admin-displaying = { $first }–{ $last } von { $total }
admin-previous = Zurück
admin-next = Weiter
admin-add = Personen hinzufügen
admin-add-names = Namen
admin-add-help = Einer je Zeile. Wer schon da ist, wird übergangen.
admin-add-admins = Sie gehören zur Verwaltung
admin-add-submit = Hinzufügen
admin-delete-title =
    { $count ->
        [one] { $count } Person löschen?
       *[other] { $count } Personen löschen?
    }

## Groups

groups-manage = Gruppen verwalten
groups-lead = Wer in einer Gruppe ist, hat deren Rollen und das, was mit ihr geteilt ist.
groups-none = Es gibt keine weiteren Gruppen.
groups-new = Eine neue Gruppe
groups-users = Mitglieder
groups-users-help = Namen von Personen, die es hier gibt, einer je Zeile.
groups-make = Gruppe anlegen
groups-all = Alle Gruppen
groups-take = Herausnehmen
groups-empty = Noch ist niemand darin.
groups-more = und { $count } weitere, die die API auflistet
groups-add = Mitglieder hinzufügen
groups-properties = Eigenschaften
groups-delete = Diese Gruppe löschen
groups-delete-help = Ihre Mitglieder bleiben, verlieren aber ihre Rollen und was mit ihr geteilt war. Das lässt sich nicht rückgängig machen.
groups-members =
    { $count ->
        [one] { $count } Mitglied
       *[other] { $count } Mitglieder
    }
