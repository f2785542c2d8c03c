# Ce que disent les pages en français.

language-name = Français
language-label = Langue

## Sur chaque page

page-skip = Aller au contenu
page-main-menu = Menu principal
page-sign-out = Se déconnecter
page-announcement = Annonce

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

## Mots de passe

password-user-name = Nom d’utilisateur
password-again = Mot de passe (encore une fois)
password-help = Au moins { $count } caractères. Quelques mots sans rapport font un bon mot de passe.
password-differs = Les deux mots de passe sont différents.

## Connexion

login-title = Se connecter
login-username = Nom d’utilisateur :
login-password = Mot de passe :
login-otp = Code à usage unique (OTP) :
login-otp-help = Six chiffres de votre application d’authentification, si vous en avez configuré une.
login-sign-up = Créer un compte
login-or = ou
login-no-way = Aucun moyen de connexion n’est configuré sur ce hub. Adressez-vous à la personne qui le gère.

logout-title = Déconnexion
logout-heading = Vous êtes déconnecté
logout-lead = Les serveurs en marche le restent.
logout-again = Se reconnecter

## Premier compte, invitations, inscription

setup-title = Installation
setup-heading = Installer Perijove
setup-lead = Créez le premier compte. C’est celui d’un administrateur, et ce lien ne sert qu’une fois.
setup-welcome = Bienvenue
setup-welcome-you = Bienvenue, { $user }
setup-invite-lead = Choisissez un mot de passe pour votre compte. Ce lien ne sert qu’une fois.
setup-save = Enregistrer et se connecter

signup-title = S’inscrire
signup-lead = Choisissez un nom et un mot de passe.
signup-email = Adresse e-mail
signup-submit = Créer le compte
signup-have-one = Vous avez déjà un compte ?
signup-thanks = Merci

waiting-title = Qui attend un compte
waiting-lead = Ces personnes se sont inscrites et pourront se connecter dès que quelqu’un les aura acceptées.
waiting-from = Depuis
waiting-let-in = accepter
waiting-turn-down = refuser
waiting-nobody = Personne n’attend. Les inscriptions apparaissent ici.

## Son propre compte

account-title = Votre compte
account-lead = Où vous êtes connecté, et comment.
account-your-password = Votre mot de passe
account-sessions = Connexions
account-browser = Navigateur
account-address = Adresse
account-since = Depuis
account-last-seen = Vu en dernier
account-unknown = inconnu
account-this-one = celui-ci
account-end-one = déconnecter
account-end-others = Se déconnecter partout ailleurs
account-password = Mot de passe
account-language = Langue
account-language-label = Les pages et les e-mails sont en
account-language-browser = la langue du navigateur
account-language-save = Enregistrer la langue

codes-title = Codes à usage unique
codes-recovery = Gardez ces codes de secours là où vous les trouverez sans votre application. Chacun remplace un code une seule fois, et ils ne seront plus affichés.
codes-since = En plus de votre mot de passe, un code de votre application est demandé depuis le { $time }.
codes-left =
    { $count ->
        [one] Il reste { $count } code de secours.
       *[other] Il reste { $count } codes de secours.
    }
codes-new-recovery = Créer de nouveaux codes de secours
codes-remove = Ne plus demander de codes
codes-scan = Scannez cette image avec votre application d’authentification, puis saisissez le code qu’elle affiche.
codes-picture = Code QR pour une application d’authentification
codes-secret = Sans appareil photo, saisissez ce secret : { $secret }
codes-code = Code
codes-confirm = Demander des codes désormais
codes-why = Avec une application d’authentification, même quelqu’un qui a votre mot de passe ne peut pas se connecter.
codes-propose = Configurer les codes à usage unique

linked-title = Autres moyens de connexion
linked-one = { $method } : { $subject }, depuis le { $time }
linked-unlink = dissocier
linked-link = Associer : { $label }

change-title = Changer votre mot de passe
change-lead = Vous serez alors déconnecté partout ailleurs.
change-old = Ancien mot de passe
change-new = Nouveau mot de passe
change-again = Nouveau mot de passe (encore une fois)
change-submit = Changer le mot de passe

## Passkeys, and programs without a browser

login-passkey = Se connecter avec une clé d’accès
login-passkey-second = Utiliser une clé d’accès au lieu d’un code
login-passkey-failed = Aucune clé d’accès n’a été utilisée. Réessayez, ou connectez-vous autrement.
passkeys-title = Clés d’accès
passkeys-lead = Avec une clé d’accès, vous vous connectez avec votre doigt, votre visage ou le code PIN de votre appareil : il n’y a pas de mot de passe que quelqu’un pourrait apprendre.
passkeys-lead-codes = Après un mot de passe, elle remplace le code à usage unique.
passkeys-name = Nom
passkeys-site = Pour
passkeys-last-used = Dernière utilisation
passkeys-never = jamais
passkeys-new-name = Nom de la nouvelle clé d’accès
passkeys-new-name-help = Ce à quoi vous la reconnaissez : l’appareil, ou le programme qui la garde.
passkeys-add = Ajouter une clé d’accès
passkeys-add-confirmed = En ajouter une, confirmée par une clé d’accès existante
passkeys-unable = Les clés d’accès demandent JavaScript, un navigateur qui les connaît et le nom de ce hub dans l’adresse, en https.
passkeys-to-remove = Clé d’accès à retirer
passkeys-last = C’est la dernière. Sans elle, votre mot de passe seul suffit, à quiconque le connaît.
passkeys-last-codes = C’est la dernière. Sans elle, vous vous connectez avec votre mot de passe et un code à usage unique.
passkeys-remove = La retirer
passkeys-remove-confirmed = La retirer, confirmé par une clé d’accès
passkeys-failed = Aucune clé d’accès n’a été utilisée. Réessayez, ou saisissez votre mot de passe.
device-title = Connecter un programme
device-lead = { $client } demande à agir pour vous, { $you }. Ne continuez que si vous l’avez lancé vous-même et qu’il affiche ce code.
device-from = Demandé depuis
device-program = Programme
device-warning = Si quelqu’un vous a envoyé ce code ou un lien vers cette page, refusez : cette personne agirait en votre nom.
device-type = Saisissez le code que le programme affiche.
device-continue = Continuer

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
home-change = Modifier
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

## Autorisations

oauth-title = Autoriser l’accès
oauth-heading = Autoriser l’accès ?
oauth-lead = { $client } demande à agir en votre nom, { $you }.
oauth-lead-nobody = { $client } demande à agir en votre nom.
oauth-application = Application
oauth-sends-to = Vous envoie vers
oauth-scopes = Elle pourra
oauth-nothing-more = Elle saura qui vous êtes, rien de plus.
oauth-warning = N’autorisez que si vous vouliez l’ouvrir. Du code d’autres personnes peut y tourner.
oauth-allow = Autoriser
oauth-deny = Ne pas autoriser

share-title = Invitation
share-heading = Accepter l’invitation ?
share-lead = Vous ({ $you }) êtes invité à utiliser le serveur de { $owner }.
share-lead-named = Vous ({ $you }) êtes invité à utiliser le serveur « { $server } » de { $owner }.
share-server = Serveur
share-not-running = Ce serveur est à l’arrêt. Vous pouvez accepter maintenant ; { $owner } devra peut-être le démarrer avant que vous puissiez l’utiliser.
share-scopes = Vous pourrez y
share-warning = Qui peut utiliser un serveur peut y exécuter du code et lire ses fichiers. Ce que vous y déposez appartient aussi à son propriétaire.
share-accept = Accepter l’invitation
share-next = Vous irez ensuite à { $link }

## Jetons

token-title = Jetons
token-lead = Avec un jeton, vos programmes font ce que vous pouvez faire ici. Quiconque l’a le peut aussi.
token-made = Votre nouveau jeton
token-made-help = Copiez-le maintenant. Il ne sera plus affiché ; mais vous pouvez en créer un autre à tout moment.
token-make = Créer un jeton
token-note = Note
token-note-help = À quoi il sert, pour le reconnaître dans la liste ci-dessous.
token-expires-in = Durée de validité
token-permissions = Droits
token-scopes-help = Droits (scopes), séparés par des espaces, comme { $example }. Sans aucun, le jeton peut tout ce que vous pouvez.
token-request = Demander un nouveau jeton d’API
token-own = Jetons d’API
token-own-help = Un serveur dont le jeton est révoqué doit être redémarré.
token-last-used = Dernière utilisation
token-created = Création
token-expires = Expiration
token-never = Jamais
token-no-time = –
token-scope-count =
    { $count ->
        [one] { $count } droit
       *[other] { $count } droits
    }
token-count =
    { $count ->
        [one] { $count } jeton
       *[other] { $count } jetons
    }
token-revoke = révoquer
token-clients = Applications autorisées
token-clients-help = Serveurs et services que vous avez ouverts. La plupart peuvent savoir qui vous êtes, et rien de plus.
token-first = Première autorisation

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

## Ce qui n’a pas marché

nothing-title = Il n’y a rien ici
nothing-lead = Il n’y a pas de page à cette adresse.
nothing-hint = Vérifiez l’adresse, ou repartez de votre page d’accueil.
error-reload = Recharger cette page

## Ce que dit le code

# Connexion
said-login-wrong = Nom d’utilisateur ou mot de passe incorrect
said-login-form-expired = Ce formulaire n’est pas valable ou a expiré. Réessayez.
said-login-code-wanted = Saisissez à nouveau votre mot de passe, avec un code à usage unique.
said-login-nobody = Personne ne peut se connecter ici.
said-login-unnamed = Cette requête ne dit pas de qui elle vient. Passez par l’adresse que tout le monde utilise, ou demandez à un administrateur.
said-login-no-access = Vous êtes connecté là-bas, mais vous n’avez pas accès à ce hub. Demandez à un administrateur.
said-login-with = Se connecter avec { $provider }
said-login-first = Connectez-vous d’abord, puis associez un autre moyen de connexion.
said-login-astray = Cette requête dit de qui elle vient, mais ne vient pas de là où cela compterait. Connectez-vous par l’adresse que tout le monde utilise, ou demandez à un administrateur.
said-login-begin-again = Cette connexion a été commencée dans un autre navigateur, ou elle a pris trop de temps. Recommencez.
said-login-cancelled = La connexion avec { $provider } y a été annulée ou refusée.
said-login-untold = { $provider } ne dit pas qui vous êtes. Reconnectez-vous.
said-login-unnamed-there = { $provider } ne dit pas comment vous vous appelez ici. Prévenez un administrateur.
said-login-scopes = { $provider } n’a pas accordé tout ce qu’il faut pour entrer ici.
said-login-away = { $provider } ne peut pas vous connecter pour le moment. Réessayez dans quelques minutes.
said-login-unasked = Impossible de demander à { $provider } qui vous êtes pour le moment. Réessayez dans quelques minutes.
said-login-unverified = Votre adresse e-mail n’est pas vérifiée. Vérifiez-la là où vous vous connectez, puis revenez.
said-login-domains = Seuls les comptes de { $domains } entrent ici.
said-login-name-taken = Le nom { $name } appartient ici à un autre compte. Si c’est le vôtre, connectez-vous comme avant et associez ce moyen de connexion sur la page de votre compte. Sinon, demandez à un administrateur.
said-login-busy = Trop de personnes se connectent en ce moment. Réessayez dans quelques secondes.
said-login-crowd = Trop de personnes se connectent à l’instant. Réessayez dans un moment.
said-login-unchecked = Le mot de passe ne peut pas être vérifié maintenant. Réessayez dans une minute.
said-login-pam-away = Les mots de passe ne peuvent pas être vérifiés pour l’instant. Réessayez plus tard, ou prévenez un administrateur.
said-login-pam-refused = Votre compte sur cette machine ne peut pas être utilisé : { $why }. Demandez à un administrateur.
said-login-codes-unreadable = Vos codes à usage unique ne peuvent pas être vérifiés. Demandez à un administrateur un lien pour vous connecter sans eux.
said-link-signed-out = Vous vous êtes déconnecté entre-temps. Connectez-vous et réessayez.
said-link-taken = Ce compte-là est associé à un autre compte ici.

# Mots de passe et noms
said-passwords-differ = Les deux mots de passe ne sont pas identiques.
said-password-short = Le mot de passe a { $length } caractères. Il en faut au moins { $least }.
said-password-long = Le mot de passe est trop long : { $most } octets suffisent à tout le monde.
said-password-name = Le mot de passe n’est guère plus qu’un nom que d’autres connaissent. Choisissez-en un autre.
said-password-common = Beaucoup utilisent ce mot de passe : c’est l’un des premiers que l’on essaie. Choisissez-en un autre.
said-password-easy = Ce mot de passe est facile à deviner. Quelques mots sans rapport en font un bon.
said-password-wrong = Le mot de passe est incorrect.
said-password-old-wrong = L’ancien mot de passe est incorrect.
said-password-none = Vous n’avez pas de mot de passe ici.
said-password-none-hint = Vous vous connectez ailleurs ; changez-y votre mot de passe.
said-password-others = Ici, personne ne fixe le mot de passe d’un autre.
said-name-taken = Ce nom est pris.
said-name-unusable = Ce nom n’est pas possible : { $why }.
said-name-invalid = Nom non valable : { $why }.

# Liens, invitations, inscription
said-setup-gone = Ce lien a déjà servi, ou il a expiré.
said-setup-gone-hint = Demandez-en un nouveau à un administrateur. Le lien du premier administrateur s’affiche au démarrage du hub.
said-setup-used = Ce lien vient de servir.
said-setup-late = Il y a déjà un administrateur, qui peut vous inviter.
said-signup-taken = Ce nom est pris, ou il n’est pas possible. Choisissez-en un autre.
said-signup-terms = Acceptez d’abord les conditions d’utilisation.
said-signup-no-mail = Ce n’est pas une adresse e-mail.
said-signup-mail-wanted = Une adresse e-mail est demandée.
said-signup-many = Beaucoup de comptes ont été demandés depuis là où vous êtes. Réessayez dans une heure.
said-signup-made = Votre compte est créé. Connectez-vous avec votre nouveau mot de passe.
said-signup-waits = Votre compte attend un administrateur. Dès qu’il vous aura accepté, vous pourrez vous connecter.
said-waiting-has-account = Quelqu’un de ce nom a déjà un compte.
said-waiting-let-in = { $name } a maintenant un compte.
said-waiting-gone = { $name } n’attend plus.
said-waiting-turned-down = { $name } a été refusé.

# Son propre compte
said-account-others-out = Vous êtes déconnecté partout ailleurs.
said-account-one-out = Vous y êtes déconnecté.
said-codes-removed = Plus aucun code n’est demandé.
said-codes-new-recovery = Les anciens codes de secours ne valent plus.
said-codes-nothing = Il n’y a rien à confirmer. Recommencez.
said-codes-wrong = Ce code n’est pas valable. Les codes changent toutes les 30 secondes.
said-codes-set = Des codes à usage unique sont désormais demandés.
said-linked-only = C’est votre seul moyen de connexion.
said-linked-gone = Ce moyen de connexion ne mène plus à ce compte.
said-language-unknown = Il n’y a pas de pages dans cette langue.

# Erreurs de toutes sortes
said-status-bad-request = Requête incorrecte
said-status-forbidden = Accès refusé
said-status-not-found = Introuvable
said-status-internal = Erreur interne
said-status-unavailable = Service indisponible
said-error-internal-hint = La cause est dans le journal du hub. On peut réessayer sans risque.
said-error-database = Le hub ne joint pas sa base de données.
said-error-database-hint = Les serveurs en marche ne sont pas touchés. Réessayez dans quelques secondes.
said-error-database-login = Le hub ne joint pas sa base de données. Réessayez dans quelques secondes.
said-error-conflict = Quelqu’un d’autre a été plus rapide. Veuillez réessayer.
said-error-credentials = L’identification manque ou n’est pas valable.
said-error-scopes = Il vous manque un droit pour cela ; il en faut un parmi : { $scopes }
said-error-form-missing = Il manque au formulaire ({ $method }) sa clé de sécurité.
said-error-form-wrong = La clé de sécurité du formulaire ({ $method }) ne correspond pas à ce navigateur.
said-error-form-hint = Revenez en arrière, rechargez la page et réessayez.
said-error-form-unreadable = Le formulaire est illisible.
said-error-form-unknown = Ce formulaire n’est pas connu ici.
said-error-form-nothing = Le formulaire ne demande rien qui puisse se faire ici.
said-error-too-large = La requête est trop grande.

# Serveurs
said-server-none = Ce serveur n’existe pas, ou il n’est pas partagé avec vous.
said-server-no-access = Vous n’avez pas accès à { $what }
said-server-no-access-hint = Son propriétaire ou un administrateur peut vous donner accès.
said-server-down = Votre serveur semble à l’arrêt.
said-server-down-hint = Redémarrez-le depuis la page d’accueil.
said-server-unreached = Le serveur est en marche, mais injoignable.
said-server-unreached-hint = Arrêtez-le sur la page d’accueil et redémarrez-le. Si cela ne suffit pas, le journal de l’edge en dit plus.
said-server-embedded = Un serveur se démarre depuis une page ou un lien, pas de l’intérieur d’une autre page.
said-server-running = { $server } est déjà en marche
said-server-pending = { $server } est en cours de démarrage
said-server-stopping = { $server } est en cours d’arrêt
said-server-active = { $server } est en marche. Arrêtez-le avant de le modifier.
said-server-crowd = Trop de serveurs démarrent en ce moment. Réessayez dans { $seconds } secondes.
said-server-full = Le nombre maximal de serveurs en marche est atteint. Réessayez dans quelques minutes.
said-server-no-named = Les serveurs nommés ne sont pas prévus ici.
said-server-named-most = { $user } a déjà le maximum de { $limit } serveurs nommés. Il faut d’abord en supprimer un.
said-server-again = { $user } doit se reconnecter avant qu’un serveur puisse démarrer.
said-server-files-full = Vos fichiers occupent { $used } des { $limit } auxquels vous avez droit. Faites de la place : aucun autre serveur ne démarre avant.
said-server-files-near = Vos fichiers occupent { $used } des { $limit } auxquels vous avez droit. Faites de la place avant qu’il n’y en ait plus.
said-limit-larger = Il faut { $wanted }, et { $who } a droit à { $allowed }. Choisissez quelque chose de plus petit.
said-limit-month = { $who } a droit à { $allowed } de serveurs par mois ; { $used } sont utilisées. Le mois suivant commence le { $month }.
said-limit-group = Le groupe « { $group } » en tout
said-profile-none = Aucun profil n’est proposé à { $user }. Un administrateur peut changer cela.

# Jusqu’au serveur en marche
said-start-requested = Serveur demandé
said-start-home = Préparation du dossier personnel
said-start-process = Lancement du serveur
said-start-answer = Attente de la réponse du serveur
said-start-ready = Le serveur est prêt : { $url }
said-start-cancelled = Démarrage annulé
said-start-failed = Échec du démarrage : { $why }
said-start-unanswered = Le serveur est en marche, mais n’a pas répondu à { $url } en { $seconds } secondes.
said-start-late = Le serveur n’a pas démarré en { $seconds } secondes.
said-start-edge = Le serveur est en marche, mais le proxy n’a pas pu l’apprendre.
said-start-ended = Le serveur s’est arrêté avant de répondre.
said-start-ended-status = Le serveur s’est arrêté avant de répondre [état={ $status }].
said-start-ended-why = Le serveur s’est arrêté avant de répondre. { $why }
said-ended = Le serveur s’est arrêté de lui-même.
said-ended-status = Le serveur s’est arrêté de lui-même avec l’état { $status }.
said-ended-why = Le serveur s’est arrêté de lui-même. { $why }
said-ended-memory = Sa limite de mémoire de { $limit } a été atteinte.

# Pourquoi un serveur est arrêté
said-stopped = Le serveur a été arrêté : { $why }.
said-stopping = Ce serveur va être arrêté : { $why }.
said-because-unused = personne ne l’a utilisé depuis un moment
said-because-idle = il n’a pas été utilisé pendant { $time }
said-because-age = aucun serveur ne tourne plus de { $time }
said-because-hours-set = les serveurs sont arrêtés à heures fixes ({ $when })
said-because-month = { $hours } de ce mois sont épuisées
said-hours-minutes = { $hours } heures { $minutes } minutes
said-hours =
    { $count ->
        [one] { $count } heure
       *[other] { $count } heures
    }
said-minutes = { $count } minutes
said-seconds = { $count } secondes

# Ce que reçoit un serveur
said-amount-core = 1 cœur
said-amount-cores = { $count } cœurs
said-amount-memory = { $amount } de mémoire
said-amount-storage = { $amount } de stockage

# Invitations à un serveur
said-share-no-code = Cette adresse n’a pas de code d’invitation.
said-share-no-code-hint = Ouvrez le lien tel qu’on vous l’a envoyé, jusqu’au bout.
said-share-unknown = Cette invitation n’est pas valable, ou elle a expiré.
said-share-unknown-hint = Demandez-en une autre à qui vous l’a envoyée.
said-share-own = C’est votre propre serveur : il n’a pas besoin d’invitation.
said-share-own-hint = Envoyez le lien à ceux avec qui vous voulez le partager.

# Jetons
said-life-hour = 1 heure
said-life-day = 1 jour
said-life-week = 1 semaine
said-life-month = 1 mois
said-life-year = 1 an
said-life-never = Sans limite
said-life-hours = Maximum ({ $count } heures)
said-life-days = Maximum ({ $count } jours)

# Rôles
said-role-built-in = Intégré
said-role-configuration = De la configuration
said-role-authenticator = De la connexion
said-role-made = Créé par { $name }
said-role-no-holder = Cette personne, ce groupe ou ce service n’existe pas, ou n’a pas le rôle.
said-role-end = La fin est une date avec une heure, comme 2026-12-24T18:00.

# Ce qui est permis aux programmes, et où
said-scope-nothing = Savoir qui vous êtes
said-scope-self = Tout ce qui est à vous
said-scope-inherit = Tout ce que vous pouvez faire
said-scope-access-servers = Utiliser des serveurs
said-scope-access-services = Utiliser des services
said-scope-list-users = Lister les personnes
said-scope-read-names = Lire les noms des personnes
said-scope-read-groups = Lire dans quels groupes sont les personnes
said-scope-read-activity = Lire quand les personnes ont été actives
said-scope-servers = Démarrer et arrêter des serveurs
said-scope-read-servers = Voir les serveurs et à qui ils sont
said-scope-start-servers = Démarrer et modifier des serveurs
said-scope-delete-servers = Arrêter et supprimer des serveurs
said-scope-tokens = Créer, lire et révoquer les jetons d’API des personnes
said-scope-read-tokens = Voir les jetons d’API des personnes
said-scope-shares = Partager des serveurs et cesser de le faire
said-scope-read-shares = Voir avec qui les serveurs sont partagés
said-only-you = vous seulement
said-only-service-this = ce service seulement
said-only-server-this = ce serveur seulement
said-only-server-default = votre serveur par défaut seulement
said-only-server-yours = votre serveur { $server } seulement
said-only-server-default-of = le serveur par défaut de { $user } seulement
said-only-server-of = le serveur { $server } de { $user } seulement
said-only-user = { $user } seulement
said-only-group = les personnes du groupe { $group } seulement
said-only-service = le service { $service } seulement

# From a learning platform, and from a directory
onward-heading = Vous êtes en chemin
onward-lead = Votre plateforme d’apprentissage vous a envoyé ici. La connexion continue d’elle-même.
onward-go = Continuer
said-login-suspended = Votre compte est suspendu. Adressez-vous à ceux qui gèrent l’annuaire de votre organisation.
said-lti-invalid = Ce que votre plateforme d’apprentissage a envoyé n’est pas valable. Rouvrez-y le lien, ou prévenez ceux qui gèrent ce hub.
said-lti-nobody = Votre plateforme d’apprentissage ne dit pas qui vous êtes. Ceux qui la gèrent peuvent l’y autoriser.
said-lti-not-begun = Cette connexion n’a pas commencé dans ce navigateur, ou il y a trop longtemps. Rouvrez le lien sur votre plateforme d’apprentissage, dans une fenêtre à part.
said-lti-from-course = Venez de l’endroit qui mène ici : de votre cours, par exemple.

# Passkeys, and programs without a browser
said-passkey-refused = Cette clé d’accès ne permet pas de se connecter ici.
said-passkey-late = La réponse de la clé d’accès est arrivée trop tard, ou n’était pas destinée à cette page. Réessayez.
said-passkey-not-taken = La nouvelle clé d’accès n’a pas été acceptée. Réessayez ; elle doit être créée en moins de 5 minutes.
said-passkey-many = Vous avez 20 clés d’accès. Retirez-en une que vous n’utilisez pas.
said-passkey-added = Vous pouvez vous connecter avec la nouvelle clé d’accès.
said-passkey-removed = Cette clé d’accès ne connecte plus personne.
said-passkey-last-codes = C’était votre dernière clé d’accès. Vous vous connectez avec votre mot de passe et un code à usage unique.
said-passkey-last = C’était votre dernière clé d’accès. Votre mot de passe seul suffit maintenant, à quiconque le connaît.
said-passkey-unconfirmed = Cette clé d’accès ne confirme pas qui vous êtes. Réessayez, ou saisissez votre mot de passe.
said-device-unknown = Aucun programme n’attend avec ce code. Un code vaut 10 minutes et une seule fois : recommencez dans le programme.
said-device-letters = Un code a 8 lettres.
said-device-many = Vous avez essayé trop de codes. Réessayez dans une heure.
said-device-allowed = Le programme a ce qu’il demandait. Continuez là-bas ; cette page peut être fermée.
said-device-denied = Le programme a été refusé. Si vous n’avez pas commencé cela vous-même, quelqu’un a peut-être essayé d’entrer par vous.
