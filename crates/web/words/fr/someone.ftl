## Une personne

someone-back = Toutes les personnes
someone-about = Informations
someone-suspended = suspendue
someone-make-admin = Nommer administrateur
someone-rename = Changer le nom
someone-new-name = Nouveau nom
someone-rename-help = Les serveurs doivent d’abord être arrêtés. Les fichiers restent les siens.
someone-rename-submit = Changer
someone-default-server = serveur par défaut
someone-no-servers = Pas encore de serveur.
someone-groups-roles = Groupes et rôles
someone-no-groups = Dans aucun groupe.
someone-join = Groupe
someone-join-submit = Ajouter
someone-role-group = par { $group }
someone-no-roles = Aucun rôle.
someone-role = Rôle
someone-use = Utilisation et stockage
someone-quota-servers = Serveurs
someone-quota-cpu = Cœurs de CPU
someone-quota-memory = Mémoire
someone-quota-storage = Stockage
someone-quota-gpu = GPU
someone-quota-hours = Heures ce mois-ci
someone-used-of = { $used } sur { $allowed }
someone-homes = Fichiers
someone-trash = dans la corbeille
someone-not-measured = pas encore mesuré
someone-no-homes = Pas encore de fichiers.
someone-sign-in = Connexion
someone-password = Avec un mot de passe
someone-codes = et des codes à usage unique
someone-passkeys =
    { $count ->
        [one] Avec une clé d’accès
       *[other] Avec { $count } clés d’accès
    }
someone-no-ways = Aucun moyen de se connecter n’est gardé pour ce compte.
someone-sessions = Où la personne est connectée
someone-end-session = Déconnecter
someone-end-sessions = Déconnecter partout
someone-no-sessions = Nulle part.
someone-tokens = Jetons
someone-token-used = utilisé le { $time }
someone-token-unused = jamais utilisé
someone-revoke = Révoquer
someone-no-tokens = Pas de jetons.
someone-shares = Partages
someone-given = Partagé par cette personne
someone-received = Partagé avec cette personne
someone-nothing-given = Rien.
someone-nothing-received = Rien encore.
someone-log = Ce qui s’est passé
someone-log-by = par { $by }
someone-log-all = Le journal entier
someone-no-log = Rien dans le journal.
said-someone-admin = Cette personne est maintenant administrateur.
said-someone-plain = Cette personne n’est plus administrateur.
said-someone-joined = Cette personne est dans le groupe.
said-someone-left = Cette personne n’est plus dans le groupe.
said-someone-out = Cette personne y est déconnectée.
said-someone-out-all = Cette personne est déconnectée partout.
said-someone-revoked = Le jeton est révoqué.
said-someone-role-given = Cette personne a le rôle.
said-someone-role-taken = Cette personne n’a plus le rôle.
said-someone-role-admin = L’administration se donne et se retire avec son propre bouton.
