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
