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
