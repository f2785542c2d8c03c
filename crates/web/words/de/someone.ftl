## Eine Person

someone-back = Alle Personen
someone-about = Allgemein
someone-suspended = gesperrt
someone-make-admin = Zur Verwaltung hinzufügen
someone-rename = Namen ändern
someone-new-name = Neuer Name
someone-rename-help = Server müssen vorher beendet sein. Dateien bleiben erhalten.
someone-rename-submit = Ändern
someone-default-server = Standardserver
someone-no-servers = Noch kein Server.
someone-groups-roles = Gruppen und Rollen
someone-no-groups = In keiner Gruppe.
someone-join = Gruppe
someone-join-submit = Aufnehmen
someone-role-group = durch { $group }
someone-no-roles = Keine Rolle.
someone-role = Rolle
someone-use = Verbrauch und Speicherplatz
someone-quota-servers = Server
someone-quota-cpu = CPU-Kerne
someone-quota-memory = Arbeitsspeicher
someone-quota-storage = Speicherplatz
someone-quota-gpu = GPUs
someone-quota-hours = Stunden in diesem Monat
someone-used-of = { $used } von { $allowed }
someone-homes = Dateien
someone-trash = im Papierkorb
someone-not-measured = noch nicht gemessen
someone-no-homes = Noch keine Dateien.
someone-sign-in = Anmeldung
someone-password = Mit einem Passwort
someone-codes = und Einmalcodes
someone-passkeys =
    { $count ->
        [one] Mit einem Passkey
       *[other] Mit { $count } Passkeys
    }
someone-no-ways = Für dieses Konto ist keine Anmeldung hinterlegt.
someone-sessions = Wo die Person angemeldet ist
someone-end-session = Abmelden
someone-end-sessions = Überall abmelden
someone-no-sessions = Nirgends.
someone-tokens = Tokens
someone-token-used = zuletzt benutzt { $time }
someone-token-unused = nie benutzt
someone-revoke = Widerrufen
someone-no-tokens = Keine Tokens.
someone-shares = Freigaben
someone-given = Von der Person freigegeben
someone-received = Für die Person freigegeben
someone-nothing-given = Nichts.
someone-nothing-received = Noch nichts.
someone-log = Was geschehen ist
someone-log-by = von { $by }
someone-log-all = Das ganze Protokoll
someone-no-log = Im Protokoll steht nichts.
said-someone-admin = Diese Person gehört jetzt zur Verwaltung.
said-someone-plain = Diese Person gehört nicht mehr zur Verwaltung.
said-someone-joined = Diese Person ist in der Gruppe.
said-someone-left = Diese Person ist nicht mehr in der Gruppe.
said-someone-out = Diese Person ist dort abgemeldet.
said-someone-out-all = Diese Person ist überall abgemeldet.
said-someone-revoked = Das Token ist widerrufen.
said-someone-role-given = Diese Person hat die Rolle.
said-someone-role-taken = Diese Person hat die Rolle nicht mehr.
said-someone-role-admin = Zur Verwaltung kommt man durch die eigene Schaltfläche dafür, und ebenso wieder heraus.
