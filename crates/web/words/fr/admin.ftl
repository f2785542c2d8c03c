## Administration

admin-title = Administration
admin-people = Personnes
admin-name = Nom
admin-servers = Serveurs
admin-administrator = administrateur
admin-never = jamais
admin-nobody = Personne ne correspond. Changez les filtres, ou affichez tout le monde.
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

## People on the administration page

admin-created = Création
admin-did-start = est en route ou en marche
admin-did-stop = est arrêté ou s’arrête
admin-did-remove = est supprimé
admin-did-delete = est supprimé
admin-did-admin = est administrateur
admin-did-plain = n’est pas administrateur
admin-did-add = a un compte
admin-away = Le hub ne répond pas. Rien n’a changé ici ; réessayez dans un instant.
admin-unseen = Vous pouvez ouvrir cette page, mais n’y voir personne.
admin-search = Chercher par nom
admin-any = Tous
admin-state-active = En route ou en marche
admin-state-ready = En marche
admin-state-inactive = Aucun en marche
admin-rights = Administration
admin-rights-yes = Administrateurs
admin-rights-no = Les autres
admin-group = Groupe
admin-role = Rôle
admin-show = Afficher
admin-all = Afficher tout le monde
admin-delete-help = Leurs serveurs s’arrêtent, leurs jetons et sessions prennent fin, et leurs fichiers vont à la corbeille.
admin-delete-sure = Supprimer définitivement
admin-delete-not = Garder
admin-start-all = Tout démarrer
admin-stop-all = Tout arrêter
admin-chosen = Les choisis :
admin-make-admin = Rendre administrateurs
admin-make-plain = Retirer l’administration
admin-delete = Supprimer
admin-choose-all = Choisir tous sur cette page
admin-groups = Groupes
admin-choose = Choisir { $name }
admin-stop = Arrêter le serveur
admin-access = Ouvrir le serveur
admin-start = Démarrer le serveur
admin-spawn = Page de démarrage
admin-remove = Supprimer le serveur
admin-displaying = { $first }-{ $last } sur { $total }
admin-previous = Précédents
admin-next = Suivants
admin-add = Ajouter des personnes
admin-add-names = Noms
admin-add-help = Un par ligne. Qui est déjà là est passé.
admin-add-admins = Ils sont administrateurs
admin-add-submit = Ajouter
admin-delete-title =
    { $count ->
        [one] Supprimer { $count } personne ?
       *[other] Supprimer { $count } personnes ?
    }

## Groups

groups-manage = Gérer les groupes
groups-lead = Qui est dans un groupe a ses rôles et ce qui est partagé avec lui.
groups-none = Il n’y a pas d’autres groupes.
groups-new = Un nouveau groupe
groups-users = Membres
groups-users-help = Noms de personnes d’ici, un par ligne.
groups-make = Créer le groupe
groups-all = Tous les groupes
groups-take = Retirer
groups-empty = Personne n’y est encore.
groups-more = et { $count } de plus, que l’API énumère
groups-add = Ajouter des membres
groups-properties = Propriétés
groups-delete = Supprimer ce groupe
groups-delete-help = Ses membres restent, mais perdent ses rôles et ce qui était partagé avec lui. C’est irréversible.
groups-members =
    { $count ->
        [one] { $count } membre
       *[other] { $count } membres
    }
