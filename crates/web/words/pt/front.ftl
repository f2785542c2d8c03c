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

## Compartilhar

home-share = Compartilhar
share-title = Compartilhar { $server }
share-lead = Quem tem acesso trabalha neste servidor como você: executa código, lê e altera seus arquivos.
share-who = Quem tem acesso
share-nobody = Ninguém além de você.
share-group = { $name } (grupo)
share-may-use = pode usá-lo enquanto funciona
share-may-start = também pode iniciá-lo e pará-lo
share-take = Retirar
share-with = Compartilhar com alguém
share-kind = Com quem
share-person = Pessoa
share-a-group = Grupo
share-also = Também pode iniciá-lo e pará-lo
share-give = Compartilhar
share-links = Links que dão acesso
share-until = até { $time }
share-used =
    { $count ->
        [one] usado uma vez
       *[other] usado { $count } vezes
    }
share-end = Encerrar o link
share-lasts = Por quanto tempo o link vale
share-days =
    { $count ->
        [one] 1 dia
       *[other] { $count } dias
    }
share-make = Criar um link
share-made = Seu link
share-made-help = Envie-o a quem deve ter acesso. Ele só é mostrado agora.
