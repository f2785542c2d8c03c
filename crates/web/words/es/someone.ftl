## Una persona

someone-back = Todas las personas
someone-about = Datos
someone-suspended = suspendida
someone-make-admin = Hacer administrador
someone-rename = Cambiar el nombre
someone-new-name = Nombre nuevo
someone-rename-help = Antes hay que detener los servidores. Los archivos siguen siendo suyos.
someone-rename-submit = Cambiarlo
someone-default-server = servidor predeterminado
someone-no-servers = Aún no hay servidores.
someone-groups-roles = Grupos y roles
someone-no-groups = En ningún grupo.
someone-join = Grupo
someone-join-submit = Añadir
someone-role-group = por { $group }
someone-no-roles = Ningún rol.
someone-role = Rol
someone-use = Uso y almacenamiento
someone-quota-servers = Servidores
someone-quota-cpu = Núcleos de CPU
someone-quota-memory = Memoria
someone-quota-storage = Almacenamiento
someone-quota-gpu = GPU
someone-quota-hours = Horas de este mes
someone-used-of = { $used } de { $allowed }
someone-homes = Archivos
someone-trash = en la papelera
someone-not-measured = sin medir todavía
someone-no-homes = Aún no hay archivos.
someone-sign-in = Inicio de sesión
someone-password = Con contraseña
someone-codes = y códigos de un solo uso
someone-passkeys =
    { $count ->
        [one] Con una llave de acceso
       *[other] Con { $count } llaves de acceso
    }
someone-no-ways = No se guarda ninguna forma de iniciar sesión para esta cuenta.
someone-sessions = Dónde tiene la sesión iniciada
someone-end-session = Cerrar sesión
someone-end-sessions = Cerrar todas las sesiones
someone-no-sessions = En ningún sitio.
someone-tokens = Tokens
someone-token-used = usado por última vez { $time }
someone-token-unused = nunca usado
someone-revoke = Revocar
someone-no-tokens = No hay tokens.
someone-shares = Comparticiones
someone-given = Lo que comparte
someone-received = Lo que se comparte con esta persona
someone-nothing-given = Nada.
someone-nothing-received = Nada todavía.
someone-log = Qué ha pasado
someone-log-by = por { $by }
someone-log-all = El registro entero
someone-no-log = No hay nada en el registro.
said-someone-admin = Esta persona es ahora administradora.
said-someone-plain = Esta persona ya no es administradora.
said-someone-joined = Esta persona está en el grupo.
said-someone-left = Esta persona ya no está en el grupo.
said-someone-out = La sesión de esta persona está cerrada allí.
said-someone-out-all = Las sesiones de esta persona están cerradas en todas partes.
said-someone-revoked = El token está revocado.
said-someone-role-given = Esta persona tiene el rol.
said-someone-role-taken = Esta persona ya no tiene el rol.
said-someone-role-admin = La administración se da y se quita con su propio botón.
