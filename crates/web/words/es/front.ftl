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

## Compartir

home-share = Compartir
share-title = Compartir { $server }
share-lead = Quien tiene acceso trabaja en este servidor como usted: ejecuta código, lee y cambia sus archivos.
share-who = Quién tiene acceso
share-nobody = Nadie más que usted.
share-group = { $name } (grupo)
share-may-use = puede usarlo mientras funciona
share-may-start = también puede iniciarlo y detenerlo
share-take = Retirar
share-with = Compartir con alguien
share-kind = Con quién
share-person = Persona
share-a-group = Grupo
share-also = También puede iniciarlo y detenerlo
share-give = Compartir
share-links = Enlaces que dan acceso
share-until = hasta { $time }
share-used =
    { $count ->
        [one] usado una vez
       *[other] usado { $count } veces
    }
share-end = Anular el enlace
share-lasts = Cuánto tiempo sirve el enlace
share-days =
    { $count ->
        [one] 1 día
       *[other] { $count } días
    }
share-make = Crear un enlace
share-made = Su enlace
share-made-help = Envíelo a quien deba tener acceso. Solo se muestra ahora.
