# Was die Seiten auf Deutsch sagen.

language-name = Deutsch
language-label = Sprache

## Auf jeder Seite

page-skip = Zum Inhalt springen
page-main-menu = Hauptmenü
page-sign-out = Abmelden
page-dark = Dunkle Seiten
page-light = Helle Seiten
page-announcement = Ankündigung
page-acting = Sie handeln als { $name }. Was Sie tun, wird mit Ihrem Namen, { $by }, festgehalten.
page-acting-stop = Nicht mehr als diese Person handeln
page-template-fault = Eine Vorlage dieser Site ist nicht brauchbar, deshalb sehen Sie die eingebaute Seite: { $problem }. Nur die Verwaltung sieht das.
