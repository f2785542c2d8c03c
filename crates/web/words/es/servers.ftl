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
home-change = Más
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
