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
servers-cores = { $cores } núcleos
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

## Services, profiles and settings on the administration page

services-lead = Otros programas que usan el hub: de la configuración o creados aquí.
services-none = No hay servicios.
services-answers = responde
services-silent = no responde
services-runs = en marcha
services-ended = terminado
services-configured = de la configuración
services-made = creado en ejecución
services-managed = lo ejecuta el hub
services-new = Un servicio nuevo
services-url = Dónde escucha
services-url-help = Por ejemplo http://10.0.0.7:9000. Se encuentra bajo /services/. Vacío para un programa que solo usa la API.
services-token = Su token
services-token-help = De 8 a 64 caracteres que también conoce el servicio: `openssl rand -hex 32` crea uno bueno. No se vuelve a mostrar.
services-token-new = Crear un token nuevo
services-token-new-help = Se muestra una sola vez. El token anterior y el secreto OAuth anterior dejan de valer al momento.
services-token-sure = ¿Crear un token nuevo para { $service }? Con el anterior ya no podrá hacer nada.
services-token-made = El token nuevo de { $service }
services-token-made-help = Solo se muestra ahora: déselo al servicio. El anterior ya no vale.
services-redirect = Adónde vuelve el inicio de sesión
services-redirect-help = Vacío para la habitual, bajo la dirección del servicio.
services-scopes = Permisos que puede pedir a los visitantes, uno por línea
services-display = Mostrarlo en la barra superior
services-no-confirm = No preguntar si puede usar la cuenta
services-add = Crear el servicio
services-added = { $service } está creado.
services-deleted = { $service } está eliminado.
services-delete-help = Sus tokens terminan y nadie entra más en él. El programa en sí continúa.
services-delete-not = Conservarlo
profiles-lead = Cómo se pueden iniciar los servidores, según la configuración: para quién y cuántos hay en marcha.
profiles-none = La configuración no tiene perfiles: todos los servidores se inician igual.
profiles-default = elegido primero
profiles-for = Para
profiles-everybody = todos
profiles-role = rol
profiles-entitled = – los derechos dicen más sobre quién puede tenerlo.
profiles-running =
    { $count ->
        [one] { $count } servidor
       *[other] { $count } servidores
    }
profiles-others =
    { $count ->
        [one] { $count } servidor funciona sin perfil.
       *[other] { $count } servidores funcionan sin perfil.
    }
settings-lead = Por qué se rige este hub y de dónde viene cada valor. Los secretos no se muestran.
settings-none = No hay nada definido: valen los valores predeterminados.
settings-all = Mostrar también los predeterminados
settings-set = Mostrar lo definido
settings-secret = no se muestra
settings-default = predeterminado
settings-file = perijove.toml
settings-environment = entorno
services-change = Cambiar
services-changed = { $service } está cambiado.
services-save = Guardar el servicio
services-keep = No cambiar nada
