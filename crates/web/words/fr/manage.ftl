## The pages of the administration

manage-nav = Pages d’administration
manage-profiles = Profils
manage-services = Services
manage-tokens = Jetons
manage-shares = Partages
manage-audit = Journal d’audit
manage-settings = Réglages
manage-health = État
manage-first = Première page
manage-filter-all = Tout afficher
manage-none = Rien ne correspond. Changez les filtres ou affichez tout.

## Servers on the administration page

servers-lead = Tous les serveurs, les derniers utilisés d’abord.
servers-search = Chercher par personne ou serveur
servers-state = État
servers-profile = Profil
servers-owner = Personne
servers-server = Serveur
servers-default = serveur par défaut
servers-used = Dernière utilisation
servers-started = Démarré
servers-use = Consommation
servers-memory = { $size } de mémoire
servers-cores = { $cores } cœurs
servers-active = En marche ou en route
servers-unseen = Vous pouvez ouvrir cette page, mais n’y voyez aucun serveur.
servers-choose = Choisir le serveur { $name }
servers-delete-title =
    { $count ->
        [one] Supprimer { $count } serveur ?
       *[other] Supprimer { $count } serveurs ?
    }
servers-delete-help = Ceux qui tournent sont arrêtés. Les fichiers restent. Les serveurs par défaut ne peuvent pas être supprimés.

## Drained hubs

drain-title = Démarrages de serveurs
drain-shown = Aucun serveur ne démarre pour le moment. Ceux qui tournent continuent.
drain-on = Suspendus par { $by } depuis { $since }.
drain-off = Les serveurs peuvent démarrer.
drain-help = Avant une maintenance : les serveurs qui tournent continuent et aucun ne démarre, dans aucun hub de cette base, jusqu’à ce que vous le permettiez à nouveau.
drain-message = Ce qui est dit aux personnes
drain-message-help = Par exemple : maintenance dimanche de 8 h à 10 h. Peut rester vide.
drain-begin = Ne laisser démarrer aucun serveur
drain-change = Changer le message
drain-end = Laisser de nouveau démarrer

## Shutdown

shutdown-title = Arrêter le hub
shutdown-sure = Arrêter ce hub ?
shutdown-help = Le hub qui vous montre cette page s’arrête. Personne ne peut se connecter ni démarrer un serveur jusqu’à ce que quelque chose le relance, ou qu’un autre hub prenne le relais.
shutdown-servers = Arrêter aussi tous les serveurs
shutdown-edge = Arrêter aussi le proxy
shutdown-not = Le laisser tourner
shutdown-begun = Le hub s’arrête
shutdown-begun-help = Il s’arrête en quelques secondes. Rechargez une page pour voir s’il est revenu.

## Health

health-good = fonctionne
health-warn = à regarder
health-bad = en panne
health-off = inutilisé
health-database = Base de données
health-database-do = Elle répond lentement ou pas du tout. Vérifiez qu’elle tourne et la charge de sa machine.
health-edge = Proxy
health-edge-do = Il ne répond pas : les nouveaux serveurs sont injoignables. Vérifiez qu’il tourne et qu’il a le même jeton que le hub.
health-hubs = Hubs
health-hubs-do = Certains se taisent depuis une minute, ou leurs versions diffèrent. Relancez ceux qui se sont arrêtés et mettez tous à la même version.
health-spawner = Exécution des serveurs
health-spawner-do = Cette machine ne peut pas tout ce qui sépare et limite les serveurs :
health-starts = Démarrages de serveurs
health-starts-do = Les derniers démarrages ont échoué l’un après l’autre, ou aucun n’est permis. La liste des serveurs dit pourquoi.
health-culler = Arrêt des serveurs inutilisés
health-mail = Courrier
health-mail-do = Beaucoup de lettres attendent. `perijove mail test` dit ce que répond le serveur de courrier.
health-environments = Environnements Python
health-environments-do = Une construction a échoué. `perijove environments build NAME` réessaie.
health-services-do = Certains ne répondent pas :
health-version = Version
health-address = Adresse
health-seen = Dernier signe
health-leases = Tâches
health-this = celui-ci
health-silent = muet

## The audit log

audit-lead = Ce qui a été fait, par qui, d’où ; le plus récent d’abord.
audit-export = Télécharger en lignes JSON
audit-at = Quand (UTC)
audit-actor = Par qui
audit-act = Quoi
audit-target = Sur quoi
audit-detail = Détails
audit-from = D’où
audit-since = À partir de (UTC)
audit-until = Avant (UTC)

## Tokens of everybody

tokens-lead = Ce avec quoi des programmes se connectent, de personnes et de services, les plus récents d’abord. Personne ne connaît les secrets.
tokens-owner = Nom entier d’une personne ou d’un service
tokens-owner-head = À qui
tokens-kind = Genre
tokens-own = Faits par quelqu’un
tokens-issued = Donnés à des serveurs et applications
tokens-until = Jusqu’au
tokens-endless = sans fin
tokens-unused = Inutilisé depuis
tokens-days =
    { $count ->
        [one] { $count } jour
       *[other] { $count } jours
    }
tokens-note = Note
tokens-revoke = Révoquer
tokens-revoked = Un jeton de { $owner } ne vaut plus rien.

## Shares of everybody

shares-lead = Quels serveurs sont partagés avec qui, les plus récents d’abord.
shares-owner = Nom entier du propriétaire
shares-with = Partagé avec
shares-none = Rien n’est partagé ici.
shares-codes = Codes
shares-codes-help = Qui en présente un obtient un partage. Le révoquer ne reprend rien de ce qu’il a donné.
shares-used = Utilisé
shares-ended = Le partage de { $server } est terminé.

## Services, profiles and settings on the administration page

services-lead = D’autres programmes qui utilisent le hub : de la configuration, ou créés ici.
services-none = Il n’y a pas de services.
services-answers = répond
services-silent = ne répond pas
services-runs = tourne
services-ended = arrêté
services-configured = de la configuration
services-made = créé en cours de route
services-managed = lancé par le hub
services-new = Un nouveau service
services-url = Où il écoute
services-url-help = Par exemple http://10.0.0.7:9000. On le trouve sous /services/. Vide pour un programme qui n’utilise que l’API.
services-token = Son jeton
services-token-help = De 8 à 64 caractères que le service connaît aussi : `openssl rand -hex 32` en fait un bon. N’est plus montré.
services-token-new = Créer un nouveau jeton
services-token-new-help = Il n’est affiché qu’une fois. L’ancien jeton et l’ancien secret OAuth prennent fin aussitôt.
services-token-sure = Créer un nouveau jeton pour { $service } ? L’ancien ne lui servira plus à rien.
services-token-made = Le nouveau jeton de { $service }
services-token-made-help = Il n’est affiché que maintenant : donnez-le au service. L’ancien ne vaut plus.
services-redirect = Où revient la connexion
services-redirect-help = Vide pour l’habituelle, sous l’adresse du service.
services-scopes = Droits qu’il peut demander aux visiteurs, un par ligne
services-display = Le montrer dans la barre du haut
services-no-confirm = Ne pas demander s’il peut utiliser le compte
services-add = Créer le service
services-added = { $service } est créé.
services-deleted = { $service } est supprimé.
services-delete-help = Ses jetons prennent fin et personne ne s’y connecte plus. Le programme lui-même continue.
services-delete-not = Le garder
profiles-lead = Comment les serveurs peuvent démarrer, d’après la configuration : pour qui, et combien tournent.
profiles-none = La configuration n’a pas de profils : tous les serveurs démarrent de la même façon.
profiles-default = choisi d’abord
profiles-for = Pour
profiles-everybody = tous
profiles-role = rôle
profiles-entitled = – des droits en disent plus sur qui peut l’avoir.
profiles-running =
    { $count ->
        [one] { $count } serveur
       *[other] { $count } serveurs
    }
profiles-others =
    { $count ->
        [one] { $count } serveur tourne sans profil.
       *[other] { $count } serveurs tournent sans profil.
    }
settings-lead = Ce que suit ce hub, et d’où vient chaque valeur. Les secrets ne sont pas montrés.
settings-none = Rien n’est réglé : les valeurs par défaut valent.
settings-all = Montrer aussi les valeurs par défaut
settings-set = Montrer ce qui est réglé
settings-secret = non montré
settings-default = par défaut
settings-file = perijove.toml
settings-environment = environnement
services-change = Modifier
services-changed = { $service } est modifié.
services-save = Enregistrer le service
services-keep = Ne rien modifier
