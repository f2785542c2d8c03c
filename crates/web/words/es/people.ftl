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
account-acted = { $by } actúa como esta persona
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
passkeys-to-rename = Llave de acceso que cambia de nombre
passkeys-rename-to = Su nombre nuevo
passkeys-rename = Cambiar el nombre
passkeys-rename-confirmed = Cambiar el nombre, confirmado con una llave de acceso
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

## Direcciones de correo, contraseñas olvidadas, invitaciones

forgot-title = ¿Ha olvidado su contraseña?
forgot-look = Mire su correo
forgot-done = Si esa cuenta existe y aquí se conoce su dirección de correo, un enlace va de camino. Sirve una vez, durante { $minutes } minutos.
forgot-nothing = ¿No ha llegado nada? Pida un enlace a un administrador.
forgot-lead = A la dirección de correo de su cuenta se envía un enlace con el que elige una contraseña nueva.
forgot-who = Nombre de usuario o dirección de correo
forgot-send = Enviar el enlace
forgot-back = Volver a iniciar sesión
setup-join = Tiene una invitación
setup-join-lead = Elija un nombre y una contraseña para su cuenta.
setup-reset = Elegir una contraseña nueva
setup-reset-lead = Para { $user }. Este enlace solo sirve una vez; después inicie sesión con la contraseña nueva.
setup-reset-save = Guardar la contraseña
signup-domains = Una dirección de { $domains } la confirma con un enlace, y no tiene que esperar.
confirm-title = Confirmar su dirección de correo
confirm-account = Si { $email } es suya y se ha registrado como { $name }, con esto la cuenta es suya.
confirm-address = Si { $email } es suya, con esto pasa a ser la dirección de correo de la cuenta { $name }.
confirm-submit = Confirmar
confirm-not-you = Si usted no ha pedido esto, cierre esta página: no pasa nada.
account-email = El hub escribe a { $email }, por ejemplo cuando ha olvidado su contraseña.
account-no-email = El hub no conoce ninguna dirección de correo suya, y no puede ayudar cuando ha olvidado su contraseña.
account-new-email = Nueva dirección de correo
account-send-link = Enviar un enlace allí
admin-invite = Invitar a personas
invitations-title = Invitaciones
invitations-lead = Quien tenga el enlace de una invitación elige un nombre y una contraseña, y tiene una cuenta.
invitations-made = Su enlace solo se muestra ahora:
invitations-by = De parte de
invitations-sent = Enviada a
invitations-groups = Grupos
invitations-left = Usos restantes
invitations-until = Hasta
invitations-revoke = revocar
invitations-none = No hay invitaciones. Las que cree aparecen aquí hasta que se agoten o caduquen.
invitations-new = Una invitación nueva
invitations-email = Enviarla a esta dirección de correo
invitations-email-help = Vacío: usted mismo reparte el enlace.
invitations-into = Grupos en los que entran
invitations-into-help = Separados por comas; puede quedar vacío.
invitations-uses = Cuántas personas pueden usarla
invitations-days = Durante cuántos días
invitations-make = Crear la invitación
