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
token-may = Ce que le jeton peut faire
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
