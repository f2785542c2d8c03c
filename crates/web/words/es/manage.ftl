## The pages of the administration

manage-nav = Páginas de administración
manage-profiles = Perfiles
manage-services = Servicios
manage-tokens = Tokens
manage-shares = Accesos compartidos
manage-audit = Registro de auditoría
manage-settings = Configuración
manage-health = Estado
manage-first = Primera página
manage-filter-all = Mostrar todo
manage-none = No hay nada así. Cambie los filtros o muestre todo.

## Servers on the administration page

servers-lead = Todos los servidores, primero los usados por última vez.
servers-search = Buscar por persona o servidor
servers-state = Estado
servers-profile = Perfil
servers-owner = Persona
servers-server = Servidor
servers-default = servidor predeterminado
servers-used = Último uso
servers-started = Iniciado
servers-use = Consumo
servers-memory = { $size } de memoria
servers-cores = { $cores } núcleos de media
servers-active = En marcha o en camino
servers-unseen = Puede abrir esta página, pero no ve servidores en ella.
servers-choose = Elegir el servidor { $name }
servers-delete-title =
    { $count ->
        [one] ¿Excluir { $count } servidor?
       *[other] ¿Excluir { $count } servidores?
    }
servers-delete-help = Los que están en marcha se detienen. Los archivos se conservan. Los servidores predeterminados no se pueden eliminar.

## Drained hubs

drain-title = Inicios de servidores
drain-shown = Por ahora no se inicia ningún servidor. Los que están en marcha continúan.
drain-on = Bloqueados por { $by } desde { $since }.
drain-off = Los servidores pueden iniciarse.
drain-help = Antes de un mantenimiento: los servidores en marcha continúan y ninguno se inicia, en ningún hub de esta base de datos, hasta que lo permita de nuevo.
drain-message = Qué se dice a las personas
drain-message-help = Por ejemplo: mantenimiento el domingo de 8 a 10. Puede quedar vacío.
drain-begin = No dejar iniciar servidores
drain-change = Cambiar el mensaje
drain-end = Permitir de nuevo los inicios

## Shutdown

shutdown-title = Apagar el hub
shutdown-sure = ¿Apagar este hub?
shutdown-help = El hub que le muestra esta página termina. Nadie puede iniciar sesión ni un servidor hasta que algo lo vuelva a iniciar, o hasta que otro hub atienda.
shutdown-servers = Detener también todos los servidores
shutdown-edge = Detener también el proxy
shutdown-not = Dejarlo en marcha
shutdown-begun = El hub se está apagando
shutdown-begun-help = Termina en segundos. Recargue una página para ver si ha vuelto.

## Health

health-good = funciona
health-warn = revisar
health-bad = averiado
health-off = no se usa
health-database = Base de datos
health-database-do = Responde despacio o no responde. Compruebe si está en marcha y la carga de su máquina.
health-edge = Proxy
health-edge-do = No responde, así que no se llega a los servidores nuevos. Compruebe si está en marcha y tiene el mismo token que el hub.
health-hubs = Hubs
health-hubs-do = Algunos llevan un minuto en silencio o sus versiones difieren. Inicie de nuevo los que terminaron y ponga todos en una misma versión.
health-spawner = Cómo se ejecutan los servidores
health-spawner-do = Esta máquina no puede hacer todo lo que separa y limita los servidores:
health-starts = Inicios de servidores
health-starts-do = Los últimos inicios han fallado uno tras otro, o no se permite ninguno. La lista de servidores muestra por qué.
health-culler = Parada de servidores sin uso
health-mail = Correo
health-mail-do = Hay muchas cartas en espera. `perijove mail test` dice qué responde el servidor de correo.
health-environments = Entornos de Python
health-environments-do = Una construcción ha fallado. `perijove environments build NAME` lo intenta de nuevo.
health-services-do = Algunos no responden:
health-version = Versión
health-address = Dirección
health-seen = Última señal
health-leases = Tareas
health-this = este
health-silent = en silencio

## The audit log

audit-lead = Qué se hizo, quién y desde dónde; lo último primero.
audit-export = Descargar como líneas JSON
audit-at = Cuándo (UTC)
audit-actor = Quién
audit-act = Qué
audit-target = A qué
audit-detail = Detalles
audit-from = Desde dónde
audit-since = Desde (UTC)
audit-until = Antes de (UTC)

## Tokens of everybody

tokens-lead = Con lo que entran los programas, de personas y servicios, los más nuevos primero. Nadie conoce los secretos.
tokens-owner = Nombre completo de persona o servicio
tokens-owner-head = De quién
tokens-kind = Tipo
tokens-own = Hechos por alguien
tokens-issued = Dados a servidores y aplicaciones
tokens-until = Hasta
tokens-endless = sin fin
tokens-unused = Sin uso desde hace
tokens-days =
    { $count ->
        [one] { $count } día
       *[other] { $count } días
    }
tokens-note = Nota
tokens-revoke = Revocar
tokens-revoked = Un token de { $owner } ya no vale.

## Shares of everybody

shares-lead = Qué servidores se comparten con quién, los más nuevos primero.
shares-owner = Nombre completo del propietario
shares-with = Compartido con
shares-none = Aquí no se comparte nada.
shares-codes = Códigos
shares-codes-help = Quien presenta uno obtiene acceso. Revocarlo no quita lo que ya dio.
shares-used = Usos
shares-ended = Ya no se comparte { $server }.
