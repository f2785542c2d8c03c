## Administration

admin-title = Administration
admin-people = Personnes
admin-lead =
    { $count ->
        [one] { $count } personne. Tout le reste se fait par l’API.
       *[other] { $count } personnes. Tout le reste se fait par l’API.
    }
admin-name = Nom
admin-servers = Serveurs
admin-default-server = Serveur par défaut
admin-administrator = administrateur
admin-never = jamais
admin-running = { $count } en marche
admin-none-running = aucun en marche
admin-nobody = Il n’y a personne sur cette page, ou vous ne pouvez voir personne.
admin-earlier = Noms précédents
admin-further = Noms suivants
roles-title = Rôles
roles-lead = Un rôle est une liste de droits. Qui a le rôle, directement ou par un groupe, peut faire ce que ces droits permettent.
roles-none = Il n’y a pas d’autres rôles.
roles-earlier = Rôles précédents
roles-more = Autres rôles
roles-new = Un nouveau rôle
roles-name-help = 3 à 255 caractères parmi a-z, 0-9 et - _ . ~ ; commence par une lettre.
roles-scopes-help = Un par ligne, comme { $example }. Un rôle ne peut pas permettre plus que ce que vous pouvez vous-même.
roles-make = Créer le rôle
role-all = Tous les rôles
role-allows = Ce qu’il permet
role-for = À quoi il sert
role-scopes = Droits (scopes)
role-scopes-help = Un par ligne. Un changement vaut aussitôt pour tous ceux qui ont le rôle.
role-no-scopes = aucun droit
role-save = Enregistrer le rôle
role-delete = Supprimer ce rôle
role-delete-help = Qui l’a le perd. C’est irréversible.
role-delete-it = Supprimer { $role }
role-holders = Qui l’a
role-user = personne
role-group = groupe
role-service = service
role-given = donné par { $by }
role-given-at = donné par { $by }, { $time }
role-until = jusqu’au { $time }
role-no-end = sans fin
role-take = Retirer
role-nobody = Personne ne l’a encore.
role-more = et { $count } de plus, que l’API énumère
role-give = Le donner à quelqu’un
role-kind = À
role-end = Jusqu’au
role-end-help = En UTC. Vide : pour toujours.
role-give-submit = Donner le rôle
