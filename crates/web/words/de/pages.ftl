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
page-template-fault = Eine Vorlage dieser Site ist nicht brauchbar, deshalb sehen Sie die eingebaute Seite: { $problem }. Nur die Verwaltung sieht das.

## Was schiefging

nothing-title = Hier ist nichts
nothing-lead = Unter dieser Adresse gibt es keine Seite.
nothing-hint = Prüfen Sie die Adresse auf Tippfehler, oder gehen Sie von Ihrer Startseite aus weiter.
error-reload = Diese Seite neu laden
