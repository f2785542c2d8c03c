## Permisos

oauth-title = Permitir el acceso
oauth-heading = ¿Permitir el acceso?
oauth-lead = { $client } pide actuar en su nombre, { $you }.
oauth-lead-nobody = { $client } pide actuar en su nombre.
oauth-application = Aplicación
oauth-sends-to = Le envía a
oauth-scopes = Podrá
oauth-nothing-more = Sabrá quién es usted, y nada más.
oauth-warning = Permítalo solo si quería abrirla. Puede ejecutarse código de otras personas.
oauth-allow = Permitir
oauth-deny = No permitir
share-title = Invitación
share-heading = ¿Aceptar la invitación?
share-lead = Usted ({ $you }) tiene una invitación para usar el servidor de { $owner }.
share-lead-named = Usted ({ $you }) tiene una invitación para usar el servidor «{ $server }» de { $owner }.
share-server = Servidor
share-not-running = Este servidor está detenido. Puede aceptar ahora; quizá { $owner } tenga que iniciarlo antes de que usted lo use.
share-scopes = Allí podrá
share-warning = Quien puede usar un servidor puede ejecutar código en él y leer sus archivos. Lo que deje allí también es de su propietario.
share-accept = Aceptar la invitación
share-next = Después irá a { $link }

## Tokens

token-title = Tokens
token-lead = Con un token, sus programas hacen lo que usted puede hacer aquí. Quien lo tenga también puede.
token-made = Su token nuevo
token-made-help = Cópielo ahora. No se volverá a mostrar; pero puede crear otro en cualquier momento.
token-make = Crear un token
token-note = Nota
token-note-help = Para qué es, para que lo reconozca en la lista de abajo.
token-expires-in = El token caduca en
token-may = Qué puede hacer el token
token-permissions = Permisos
token-scopes-help = Permisos (scopes), separados por espacios, como { $example }. Sin ninguno, el token puede todo lo que puede usted.
token-request = Pedir un token de API nuevo
token-own = Tokens de API
token-own-help = Un servidor cuyo token se revoca hay que iniciarlo de nuevo.
token-last-used = Último uso
token-created = Creado
token-expires = Caduca
token-never = Nunca
token-no-time = –
token-scope-count =
    { $count ->
        [one] { $count } permiso
       *[other] { $count } permisos
    }
token-count =
    { $count ->
        [one] { $count } token
       *[other] { $count } tokens
    }
token-revoke = revocar
token-clients = Aplicaciones autorizadas
token-clients-help = Servidores y servicios que ha abierto. La mayoría pueden saber quién es usted, y nada más.
token-first = Primera autorización
