## Administración

admin-title = Administración
admin-people = Personas
admin-name = Nombre
admin-servers = Servidores
admin-administrator = administrador
admin-never = nunca
admin-nobody = No hay nadie así. Cambie los filtros o muestre a todos.
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

## People on the administration page

admin-created = Creado
admin-did-start = está en camino o en marcha
admin-did-stop = se ha detenido o se está deteniendo
admin-did-remove = está eliminado
admin-did-delete = está eliminado
admin-did-admin = administra el sitio
admin-did-plain = no administra el sitio
admin-did-add = tiene una cuenta
admin-away = El hub no responde. Aquí no ha cambiado nada; inténtelo de nuevo en un momento.
admin-unseen = Puede abrir esta página, pero no ver a nadie en ella.
admin-search = Buscar por nombre
admin-any = Todos
admin-state-active = En camino o en marcha
admin-state-ready = En marcha
admin-state-inactive = Ninguno en marcha
admin-rights = Administración
admin-rights-yes = Administradores
admin-rights-no = Los demás
admin-group = Grupo
admin-role = Rol
admin-show = Mostrar
admin-all = Mostrar a todos
admin-delete-help = Sus servidores se detienen, sus tokens y sesiones terminan y sus archivos van a la papelera.
admin-delete-sure = Eliminar para siempre
admin-delete-not = Conservar
admin-start-all = Iniciar todos
admin-stop-all = Detener todos
admin-chosen = Los elegidos:
admin-make-admin = Hacer administradores
admin-make-plain = Quitar la administración
admin-delete = Eliminar
admin-choose-all = Elegir a todos en esta página
admin-groups = Grupos
admin-choose = Elegir { $name }
admin-stop = Detener el servidor
admin-access = Abrir el servidor
admin-start = Iniciar el servidor
admin-spawn = Página de inicio del servidor
admin-remove = Eliminar el servidor
admin-displaying = { $first }-{ $last } de { $total }
admin-previous = Anteriores
admin-next = Siguientes
admin-add = Añadir personas
admin-add-names = Nombres
admin-add-help = Uno por línea. A quien ya está se le pasa por alto.
admin-add-admins = Son administradores
admin-add-submit = Añadir
admin-delete-title =
    { $count ->
        [one] ¿Eliminar a { $count } persona?
       *[other] ¿Eliminar a { $count } personas?
    }

## Groups

groups-manage = Gestionar grupos
groups-lead = Quien está en un grupo tiene sus roles y lo que se comparte con él.
groups-none = No hay más grupos.
groups-new = Un grupo nuevo
groups-users = Miembros
groups-users-help = Nombres de personas de aquí, uno por línea.
groups-make = Crear el grupo
groups-all = Todos los grupos
groups-take = Sacar
groups-empty = Aún no hay nadie en él.
groups-more = y { $count } más, que la API enumera
groups-add = Añadir miembros
groups-properties = Propiedades
groups-delete = Eliminar este grupo
groups-delete-help = Sus miembros se quedan, pero pierden sus roles y lo que se compartió con él. No se puede deshacer.
groups-members =
    { $count ->
        [one] { $count } miembro
       *[other] { $count } miembros
    }
