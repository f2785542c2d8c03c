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
