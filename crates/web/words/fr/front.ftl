## Accueil

home-choose = Autres options
home-of = { $used } sur { $most }
home-uses = Ce que { $server } utilise maintenant
home-last-used = dernière utilisation { $time }
home-copy = Copier le lien
home-restart = Redémarrer
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
share-title = Partager { $server }
share-lead = Quiconque a accès travaille dans ce serveur comme vous : exécute du code, lit et modifie vos fichiers.
share-who = Qui a accès
share-nobody = Personne d’autre que vous.
share-group = { $name } (groupe)
share-may-use = peut l’utiliser quand il fonctionne
share-may-start = peut aussi le démarrer et l’arrêter
share-take = Retirer
share-with = Partager avec quelqu’un
share-kind = Avec qui
share-person = Personne
share-a-group = Groupe
share-also = Peut aussi le démarrer et l’arrêter
share-give = Partager
share-links = Liens qui donnent accès
share-until = jusqu’au { $time }
share-used =
    { $count ->
        [one] utilisé une fois
       *[other] utilisé { $count } fois
    }
share-end = Supprimer le lien
share-lasts = Durée de validité du lien
share-days =
    { $count ->
        [one] 1 jour
       *[other] { $count } jours
    }
share-make = Créer un lien
share-made = Votre lien
share-made-help = Envoyez-le aux personnes qui doivent avoir accès. Il n’est montré que maintenant.
