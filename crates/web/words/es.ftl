# Lo que dicen las páginas en español.

language-name = Español
language-label = Idioma

## En todas las páginas

page-skip = Ir al contenido
page-main-menu = Menú principal
page-sign-out = Cerrar sesión
page-announcement = Aviso

## Servidores

server-yours = su servidor
server-of = el servidor de { $user }
server-try-again = Reintentar
server-stop = Detener
server-log = Últimas líneas que escribió el servidor

state-stopped = Detenido
state-starting = Iniciando
state-ready = En marcha
state-stopping = Deteniéndose
state-failed = Falló

## Contraseñas

password-user-name = Nombre de usuario
password-again = Repita la contraseña
password-help = Al menos { $count } caracteres. Unas cuantas palabras sin relación forman una buena contraseña.
password-differs = Las dos contraseñas son distintas.

## Iniciar sesión

login-title = Iniciar sesión
login-username = Nombre de usuario:
login-password = Contraseña:
login-otp = Código de un solo uso (OTP):
login-otp-help = Seis cifras de su aplicación de autenticación, si ha configurado una.
login-sign-up = Crear una cuenta
login-or = o
login-no-way = En este hub no hay ninguna forma de iniciar sesión. Pregunte a quien lo administra.

logout-title = Sesión cerrada
logout-heading = Ha cerrado la sesión
logout-lead = Los servidores que estaban en marcha siguen así.
logout-again = Volver a iniciar sesión

## Primera cuenta, invitaciones, registro

setup-title = Instalación
setup-heading = Instalar Perijove
setup-lead = Cree la primera cuenta. Es la de un administrador, y este enlace solo sirve una vez.
setup-welcome = Le damos la bienvenida
setup-welcome-you = Le damos la bienvenida, { $user }
setup-invite-lead = Elija una contraseña para su cuenta. Este enlace solo sirve una vez.
setup-save = Guardar e iniciar sesión

signup-title = Registrarse
signup-lead = Elija un nombre y una contraseña.
signup-email = Correo electrónico
signup-submit = Crear la cuenta
signup-have-one = ¿Ya tiene una cuenta?
signup-thanks = Gracias

waiting-title = Quién espera una cuenta
waiting-lead = Se han registrado y podrán iniciar sesión cuando alguien los admita.
waiting-from = Desde
waiting-let-in = admitir
waiting-turn-down = rechazar
waiting-nobody = Nadie espera. Quien se registre aparecerá aquí.

## La propia cuenta

account-title = Su cuenta
account-lead = Dónde ha iniciado sesión, y cómo.
account-your-password = Su contraseña
account-sessions = Sesiones iniciadas
account-browser = Navegador
account-address = Dirección
account-since = Desde
account-last-seen = Última actividad
account-unknown = desconocido
account-this-one = este
account-end-one = cerrar sesión
account-end-others = Cerrar sesión en todos los demás
account-password = Contraseña
account-language = Idioma
account-language-label = Páginas y correos en
account-language-browser = el idioma del navegador
account-language-save = Guardar el idioma

codes-title = Códigos de un solo uso
codes-recovery = Guarde estos códigos de recuperación donde los encuentre sin su aplicación. Cada uno sustituye una vez a un código, y no se volverán a mostrar.
codes-since = Además de su contraseña, se pide un código de su aplicación desde { $time }.
codes-left =
    { $count ->
        [one] Queda { $count } código de recuperación.
       *[other] Quedan { $count } códigos de recuperación.
    }
codes-new-recovery = Crear nuevos códigos de recuperación
codes-remove = No pedir más códigos
codes-scan = Escanee esta imagen con su aplicación de autenticación y escriba el código que muestra.
codes-picture = Código QR para una aplicación de autenticación
codes-secret = Sin cámara, escriba este secreto: { $secret }
codes-code = Código
codes-confirm = Pedir códigos desde ahora
codes-why = Con una aplicación de autenticación, ni quien tenga su contraseña puede iniciar sesión.
codes-propose = Configurar códigos de un solo uso

linked-title = Otras formas de iniciar sesión
linked-one = { $method }: { $subject }, desde { $time }
linked-unlink = desvincular
linked-link = Vincular: { $label }

change-title = Cambiar su contraseña
change-lead = En todos los demás sitios se cerrará la sesión.
change-old = Contraseña anterior
change-new = Contraseña nueva
change-again = Repita la contraseña nueva
change-submit = Cambiar la contraseña

## Passkeys, and programs without a browser

login-passkey = Iniciar sesión con una llave de acceso
login-passkey-second = Usar una llave de acceso en lugar de un código
login-passkey-failed = No se usó ninguna llave de acceso. Inténtelo de nuevo o inicie sesión de otra manera.
passkeys-title = Llaves de acceso
passkeys-lead = Con una llave de acceso inicia sesión con su dedo, su rostro o el PIN de su dispositivo: no hay contraseña que alguien pueda averiguar.
passkeys-lead-codes = Después de una contraseña sustituye al código de un solo uso.
passkeys-name = Nombre
passkeys-site = Para
passkeys-last-used = Último uso
passkeys-never = nunca
passkeys-new-name = Nombre de la nueva llave de acceso
passkeys-new-name-help = Por lo que usted la reconoce: el dispositivo o el programa que la guarda.
passkeys-add = Añadir una llave de acceso
passkeys-add-confirmed = Añadir una, confirmada con una llave de acceso existente
passkeys-unable = Las llaves de acceso necesitan JavaScript, un navegador que las conozca y el nombre de este hub en la dirección, con https.
passkeys-to-remove = Llave de acceso que se quita
passkeys-last = Es la última. Sin ella, basta su contraseña, la conozca quien la conozca.
passkeys-last-codes = Es la última. Sin ella, inicia sesión con su contraseña y un código de un solo uso.
passkeys-remove = Quitarla
passkeys-remove-confirmed = Quitarla, confirmado con una llave de acceso
passkeys-failed = No se usó ninguna llave de acceso. Inténtelo de nuevo o escriba su contraseña.
device-title = Conectar un programa
device-lead = { $client } pide actuar por usted, { $you }. Continúe solo si lo ha iniciado usted y muestra este código.
device-from = Pedido desde
device-program = Programa
device-warning = Si alguien le ha enviado este código o un enlace a esta página, rechácelo: actuaría en su nombre.
device-type = Escriba el código que muestra el programa.
device-continue = Continuar

## Inicio

home-title = Inicio
home-server = Su servidor
home-servers = Sus servidores
home-my-server = Mi servidor
home-stopping = Deteniendo { $server }
home-not-stopped = No se pudo detener { $server }: { $problem }
home-hub-busy = el hub no responde en este momento. Reintente en unos segundos.
home-hub-refused = { $message }. Recargue esta página y reintente.
home-hub-away = no se puede llegar al hub. Compruebe su conexión y reintente.
home-since = desde { $time }
home-at = a las { $time }
home-stops-at = Se detendrá { $time }.
home-log = Lo que escribió el servidor
home-still-here = Sigo aquí
home-open = Abrir
home-progress = Ver el progreso
home-stops = Deteniéndose…
home-start = Iniciar
home-change = Cambiar
home-rename = Renombrar
home-files-stay = Sus archivos se conservan: están en su carpeta personal.
home-delete = Eliminar este servidor
home-none = No tiene ningún servidor.
home-files = Sus archivos
home-storage = Sus archivos ocupan { $used }, medidos el { $time }.
home-storage-of = Sus archivos ocupan { $used } de { $limit }, medidos el { $time }.
home-another = Otro servidor
home-add = Añadir el servidor
home-add-help = Póngale el nombre que quiera. Tiene su propio perfil y la misma carpeta personal.

## Del inicio al servidor en marcha

spawn-title = Iniciar un servidor
spawn-yours = Iniciar su servidor
spawn-of = Iniciar el servidor de { $user }
spawn-for = Iniciando el servidor para { $user }
spawn-what = Qué iniciar
spawn-or-another = U otra opción: { $choice }
spawn-back = Volver

pending-title = Iniciando { $server }
pending-lead = Pasará a él en cuanto esté en marcha.
pending-usual =
    { $seconds ->
        [one] Suele tardar alrededor de { $seconds } segundo.
       *[other] Suele tardar alrededor de { $seconds } segundos.
    }
pending-opening = Está en marcha. Abriéndolo.
pending-failed = El servidor no se inició
pending-stopped = Detenido
pending-no-reason = El servidor no se inició, y no se dio ninguna razón.
pending-reloads = Esta página se recarga cada pocos segundos.
pending-lost = Se perdió la conexión con el hub. Su servidor sigue iniciándose; intentando reconectar…
pending-steps = Pasos hasta ahora

stop-pending-lead = Podrá iniciarse de nuevo cuando se haya detenido. Esta página lo nota sola.

not-running-yours =
    { $named ->
        [yes] Su servidor «{ $server }» está detenido
       *[no] Su servidor está detenido
    }
not-running =
    { $named ->
        [yes] El servidor «{ $server }» de { $user } está detenido
       *[no] El servidor de { $user } está detenido
    }
not-running-yours-failed =
    { $named ->
        [yes] Su servidor «{ $server }» no se inició
       *[no] Su servidor no se inició
    }
not-running-failed =
    { $named ->
        [yes] El servidor «{ $server }» de { $user } no se inició
       *[no] El servidor de { $user } no se inició
    }
not-running-failed-title = Falló el inicio
not-running-no-reason = El último inicio falló, y no se dio ninguna razón.
not-running-lead = Los archivos se conservan mientras un servidor está detenido. Inícielo para continuar.
not-running-soon =
    { $seconds ->
        [one] Se iniciará en { $seconds } segundo.
       *[other] Se iniciará en { $seconds } segundos.
    }
not-running-not = No se iniciará por sí solo.
not-running-cancel = No iniciar

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

## Administración

admin-title = Administración
admin-people = Personas
admin-lead =
    { $count ->
        [one] { $count } persona. Todo lo demás se hace por la API.
       *[other] { $count } personas. Todo lo demás se hace por la API.
    }
admin-name = Nombre
admin-servers = Servidores
admin-default-server = Servidor predeterminado
admin-administrator = administrador
admin-never = nunca
admin-running = { $count } en marcha
admin-none-running = ninguno en marcha
admin-nobody = No hay nadie en esta página, o usted no puede verlos.
admin-earlier = Nombres anteriores
admin-further = Nombres siguientes

roles-title = Roles
roles-lead = Un rol es una lista de permisos. Quien tiene el rol, por sí mismo o por un grupo, puede hacer lo que esos permisos dejan.
roles-none = No hay más roles.
roles-earlier = Roles anteriores
roles-more = Más roles
roles-new = Un rol nuevo
roles-name-help = De 3 a 255 caracteres de a-z, 0-9 y - _ . ~; empieza por una letra.
roles-scopes-help = Uno por línea, como { $example }. Un rol no puede permitir más de lo que puede usted.
roles-make = Crear el rol

role-all = Todos los roles
role-allows = Qué permite
role-for = Para qué es
role-scopes = Permisos (scopes)
role-scopes-help = Uno por línea. Un cambio vale al momento para todos los que tienen el rol.
role-no-scopes = sin permisos
role-save = Guardar el rol
role-delete = Eliminar este rol
role-delete-help = Quien lo tiene lo pierde. No se puede deshacer.
role-delete-it = Eliminar { $role }
role-holders = Quién lo tiene
role-user = persona
role-group = grupo
role-service = servicio
role-given = dado por { $by }
role-given-at = dado por { $by }, { $time }
role-until = hasta { $time }
role-no-end = sin fin
role-take = Quitar
role-nobody = Aún no lo tiene nadie.
role-more = y { $count } más, que la API enumera
role-give = Dárselo a alguien
role-kind = A
role-end = Hasta
role-end-help = En UTC. Vacío significa para siempre.
role-give-submit = Dar el rol

## Lo que salió mal

nothing-title = Aquí no hay nada
nothing-lead = No hay ninguna página en esta dirección.
nothing-hint = Compruebe la dirección, o siga desde su página de inicio.
error-reload = Recargar esta página

## Lo que dice el código

# Iniciar sesión
said-login-wrong = Nombre de usuario o contraseña incorrectos
said-login-form-expired = Este formulario no es válido o ha caducado. Reintente.
said-login-code-wanted = Escriba de nuevo su contraseña, y con ella un código de un solo uso.
said-login-nobody = Aquí nadie puede iniciar sesión.
said-login-unnamed = Esta petición no dice de quién es. Venga por la dirección que usan todos, o pregunte a un administrador.
said-login-no-access = Ha iniciado sesión allí, pero no tiene acceso a este hub. Pregunte a un administrador.
said-login-with = Iniciar sesión con { $provider }
said-login-first = Inicie sesión primero y vincule después otra forma de hacerlo.
said-login-astray = Esta petición dice de quién es, y no viene de donde eso contaría. Inicie sesión por la dirección que usan todos, o pregunte a un administrador.
said-login-begin-again = Este inicio de sesión empezó en otro navegador, o tardó demasiado. Empiece de nuevo.
said-login-cancelled = El inicio de sesión con { $provider } se canceló o se rechazó allí.
said-login-untold = { $provider } no dice quién es usted. Inicie sesión de nuevo.
said-login-unnamed-there = { $provider } no dice cómo se llama usted aquí. Avise a un administrador.
said-login-scopes = { $provider } no ha concedido todo lo necesario para entrar aquí.
said-login-away = { $provider } no puede iniciar su sesión en este momento. Reintente en unos minutos.
said-login-unasked = Ahora no se puede preguntar a { $provider } quién es usted. Reintente en unos minutos.
said-login-unverified = Su correo electrónico no está verificado. Verifíquelo donde inicia sesión y vuelva.
said-login-domains = Aquí solo entran cuentas de { $domains }.
said-login-name-taken = El nombre { $name } pertenece aquí a otra cuenta. Si es la suya, inicie sesión como antes y vincule esta forma de hacerlo en la página de su cuenta. Si no, pregunte a un administrador.
said-login-busy = Demasiadas personas inician sesión en este momento. Reintente en unos segundos.
said-login-crowd = Demasiadas personas inician sesión ahora mismo. Reintente en un momento.
said-login-unchecked = No se puede comprobar la contraseña ahora. Reintente en un minuto.
said-login-pam-away = Ahora no se pueden comprobar contraseñas. Reintente más tarde, o avise a un administrador.
said-login-pam-refused = Su cuenta en esta máquina no se puede usar: { $why }. Pregunte a un administrador.
said-login-codes-unreadable = No se pueden comprobar sus códigos de un solo uso. Pida a un administrador un enlace para iniciar sesión sin ellos.
said-link-signed-out = Mientras tanto ha cerrado la sesión. Inicie sesión y reintente.
said-link-taken = Esa cuenta está vinculada aquí a otra cuenta.

# Contraseñas y nombres
said-passwords-differ = Las dos contraseñas no son iguales.
said-password-short = La contraseña tiene { $length } caracteres. Hacen falta al menos { $least }.
said-password-long = La contraseña es demasiado larga: { $most } bytes bastan para todos.
said-password-name = La contraseña es poco más que un nombre que otros conocen. Elija otra.
said-password-common = Mucha gente usa esta contraseña: está entre las primeras que cualquiera prueba. Elija otra.
said-password-easy = Esta contraseña es fácil de adivinar. Unas cuantas palabras sin relación forman una buena.
said-password-wrong = La contraseña es incorrecta.
said-password-old-wrong = La contraseña anterior es incorrecta.
said-password-none = Usted no tiene contraseña aquí.
said-password-none-hint = Inicia sesión en otro sitio; cambie allí su contraseña.
said-password-others = Aquí nadie pone la contraseña de otra persona.
said-name-taken = Este nombre está ocupado.
said-name-unusable = Este nombre no se puede usar: { $why }.
said-name-invalid = Nombre no válido: { $why }.

# Enlaces, invitaciones, registro
said-setup-gone = Este enlace ya se usó, o ha caducado.
said-setup-gone-hint = Pida otro a un administrador. El enlace del primer administrador aparece al iniciar el hub.
said-setup-used = Este enlace se acaba de usar.
said-setup-late = Ya hay un administrador, que puede invitarle.
said-signup-taken = Este nombre está ocupado, o no se puede usar. Elija otro.
said-signup-terms = Acepte primero las condiciones de uso.
said-signup-no-mail = Esto no es una dirección de correo.
said-signup-mail-wanted = Se pide una dirección de correo.
said-signup-many = Se pidieron muchas cuentas desde donde usted está. Reintente en una hora.
said-signup-made = Su cuenta está lista. Inicie sesión con su contraseña nueva.
said-signup-waits = Su cuenta espera a un administrador. Cuando le admita, podrá iniciar sesión.
said-waiting-has-account = Alguien con este nombre ya tiene una cuenta.
said-waiting-let-in = { $name } ya tiene una cuenta.
said-waiting-gone = { $name } ya no espera.
said-waiting-turned-down = { $name } fue rechazado.

# La propia cuenta
said-account-others-out = Se ha cerrado la sesión en todos los demás sitios.
said-account-one-out = Se ha cerrado allí la sesión.
said-codes-removed = Ya no se piden códigos.
said-codes-new-recovery = Los códigos de recuperación anteriores ya no valen.
said-codes-nothing = No hay nada que confirmar. Empiece de nuevo.
said-codes-wrong = Este código no vale. Los códigos cambian cada 30 segundos.
said-codes-set = Desde ahora se piden códigos de un solo uso.
said-linked-only = Esta es su única forma de iniciar sesión.
said-linked-gone = Esa forma de iniciar sesión ya no lleva a esta cuenta.
said-language-unknown = No hay páginas en este idioma.

# Errores de todo tipo
said-status-bad-request = Petición incorrecta
said-status-forbidden = No permitido
said-status-not-found = No encontrado
said-status-internal = Error interno
said-status-unavailable = Servicio no disponible
said-error-internal-hint = La causa está en el registro del hub. Reintentar no hace daño.
said-error-database = El hub no llega a su base de datos.
said-error-database-hint = Los servidores en marcha no se ven afectados. Reintente en unos segundos.
said-error-database-login = El hub no llega a su base de datos. Reintente en unos segundos.
said-error-conflict = Alguien fue más rápido. Reintente.
said-error-credentials = Falta la identificación, o no es válida.
said-error-scopes = Le falta un permiso para esto; hace falta uno de: { $scopes }
said-error-form-missing = Al formulario ({ $method }) le falta su clave de seguridad.
said-error-form-wrong = La clave de seguridad del formulario ({ $method }) no corresponde a este navegador.
said-error-form-hint = Vuelva atrás, recargue la página y reintente.
said-error-form-unreadable = No se puede leer el formulario.
said-error-form-unknown = Aquí no se conoce este formulario.
said-error-form-nothing = El formulario no pide nada que se pueda hacer aquí.
said-error-too-large = La petición es demasiado grande.

# Servidores
said-server-none = Ese servidor no existe, o no se comparte con usted.
said-server-no-access = Usted no tiene acceso a { $what }
said-server-no-access-hint = Su propietario o un administrador puede darle acceso.
said-server-down = Su servidor parece estar detenido.
said-server-down-hint = Inícielo de nuevo desde la página de inicio.
said-server-unreached = El servidor está en marcha, pero no se puede llegar a él.
said-server-unreached-hint = Deténgalo en la página de inicio e inícielo de nuevo. Si no ayuda, el registro del edge dice más.
said-server-embedded = Un servidor se inicia desde una página o un enlace, no desde dentro de otra página.
said-server-running = { $server } ya está en marcha
said-server-pending = { $server } se está iniciando
said-server-stopping = { $server } se está deteniendo
said-server-active = { $server } está en marcha. Deténgalo antes de cambiarlo.
said-server-crowd = Ahora se inician demasiados servidores. Reintente en { $seconds } segundos.
said-server-full = Ya hay tantos servidores en marcha como se permite. Reintente en unos minutos.
said-server-no-named = Aquí no hay servidores con nombre.
said-server-named-most = { $user } ya tiene el máximo de { $limit } servidores con nombre. Primero hay que eliminar uno.
said-server-again = { $user } tiene que iniciar sesión de nuevo antes de que pueda iniciarse un servidor.
said-server-files-full = Sus archivos ocupan { $used } de los { $limit } que puede tener. Haga sitio: antes no se inicia otro servidor.
said-server-files-near = Sus archivos ocupan { $used } de los { $limit } que puede tener. Haga sitio antes de que se acabe.
said-limit-larger = Esto necesita { $wanted }, y { $who } puede tener { $allowed }. Elija algo más pequeño.
said-limit-month = { $who } puede usar servidores { $allowed } al mes, y { $used } ya están usadas. El mes siguiente empieza el { $month }.
said-limit-group = El grupo «{ $group }» en conjunto
said-profile-none = A { $user } no se le ofrece ningún perfil. Un administrador puede cambiarlo.

# Hasta el servidor en marcha
said-start-requested = Servidor pedido
said-start-home = Preparando la carpeta personal
said-start-process = Iniciando el proceso del servidor
said-start-answer = Esperando a que responda el servidor
said-start-ready = Servidor listo en { $url }
said-start-cancelled = Inicio cancelado
said-start-failed = Falló el inicio: { $why }
said-start-unanswered = El servidor está en marcha, pero no respondió en { $url } en { $seconds } segundos.
said-start-late = El servidor no se inició en { $seconds } segundos.
said-start-edge = El servidor está en marcha, pero no se pudo avisar al proxy.
said-start-ended = El servidor terminó antes de responder.
said-start-ended-status = El servidor terminó antes de responder [estado={ $status }].
said-start-ended-why = El servidor terminó antes de responder. { $why }
said-ended = El servidor terminó por sí solo.
said-ended-status = El servidor terminó por sí solo con estado { $status }.
said-ended-why = El servidor terminó por sí solo. { $why }
said-ended-memory = Se alcanzó su límite de memoria de { $limit }.

# Por qué se detiene un servidor
said-stopped = El servidor se detuvo: { $why }.
said-stopping = Este servidor se va a detener: { $why }.
said-because-unused = nadie lo ha usado desde hace un rato
said-because-idle = no se usó durante { $time }
said-because-age = ningún servidor funciona más de { $time }
said-because-hours-set = los servidores se detienen a horas fijas ({ $when })
said-because-month = { $hours } de este mes están agotadas
said-hours-minutes = { $hours } horas { $minutes } minutos
said-hours =
    { $count ->
        [one] { $count } hora
       *[other] { $count } horas
    }
said-minutes = { $count } minutos
said-seconds = { $count } segundos

# Lo que recibe un servidor
said-amount-core = 1 núcleo
said-amount-cores = { $count } núcleos
said-amount-memory = { $amount } de memoria
said-amount-storage = { $amount } de almacenamiento

# Invitaciones a un servidor
said-share-no-code = Esta dirección no tiene código de invitación.
said-share-no-code-hint = Abra el enlace tal como se lo enviaron, hasta el final.
said-share-unknown = Esta invitación no es válida, o ha caducado.
said-share-unknown-hint = Pida otra a quien se la envió.
said-share-own = Este es su propio servidor: no necesita invitación.
said-share-own-hint = Envíe el enlace a quienes quiera que lo usen.

# Tokens
said-life-hour = 1 hora
said-life-day = 1 día
said-life-week = 1 semana
said-life-month = 1 mes
said-life-year = 1 año
said-life-never = Nunca
said-life-hours = Máximo ({ $count } horas)
said-life-days = Máximo ({ $count } días)

# Roles
said-role-built-in = Incorporado
said-role-configuration = De la configuración
said-role-authenticator = Del inicio de sesión
said-role-made = Creado por { $name }
said-role-no-holder = Esa persona, grupo o servicio no existe, o no tiene el rol.
said-role-end = El final es una fecha con hora, como 2026-12-24T18:00.

# Lo que se permite a los programas, y dónde
said-scope-nothing = Saber quién es usted
said-scope-self = Todo lo que es suyo
said-scope-inherit = Todo lo que usted puede hacer
said-scope-access-servers = Usar servidores
said-scope-access-services = Usar servicios
said-scope-list-users = Enumerar personas
said-scope-read-names = Leer los nombres de las personas
said-scope-read-groups = Leer en qué grupos están las personas
said-scope-read-activity = Leer cuándo estuvieron activas las personas
said-scope-servers = Iniciar y detener servidores
said-scope-read-servers = Ver los servidores y de quién son
said-scope-start-servers = Iniciar y editar servidores
said-scope-delete-servers = Detener y eliminar servidores
said-scope-tokens = Crear, leer y revocar los tokens de API de las personas
said-scope-read-tokens = Ver qué tokens de API tienen las personas
said-scope-shares = Compartir servidores y dejar de hacerlo
said-scope-read-shares = Ver con quién se comparten los servidores
said-only-you = solo usted
said-only-service-this = solo este servicio
said-only-server-this = solo este servidor
said-only-server-default = solo su servidor predeterminado
said-only-server-yours = solo su servidor { $server }
said-only-server-default-of = solo el servidor predeterminado de { $user }
said-only-server-of = solo el servidor { $server } de { $user }
said-only-user = solo { $user }
said-only-group = solo personas del grupo { $group }
said-only-service = solo el servicio { $service }

# From a learning platform, and from a directory
onward-heading = Está en camino
onward-lead = Su plataforma de aprendizaje le ha enviado aquí. El inicio de sesión continúa por sí solo.
onward-go = Continuar
said-login-suspended = Su cuenta está suspendida. Pregunte a quien administra el directorio de su organización.
said-lti-invalid = Lo que envió su plataforma de aprendizaje no es válido. Abra allí el enlace de nuevo o avise a quien administra este hub.
said-lti-nobody = Su plataforma de aprendizaje no dice quién es usted. Quien la administra puede permitírselo.
said-lti-not-begun = Este inicio de sesión no empezó en este navegador, o fue hace demasiado tiempo. Abra de nuevo el enlace en su plataforma de aprendizaje, en una ventana propia.
said-lti-from-course = Venga desde el lugar que lleva aquí: su curso, por ejemplo.

# Passkeys, and programs without a browser
said-passkey-refused = Esta llave de acceso no sirve para iniciar sesión aquí.
said-passkey-late = La respuesta de la llave de acceso llegó demasiado tarde o no era para esta página. Inténtelo de nuevo.
said-passkey-not-taken = La nueva llave de acceso no se aceptó. Inténtelo de nuevo; hay que crearla en 5 minutos.
said-passkey-many = Tiene 20 llaves de acceso. Quite una que no use.
said-passkey-added = Puede iniciar sesión con la nueva llave de acceso.
said-passkey-removed = Con esa llave de acceso ya nadie inicia sesión.
said-passkey-last-codes = Era su última llave de acceso. Inicia sesión con su contraseña y un código de un solo uso.
said-passkey-last = Era su última llave de acceso. Ahora basta su contraseña, la conozca quien la conozca.
said-passkey-unconfirmed = Esta llave de acceso no confirma quién es usted. Inténtelo de nuevo o escriba su contraseña.
said-device-unknown = Ningún programa espera con este código. Los códigos valen 10 minutos y una sola vez: empiece de nuevo en el programa.
said-device-letters = Un código tiene 8 letras.
said-device-many = Ha probado demasiados códigos. Inténtelo de nuevo en una hora.
said-device-allowed = El programa tiene lo que pidió. Continúe allí; puede cerrar esta página.
said-device-denied = El programa fue rechazado. Si usted no ha iniciado esto, quizá alguien haya intentado entrar a través de usted.
