## Pages about errors

# What stands around them
error-reference = Un administrateur le trouve dans le journal sous { $number }.
error-detail = Pour qui vous aide
# Where to go on
said-error-to-home = Page d’accueil
said-error-to-login = Se connecter
said-error-to-others = Se connecter autrement
said-error-to-again = Réessayer
said-error-to-server = Démarrer le serveur
# What happened, and what to do
said-error-form = Ce formulaire a expiré
said-error-form-what = Il est resté longtemps ouvert, ou vous vous êtes connecté ou déconnecté depuis.
said-error-rights = Vous n’avez pas ce droit
said-error-rights-what = Votre compte n’a pas le droit de le faire.
said-error-rights-hint = Demandez-le à un administrateur, ou connectez-vous avec un compte qui l’a.
said-error-nothing = Il n’y a rien ici
said-error-nothing-what = Il n’y a pas de page à cette adresse.
said-error-nothing-hint = Vérifiez l’adresse, ou repartez de votre page d’accueil.
said-error-hidden-what = Il n’y a rien de ce nom, ou vous ne pouvez pas le voir.
said-error-hidden-hint = Vérifiez l’adresse. Si quelqu’un vous l’a donnée, demandez-lui si vous y avez accès.
said-error-server = Pas d’accès à ce serveur
said-error-server-hint = Son propriétaire ou un administrateur peut vous donner accès. Vous êtes peut-être connecté avec un autre compte.
said-error-link = Ce lien n’est plus valable
said-error-client = Vous ne pouvez pas y être connecté
said-error-client-what = Ce qui vous a envoyé ici n’a pas demandé comme il faut.
said-error-client-hint = Retournez-y, et recommencez. Si cela n’aide pas, dites à qui le gère ce qui figure ci-dessous.
said-error-fault = Quelque chose a échoué ici
said-error-fault-what = Le hub a rencontré un défaut de son côté. Vous n’y êtes pour rien.
said-error-fault-hint = Réessayez. Si cela se reproduit, donnez à un administrateur le numéro ci-dessous et l’heure.
said-error-fault-plain = Cela n’a pas pu se faire.
said-error-fault-plain-hint = Réessayez. Si cela se reproduit, prévenez un administrateur.
said-error-access = Pas d’accès
said-error-access-what = Vous ne pouvez pas entrer ici. Un administrateur peut changer cela.
said-error-method = Cela ne se demande pas ici
said-error-method-what = Il y a quelque chose à cette adresse, mais rien qui prenne une telle requête.
said-error-method-hint = Repartez de votre page d’accueil. Si un programme a envoyé la requête, c’est là qu’il faut la corriger.
said-error-slow = C’était trop long
said-error-slow-what = La requête n’est pas arrivée à temps.
said-error-slow-hint = Vérifiez la connexion réseau, et réessayez.
said-error-meanwhile = Ce n’est pas possible maintenant
said-error-meanwhile-what = Autre chose a changé entre-temps.
said-error-meanwhile-hint = Revenez en arrière, rechargez la page, et voyez où en sont les choses.
said-error-large = C’est trop grand
said-error-large-what = La requête dépasse ce qui est accepté ici.
said-error-large-hint = Envoyez moins à la fois. Les fichiers s’envoient dans un serveur en marche.
said-error-stopped = Le serveur ne tourne pas
said-error-stopped-what = Il a été arrêté, ou il s’est terminé.
said-error-many = Trop à la fois
said-error-many-what = Il a été demandé plus que ce qui peut se faire à la fois.
said-error-many-hint = Attendez un instant, et réessayez.
said-error-away = Indisponible pour l’instant
said-error-away-what = Quelque chose de nécessaire ne répond pas.
said-error-away-hint = Réessayez dans un instant. Si cela dure, prévenez un administrateur.
said-error-odd = Ce n’est pas possible ainsi
said-error-odd-what = Il manque quelque chose à la requête, ou quelque chose n’est pas comme il faut.
said-error-odd-hint = Revenez en arrière et réessayez.
