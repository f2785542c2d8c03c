## Accueil

home-choose = Autres options
home-of = { $used } sur { $most }
home-uses = Ce que { $server } utilise maintenant
home-last-used = dernière utilisation { $time }
home-recent = Utilisés récemment
home-copy = Copier le lien
home-restart = Redémarrer
home-restart-sure = Redémarrer { $server } ? Les programmes qui y tournent s’arrêtent. Les fichiers restent.
home-leave = Laisser
home-delete-sure = Supprimer { $server } ?
home-quotas = Ce que vous pouvez utiliser
home-quotas-group = Tout le groupe { $group } ensemble
home-shared = Partagés avec vous
home-shared-more = Il y en a d’autres.
home-services = Services
copy-done = Copié
kind-servers = Serveurs
kind-cpu = Cœurs
kind-memory = Mémoire
kind-storage = Fichiers
kind-gpu = GPU
kind-hours = Heures ce mois-ci

## Démarrage

spawn-last = Dernier utilisé
spawn-cost = prend { $takes } sur { $most }, { $used } en cours d’utilisation
spawn-cost-free = prend { $takes } sur { $most }
spawn-link = Un lien qui démarre ceci
spawn-link-help = Quiconque l’ouvre démarre son propre serveur avec ces choix.
spawn-link-own = Il démarre ce serveur avec ces choix.

## En chemin

pending-phase-turn = En attente de son tour
pending-phase-ready = Préparation
pending-phase-answer = Attente de sa réponse
pending-cancel = Annuler le démarrage
pending-log = Ce que le serveur écrit
pending-log-empty = Il n’a encore rien écrit.
not-running-start = Démarrer le serveur

## Partage

home-share = Partager
sharing-title = Partager { $server }
sharing-lead = Quiconque a accès travaille dans ce serveur comme vous : exécute du code, lit et modifie vos fichiers.
sharing-who = Qui a accès
sharing-nobody = Personne d’autre que vous.
sharing-group = { $name } (groupe)
sharing-may-use = peut l’utiliser quand il fonctionne
sharing-may-start = peut aussi le démarrer et l’arrêter
sharing-take = Retirer
sharing-with = Partager avec quelqu’un
sharing-kind = Avec qui
sharing-person = Personne
sharing-a-group = Groupe
sharing-also = Peut aussi le démarrer et l’arrêter
sharing-give = Partager
sharing-links = Liens qui donnent accès
sharing-until = jusqu’au { $time }
sharing-used =
    { $count ->
        [0] pas encore utilisé
        [one] utilisé une fois
       *[other] utilisé { $count } fois
    }
sharing-end = Supprimer le lien
sharing-lasts = Durée de validité du lien
sharing-days =
    { $count ->
        [one] 1 jour
       *[other] { $count } jours
    }
sharing-make = Créer un lien
sharing-made = Votre lien
sharing-made-help = Envoyez-le aux personnes qui doivent avoir accès. Il n’est montré que maintenant.
