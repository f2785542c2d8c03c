## Inicio

home-choose = Otras opciones
home-of = { $used } de { $most }
home-uses = Lo que usa ahora { $server }
home-last-used = usado por última vez { $time }
home-copy = Copiar el enlace
home-restart = Reiniciar
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
