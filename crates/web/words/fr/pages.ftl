# Ce que disent les pages en français.

language-name = Français
language-label = Langue

## Sur chaque page

page-skip = Aller au contenu
page-main-menu = Menu principal
page-sign-out = Se déconnecter
page-dark = Pages sombres
page-light = Pages claires
page-announcement = Annonce
page-template-fault = Un modèle de ce site est inutilisable, vous voyez donc la page intégrée : { $problem }. Seuls les administrateurs voient ceci.

## Ce qui n’a pas marché

nothing-title = Il n’y a rien ici
nothing-lead = Il n’y a pas de page à cette adresse.
nothing-hint = Vérifiez l’adresse, ou repartez de votre page d’accueil.
error-reload = Recharger cette page
