## Início

home-choose = Outras opções
home-of = { $used } de { $most }
home-uses = O que { $server } usa agora
home-last-used = usado pela última vez { $time }
home-copy = Copiar o link
home-restart = Reiniciar
home-quotas = O que você pode usar
home-quotas-group = Todos de { $group } juntos
home-shared = Compartilhados com você
home-shared-more = Há mais.
home-services = Serviços
copy-done = Copiado
kind-servers = Servidores
kind-cpu = Núcleos
kind-memory = Memória
kind-storage = Arquivos
kind-gpu = GPUs
kind-hours = Horas neste mês

## Início do servidor

spawn-last = Usado por último
spawn-cost = usa { $takes } de { $most }; { $used } em uso
spawn-link = Um link que inicia isto
spawn-link-help = Quem o abrir inicia um servidor próprio com estas escolhas.
spawn-link-own = Ele inicia este servidor com estas escolhas.

## A caminho

pending-phase-turn = Aguardando a vez
pending-phase-ready = Preparando tudo
pending-phase-answer = Aguardando a resposta dele
pending-cancel = Cancelar o início
pending-log = O que o servidor escreve
pending-log-empty = Ele ainda não escreveu nada.
not-running-start = Iniciar o servidor
