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
page-acting = Vous agissez en tant que { $name }. Ce que vous faites est consigné avec votre nom, { $by }.
page-acting-stop = Ne plus agir en son nom
page-template-fault = Un modèle de ce site est inutilisable, vous voyez donc la page intégrée : { $problem }. Seuls les administrateurs voient ceci.
