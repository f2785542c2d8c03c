# What pages say, in English: the catalogue that has every message. `docs/how-to/languages.md` says how others are made.

language-name = English
language-label = Language

## What is on every page

page-skip = Skip to the content
page-main-menu = Main
page-sign-out = Sign out
page-dark = Dark pages
page-light = Light pages
page-announcement = Announcement
page-acting = You act as { $name }. What you do is written down with your name, { $by }.
page-acting-stop = Stop acting as them
page-template-fault = A template of this site can't be used, so you see the built-in page: { $problem }. Only administrators are told.
