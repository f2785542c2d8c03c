## Início

home-choose = Outras opções
home-of = { $used } de { $most }
home-uses = O que { $server } usa agora
home-last-used = usado pela última vez { $time }
home-recent = Usados recentemente
home-copy = Copiar o link
home-restart = Reiniciar
home-restart-sure = Reiniciar { $server }? Os programas que rodam nele terminam. Os arquivos ficam.
home-leave = Deixar
home-delete-sure = Excluir { $server }?
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
spawn-cost-free = usa { $takes } de { $most }
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
sharing-title = Compartilhar { $server }
sharing-lead = Quem tem acesso trabalha neste servidor como você: executa código, lê e altera seus arquivos.
sharing-who = Quem tem acesso
sharing-nobody = Ninguém além de você.
sharing-group = { $name } (grupo)
sharing-may-use = pode usá-lo enquanto funciona
sharing-may-start = também pode iniciá-lo e pará-lo
sharing-take = Retirar
sharing-with = Compartilhar com alguém
sharing-kind = Com quem
sharing-person = Pessoa
sharing-a-group = Grupo
sharing-also = Também pode iniciá-lo e pará-lo
sharing-give = Compartilhar
sharing-links = Links que dão acesso
sharing-until = até { $time }
sharing-used =
    { $count ->
        [0] ainda não usado
        [one] usado uma vez
       *[other] usado { $count } vezes
    }
sharing-end = Encerrar o link
sharing-lasts = Por quanto tempo o link vale
sharing-days =
    { $count ->
        [one] 1 dia
       *[other] { $count } dias
    }
sharing-make = Criar um link
sharing-made = Seu link
sharing-made-help = Envie-o a quem deve ter acesso. Ele só é mostrado agora.
