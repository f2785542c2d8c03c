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
account-acted = { $by } agit en tant que cette personne
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
passkeys-to-rename = Clé d’accès à renommer
passkeys-rename-to = Son nouveau nom
passkeys-rename = La renommer
passkeys-rename-confirmed = La renommer, confirmé par une clé d’accès
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

## Adresses e-mail, mots de passe oubliés, invitations

forgot-title = Mot de passe oublié ?
forgot-look = Consultez vos e-mails
forgot-done = Si ce compte existe et que son adresse e-mail est connue ici, un lien est en route. Il sert une seule fois, pendant { $minutes } minutes.
forgot-nothing = Rien n’est arrivé ? Demandez un lien à un administrateur.
forgot-lead = Un lien pour choisir un nouveau mot de passe est envoyé à l’adresse e-mail de votre compte.
forgot-who = Nom d’utilisateur ou adresse e-mail
forgot-send = Envoyer le lien
forgot-back = Retour à la connexion
setup-join = Vous êtes invité
setup-join-lead = Choisissez un nom et un mot de passe pour votre compte.
setup-reset = Choisir un nouveau mot de passe
setup-reset-lead = Pour { $user }. Ce lien ne sert qu’une fois ; connectez-vous ensuite avec le nouveau mot de passe.
setup-reset-save = Enregistrer le mot de passe
signup-domains = Une adresse de { $domains } se confirme par un lien, sans attendre.
confirm-title = Confirmer votre adresse e-mail
confirm-account = Si { $email } est à vous et que vous vous êtes inscrit sous le nom { $name }, le compte devient ainsi le vôtre.
confirm-address = Si { $email } est à vous, elle devient ainsi l’adresse e-mail du compte { $name }.
confirm-submit = Confirmer
confirm-not-you = Si vous n’avez rien demandé, fermez cette page : il ne se passe rien.
account-email = Le hub écrit à { $email }, par exemple quand vous avez oublié votre mot de passe.
account-no-email = Le hub ne connaît aucune adresse e-mail de vous, et ne peut pas vous aider si vous avez oublié votre mot de passe.
account-new-email = Nouvelle adresse e-mail
account-send-link = Y envoyer un lien
admin-invite = Inviter des personnes
invitations-title = Invitations
invitations-lead = Quiconque a le lien d’une invitation choisit un nom et un mot de passe, et obtient un compte.
invitations-made = Son lien n’est affiché que maintenant :
invitations-by = De la part de
invitations-sent = Envoyée à
invitations-groups = Groupes
invitations-left = Utilisations restantes
invitations-until = Jusqu’au
invitations-revoke = révoquer
invitations-none = Il n’y a pas d’invitations. Celles que vous créez apparaissent ici jusqu’à ce qu’elles soient utilisées ou expirées.
invitations-new = Une nouvelle invitation
invitations-email = L’envoyer à cette adresse e-mail
invitations-email-help = Vide : vous transmettez le lien vous-même.
invitations-into = Groupes où ces personnes sont placées
invitations-into-help = Séparés par des virgules ; peut rester vide.
invitations-uses = Combien de personnes peuvent l’utiliser
invitations-days = Pendant combien de jours
invitations-make = Créer l’invitation
