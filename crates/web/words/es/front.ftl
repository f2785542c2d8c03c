## Inicio

home-choose = Otras opciones
home-of = { $used } de { $most }
home-uses = Lo que usa ahora { $server }
home-last-used = usado por última vez { $time }
home-recent = Usados recientemente
home-copy = Copiar el enlace
home-restart = Reiniciar
home-restart-sure = ¿Reiniciar { $server }? Los programas que se ejecutan en él terminan. Los archivos se conservan.
home-leave = Dejarlo
home-delete-sure = ¿Eliminar { $server }?
home-quotas = Lo que puede usar
home-quotas-group = Todo { $group } en conjunto
home-shared = Compartido con usted
home-shared-more = Hay más.
home-services = Servicios
copy-done = Copiado
kind-servers = Servidores
kind-cpu = Núcleos
kind-memory = Memoria
kind-storage = Archivos
kind-gpu = GPU
kind-hours = Horas este mes

## Arranque

spawn-last = Último usado
spawn-cost = ocupa { $takes } de { $most }; { $used } en uso
spawn-cost-free = ocupa { $takes } de { $most }
spawn-link = Un enlace que inicia esto
spawn-link-help = Quien lo abra iniciará su propio servidor con estas opciones.
spawn-link-own = Inicia este servidor con estas opciones.

## En camino

pending-phase-turn = Esperando su turno
pending-phase-ready = Preparando todo
pending-phase-answer = Esperando su respuesta
pending-cancel = Cancelar el arranque
pending-log = Lo que escribe el servidor
pending-log-empty = Todavía no ha escrito nada.
not-running-start = Iniciar el servidor

## Compartir

home-share = Compartir
sharing-title = Compartir { $server }
sharing-lead = Quien tiene acceso trabaja en este servidor como usted: ejecuta código, lee y cambia sus archivos.
sharing-who = Quién tiene acceso
sharing-nobody = Nadie más que usted.
sharing-group = { $name } (grupo)
sharing-may-use = puede usarlo mientras funciona
sharing-may-start = también puede iniciarlo y detenerlo
sharing-take = Retirar
sharing-with = Compartir con alguien
sharing-kind = Con quién
sharing-person = Persona
sharing-a-group = Grupo
sharing-also = También puede iniciarlo y detenerlo
sharing-give = Compartir
sharing-links = Enlaces que dan acceso
sharing-until = hasta { $time }
sharing-used =
    { $count ->
        [0] aún no usado
        [one] usado una vez
       *[other] usado { $count } veces
    }
sharing-end = Anular el enlace
sharing-lasts = Cuánto tiempo sirve el enlace
sharing-days =
    { $count ->
        [one] 1 día
       *[other] { $count } días
    }
sharing-make = Crear un enlace
sharing-made = Su enlace
sharing-made-help = Envíelo a quien deba tener acceso. Solo se muestra ahora.
