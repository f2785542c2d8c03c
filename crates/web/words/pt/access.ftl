## Permissões

oauth-title = Permitir o acesso
oauth-heading = Permitir o acesso?
oauth-lead = { $client } pede para agir em seu nome, { $you }.
oauth-lead-nobody = { $client } pede para agir em seu nome.
oauth-application = Aplicação
oauth-sends-to = Leva você a
oauth-scopes = Ela poderá
oauth-nothing-more = Ela saberá quem você é, e nada mais.
oauth-warning = Permita apenas se queria abri-la. Código de outras pessoas pode ser executado lá.
oauth-allow = Permitir
oauth-deny = Não permitir
share-title = Convite
share-heading = Aceitar o convite?
share-lead = Você ({ $you }) foi convidado a usar o servidor de { $owner }.
share-lead-named = Você ({ $you }) foi convidado a usar o servidor “{ $server }” de { $owner }.
share-server = Servidor
share-not-running = Este servidor está parado. Você pode aceitar agora; talvez { $owner } precise iniciá-lo antes que você possa usá-lo.
share-scopes = Lá você poderá
share-warning = Quem pode usar um servidor pode executar código nele e ler os arquivos dele. O que você deixa lá também pertence ao dono.
share-accept = Aceitar o convite
share-next = Depois você vai para { $link }

## Tokens

token-title = Tokens
token-lead = Com um token, os seus programas fazem o que você pode fazer aqui. Quem o tiver também pode.
token-made = Seu novo token
token-made-help = Copie-o agora. Ele não será mostrado de novo; mas você pode criar outro a qualquer momento.
token-make = Criar um token
token-note = Nota
token-note-help = Para que serve, para você o reconhecer na lista abaixo.
token-expires-in = O token expira em
token-may = O que o token pode fazer
token-permissions = Permissões
token-scopes-help = Permissões (scopes), separadas por espaços, como { $example }. Sem nenhuma, o token pode tudo o que você pode.
token-request = Pedir um novo token de API
token-own = Tokens de API
token-own-help = Um servidor cujo token é revogado precisa ser iniciado de novo.
token-last-used = Último uso
token-created = Criado
token-expires = Expira
token-never = Nunca
token-no-time = –
token-scope-count =
    { $count ->
        [one] { $count } permissão
       *[other] { $count } permissões
    }
token-count =
    { $count ->
        [one] { $count } token
       *[other] { $count } tokens
    }
token-revoke = revogar
token-clients = Aplicações autorizadas
token-clients-help = Servidores e serviços que você abriu. A maioria pode saber quem você é, e nada mais.
token-first = Primeira autorização
