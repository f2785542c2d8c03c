## Servidores

server-yours = seu servidor
server-of = o servidor de { $user }
server-try-again = Tentar de novo
server-stop = Parar
server-log = Últimas linhas que o servidor escreveu
state-stopped = Parado
state-starting = Iniciando
state-ready = Em execução
state-stopping = Parando
state-failed = Falhou

## Início

home-title = Início
home-server = Seu servidor
home-servers = Seus servidores
home-my-server = Meu servidor
home-stopping = Parando { $server }
home-not-stopped = Não foi possível parar { $server }: { $problem }
home-hub-busy = o hub não responde no momento. Tente de novo em alguns segundos.
home-hub-refused = { $message }. Recarregue esta página e tente de novo.
home-hub-away = não é possível alcançar o hub. Verifique a sua conexão e tente de novo.
home-since = desde { $time }
home-at = às { $time }
home-stops-at = Ele será parado { $time }.
home-log = O que o servidor escreveu
home-still-here = Ainda estou aqui
home-open = Abrir
home-progress = Ver o progresso
home-stops = Parando…
home-start = Iniciar
home-change = Mais
home-rename = Renomear
home-files-stay = Os arquivos dele ficam: estão na sua pasta pessoal.
home-delete = Excluir este servidor
home-none = Você não tem nenhum servidor.
home-files = Seus arquivos
home-storage = Seus arquivos ocupam { $used }, medidos em { $time }.
home-storage-of = Seus arquivos ocupam { $used } de { $limit }, medidos em { $time }.
home-another = Outro servidor
home-add = Adicionar o servidor
home-add-help = Dê a ele o nome que quiser. Ele tem o próprio perfil e a mesma pasta pessoal.

## Do início ao servidor em execução

spawn-title = Iniciar um servidor
spawn-yours = Iniciar seu servidor
spawn-of = Iniciar o servidor de { $user }
spawn-for = Iniciando o servidor para { $user }
spawn-what = O que iniciar
spawn-or-another = Ou outra opção: { $choice }
spawn-back = Voltar
pending-title = Iniciando { $server }
pending-lead = Você será levado a ele assim que estiver em execução.
pending-usual =
    { $seconds ->
        [one] Costuma levar cerca de { $seconds } segundo.
       *[other] Costuma levar cerca de { $seconds } segundos.
    }
pending-opening = Está em execução. Abrindo.
pending-failed = O servidor não iniciou
pending-stopped = Parado
pending-no-reason = O servidor não iniciou, e nenhum motivo foi dado.
pending-reloads = Esta página recarrega a cada poucos segundos.
pending-lost = A conexão com o hub foi perdida. Seu servidor continua iniciando; tentando reconectar…
pending-steps = Passos até agora
stop-pending-lead = Ele poderá ser iniciado de novo quando tiver parado. Esta página percebe sozinha.
not-running-yours =
    { $named ->
        [yes] Seu servidor “{ $server }” está parado
       *[no] Seu servidor está parado
    }
not-running =
    { $named ->
        [yes] O servidor “{ $server }” de { $user } está parado
       *[no] O servidor de { $user } está parado
    }
not-running-yours-failed =
    { $named ->
        [yes] Seu servidor “{ $server }” não iniciou
       *[no] Seu servidor não iniciou
    }
not-running-failed =
    { $named ->
        [yes] O servidor “{ $server }” de { $user } não iniciou
       *[no] O servidor de { $user } não iniciou
    }
not-running-failed-title = O início falhou
not-running-no-reason = O último início falhou, e nenhum motivo foi dado.
not-running-lead = Os arquivos são mantidos enquanto um servidor está parado. Inicie-o para continuar.
not-running-soon =
    { $seconds ->
        [one] Ele será iniciado em { $seconds } segundo.
       *[other] Ele será iniciado em { $seconds } segundos.
    }
not-running-not = Ele não será iniciado sozinho.
not-running-cancel = Não iniciar
