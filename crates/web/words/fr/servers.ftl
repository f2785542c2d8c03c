## Serveurs

server-yours = votre serveur
server-of = le serveur de { $user }
server-try-again = Réessayer
server-stop = Arrêter
server-log = Dernières lignes écrites par le serveur
state-stopped = À l’arrêt
state-starting = Démarrage
state-ready = En marche
state-stopping = Arrêt en cours
state-failed = Échec

## Accueil

home-title = Accueil
home-server = Votre serveur
home-servers = Vos serveurs
home-my-server = Mon serveur
home-stopping = Arrêt de { $server }
home-not-stopped = { $server } n’a pas pu être arrêté : { $problem }
home-hub-busy = le hub ne répond pas pour le moment. Réessayez dans quelques secondes.
home-hub-refused = { $message }. Rechargez cette page, puis réessayez.
home-hub-away = le hub est injoignable. Vérifiez votre connexion, puis réessayez.
home-since = depuis { $time }
home-at = à { $time }
home-stops-at = Il sera arrêté { $time }.
home-log = Ce que le serveur a écrit
home-still-here = Je suis toujours là
home-open = Ouvrir
home-progress = Voir la progression
home-stops = Arrêt en cours…
home-start = Démarrer
home-change = Plus
home-rename = Renommer
home-files-stay = Ses fichiers restent : ils sont dans votre dossier personnel.
home-delete = Supprimer ce serveur
home-none = Vous n’avez pas de serveur.
home-files = Vos fichiers
home-storage = Vos fichiers occupent { $used }, mesurés le { $time }.
home-storage-of = Vos fichiers occupent { $used } sur { $limit }, mesurés le { $time }.
home-another = Un autre serveur
home-add = Ajouter le serveur
home-add-help = Donnez-lui le nom que vous voulez. Il a son propre profil et le même dossier personnel.

## Du démarrage au serveur en marche

spawn-title = Démarrer un serveur
spawn-yours = Démarrer votre serveur
spawn-of = Démarrer le serveur de { $user }
spawn-for = Démarrage du serveur pour { $user }
spawn-what = Que démarrer
spawn-or-another = Ou un autre choix : { $choice }
spawn-back = Retour
pending-title = Démarrage : { $server }
pending-lead = Vous y serez conduit dès qu’il sera en marche.
pending-usual =
    { $seconds ->
        [one] Cela prend d’habitude environ { $seconds } seconde.
       *[other] Cela prend d’habitude environ { $seconds } secondes.
    }
pending-opening = Il est en marche. Ouverture.
pending-failed = Le serveur n’a pas démarré
pending-stopped = Arrêté
pending-no-reason = Le serveur n’a pas démarré, sans raison connue.
pending-reloads = Cette page se recharge toutes les quelques secondes.
pending-lost = La connexion au hub est perdue. Votre serveur continue de démarrer ; nouvelle tentative de connexion…
pending-steps = Étapes jusqu’ici
stop-pending-lead = Il pourra redémarrer une fois arrêté. Cette page le remarque d’elle-même.
not-running-yours =
    { $named ->
        [yes] Votre serveur « { $server } » est à l’arrêt
       *[no] Votre serveur est à l’arrêt
    }
not-running =
    { $named ->
        [yes] Le serveur « { $server } » de { $user } est à l’arrêt
       *[no] Le serveur de { $user } est à l’arrêt
    }
not-running-yours-failed =
    { $named ->
        [yes] Votre serveur « { $server } » n’a pas démarré
       *[no] Votre serveur n’a pas démarré
    }
not-running-failed =
    { $named ->
        [yes] Le serveur « { $server } » de { $user } n’a pas démarré
       *[no] Le serveur de { $user } n’a pas démarré
    }
not-running-failed-title = Échec du démarrage
not-running-no-reason = Le dernier démarrage a échoué, sans raison connue.
not-running-lead = Les fichiers sont conservés pendant qu’un serveur est à l’arrêt. Démarrez-le pour continuer.
not-running-soon =
    { $seconds ->
        [one] Il démarrera dans { $seconds } seconde.
       *[other] Il démarrera dans { $seconds } secondes.
    }
not-running-not = Il ne démarrera pas de lui-même.
not-running-cancel = Ne pas démarrer
