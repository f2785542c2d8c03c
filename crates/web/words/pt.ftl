# O que as páginas dizem em português.

language-name = Português
language-label = Idioma

## Em todas as páginas

page-skip = Ir para o conteúdo
page-main-menu = Menu principal
page-sign-out = Sair
page-announcement = Aviso

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

## Senhas

password-user-name = Nome de usuário
password-again = Repita a senha
password-help = Pelo menos { $count } caracteres. Algumas palavras sem relação formam uma boa senha.
password-differs = As duas senhas são diferentes.

## Entrar

login-title = Entrar
login-username = Nome de usuário:
login-password = Senha:
login-otp = Código de uso único (OTP):
login-otp-help = Seis dígitos do seu aplicativo autenticador, se você configurou um.
login-sign-up = Criar uma conta
login-or = ou
login-no-way = Nenhuma forma de entrar está configurada neste hub. Pergunte a quem o administra.

logout-title = Sessão encerrada
logout-heading = Você saiu
logout-lead = Os servidores que estavam em execução continuam assim.
logout-again = Entrar de novo

## Primeira conta, convites, cadastro

setup-title = Instalação
setup-heading = Instalar o Perijove
setup-lead = Crie a primeira conta. É a de um administrador, e este link só vale uma vez.
setup-welcome = Boas-vindas
setup-welcome-you = Boas-vindas, { $user }
setup-invite-lead = Escolha uma senha para a sua conta. Este link só vale uma vez.
setup-save = Salvar e entrar

signup-title = Cadastrar-se
signup-lead = Escolha um nome e uma senha.
signup-email = E-mail
signup-submit = Criar a conta
signup-have-one = Já tem uma conta?
signup-thanks = Obrigado

waiting-title = Quem espera por uma conta
waiting-lead = Essas pessoas se cadastraram e poderão entrar quando alguém as admitir.
waiting-from = De
waiting-let-in = admitir
waiting-turn-down = recusar
waiting-nobody = Ninguém espera. Quem se cadastrar aparece aqui.

## A própria conta

account-title = Sua conta
account-lead = Onde você está conectado, e como.
account-your-password = Sua senha
account-sessions = Sessões abertas
account-browser = Navegador
account-address = Endereço
account-since = Desde
account-last-seen = Visto por último
account-unknown = desconhecido
account-this-one = este
account-end-one = encerrar
account-end-others = Sair em todos os outros lugares
account-password = Senha
account-language = Idioma
account-language-label = Páginas e e-mails em
account-language-browser = o idioma do navegador
account-language-save = Salvar o idioma

codes-title = Códigos de uso único
codes-recovery = Guarde estes códigos de recuperação onde os encontre sem o seu aplicativo. Cada um substitui um código uma vez, e eles não serão mostrados de novo.
codes-since = Além da sua senha, um código do seu aplicativo é pedido desde { $time }.
codes-left =
    { $count ->
        [one] Resta { $count } código de recuperação.
       *[other] Restam { $count } códigos de recuperação.
    }
codes-new-recovery = Criar novos códigos de recuperação
codes-remove = Não pedir mais códigos
codes-scan = Leia esta imagem com o seu aplicativo autenticador e digite o código que ele mostra.
codes-picture = Código QR para um aplicativo autenticador
codes-secret = Sem câmera, digite este segredo: { $secret }
codes-code = Código
codes-confirm = Pedir códigos a partir de agora
codes-why = Com um aplicativo autenticador, nem quem tem a sua senha consegue entrar.
codes-propose = Configurar códigos de uso único

linked-title = Outras formas de entrar
linked-one = { $method }: { $subject }, desde { $time }
linked-unlink = desvincular
linked-link = Vincular: { $label }

change-title = Mudar a sua senha
change-lead = Em todos os outros lugares a sessão será encerrada.
change-old = Senha antiga
change-new = Senha nova
change-again = Repita a senha nova
change-submit = Mudar a senha

## Passkeys, and programs without a browser

login-passkey = Entrar com uma chave de acesso
login-passkey-second = Usar uma chave de acesso em vez de um código
login-passkey-failed = Nenhuma chave de acesso foi usada. Tente de novo ou entre de outra maneira.
passkeys-title = Chaves de acesso
passkeys-lead = Com uma chave de acesso você entra com o dedo, o rosto ou o PIN do seu dispositivo: não há senha que alguém possa descobrir.
passkeys-lead-codes = Depois de uma senha, ela substitui o código de uso único.
passkeys-name = Nome
passkeys-site = Para
passkeys-last-used = Último uso
passkeys-never = nunca
passkeys-new-name = Nome da nova chave de acesso
passkeys-new-name-help = Pelo que você a reconhece: o dispositivo ou o programa que a guarda.
passkeys-add = Adicionar uma chave de acesso
passkeys-add-confirmed = Adicionar uma, confirmada por uma chave de acesso existente
passkeys-unable = Chaves de acesso precisam de JavaScript, de um navegador que as conheça e do nome deste hub no endereço, com https.
passkeys-to-remove = Chave de acesso a remover
passkeys-last = É a última. Sem ela, só a sua senha basta, seja quem for que a conheça.
passkeys-last-codes = É a última. Sem ela, você entra com a senha e um código de uso único.
passkeys-remove = Remover
passkeys-remove-confirmed = Remover, confirmado por uma chave de acesso
passkeys-failed = Nenhuma chave de acesso foi usada. Tente de novo ou digite sua senha.
device-title = Conectar um programa
device-lead = { $client } pede para agir por você, { $you }. Continue somente se você mesmo o iniciou e ele mostra este código.
device-from = Pedido de
device-program = Programa
device-warning = Se alguém enviou a você este código ou um link para esta página, recuse: essa pessoa agiria em seu nome.
device-type = Digite o código que o programa mostra.
device-continue = Continuar

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
home-change = Alterar
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

## Administração

admin-title = Administração
admin-people = Pessoas
admin-lead =
    { $count ->
        [one] { $count } pessoa. Todo o resto se faz pela API.
       *[other] { $count } pessoas. Todo o resto se faz pela API.
    }
admin-name = Nome
admin-servers = Servidores
admin-default-server = Servidor padrão
admin-administrator = administrador
admin-never = nunca
admin-running = { $count } em execução
admin-none-running = nenhum em execução
admin-nobody = Não há ninguém nesta página, ou você não pode vê-los.
admin-earlier = Nomes anteriores
admin-further = Próximos nomes

roles-title = Papéis
roles-lead = Um papel é uma lista de permissões. Quem tem o papel, por si ou por um grupo, pode fazer o que essas permissões deixam.
roles-none = Não há mais papéis.
roles-earlier = Papéis anteriores
roles-more = Mais papéis
roles-new = Um novo papel
roles-name-help = De 3 a 255 caracteres de a-z, 0-9 e - _ . ~; começa com uma letra.
roles-scopes-help = Uma por linha, como { $example }. Um papel não pode permitir mais do que você mesmo pode.
roles-make = Criar o papel

role-all = Todos os papéis
role-allows = O que permite
role-for = Para que serve
role-scopes = Permissões (scopes)
role-scopes-help = Uma por linha. Uma mudança vale na hora para todos os que têm o papel.
role-no-scopes = sem permissões
role-save = Salvar o papel
role-delete = Excluir este papel
role-delete-help = Quem o tem o perde. Isso não pode ser desfeito.
role-delete-it = Excluir { $role }
role-holders = Quem o tem
role-user = pessoa
role-group = grupo
role-service = serviço
role-given = dado por { $by }
role-given-at = dado por { $by }, { $time }
role-until = até { $time }
role-no-end = sem fim
role-take = Retirar
role-nobody = Ninguém o tem ainda.
role-more = e mais { $count }, que a API lista
role-give = Dar a alguém
role-kind = A
role-end = Até
role-end-help = Em UTC. Vazio significa para sempre.
role-give-submit = Dar o papel

## O que deu errado

nothing-title = Não há nada aqui
nothing-lead = Não há página neste endereço.
nothing-hint = Verifique o endereço, ou continue da sua página inicial.
error-reload = Recarregar esta página

## O que o código diz

# Entrar
said-login-wrong = Nome de usuário ou senha incorretos
said-login-form-expired = Este formulário não é válido ou expirou. Tente de novo.
said-login-code-wanted = Digite de novo a sua senha, e com ela um código de uso único.
said-login-nobody = Ninguém pode entrar aqui.
said-login-unnamed = Este pedido não diz de quem é. Venha pelo endereço que todos usam, ou pergunte a um administrador.
said-login-no-access = Você entrou lá, mas não tem acesso a este hub. Pergunte a um administrador.
said-login-with = Entrar com { $provider }
said-login-first = Entre primeiro e depois vincule outra forma de entrar.
said-login-astray = Este pedido diz de quem é, e não vem de onde isso valeria. Entre pelo endereço que todos usam, ou pergunte a um administrador.
said-login-begin-again = Esta entrada começou em outro navegador, ou demorou demais. Comece de novo.
said-login-cancelled = A entrada com { $provider } foi cancelada ou recusada lá.
said-login-untold = { $provider } não diz quem você é. Entre de novo.
said-login-unnamed-there = { $provider } não diz como você se chama aqui. Avise um administrador.
said-login-scopes = { $provider } não concedeu tudo o que é preciso para entrar aqui.
said-login-away = { $provider } não consegue autenticar você no momento. Tente de novo em alguns minutos.
said-login-unasked = Não é possível perguntar a { $provider } quem você é no momento. Tente de novo em alguns minutos.
said-login-unverified = O seu e-mail não foi verificado. Verifique-o onde você entra e depois volte.
said-login-domains = Só contas de { $domains } entram aqui.
said-login-name-taken = O nome { $name } pertence a outra conta aqui. Se ela for sua, entre como antes e vincule esta forma de entrar na página da sua conta. Senão, pergunte a um administrador.
said-login-busy = Pessoas demais estão entrando neste momento. Tente de novo em alguns segundos.
said-login-crowd = Pessoas demais estão entrando agora. Tente de novo daqui a pouco.
said-login-unchecked = A senha não pode ser verificada agora. Tente de novo em um minuto.
said-login-pam-away = As senhas não podem ser verificadas agora. Tente mais tarde, ou avise um administrador.
said-login-pam-refused = A sua conta nesta máquina não pode ser usada: { $why }. Pergunte a um administrador.
said-login-codes-unreadable = Os seus códigos de uso único não podem ser verificados. Peça a um administrador um link para entrar sem eles.
said-link-signed-out = Você saiu nesse meio-tempo. Entre e tente de novo.
said-link-taken = Aquela conta está vinculada a outra conta aqui.

# Senhas e nomes
said-passwords-differ = As duas senhas não são iguais.
said-password-short = A senha tem { $length } caracteres. São necessários pelo menos { $least }.
said-password-long = A senha é longa demais: { $most } bytes bastam para todos.
said-password-name = A senha é pouco mais que um nome que outros conhecem. Escolha outra.
said-password-common = Muita gente usa esta senha: está entre as primeiras que qualquer um tenta. Escolha outra.
said-password-easy = Esta senha é fácil de adivinhar. Algumas palavras sem relação formam uma boa.
said-password-wrong = A senha está errada.
said-password-old-wrong = A senha antiga está errada.
said-password-none = Você não tem senha aqui.
said-password-none-hint = Você entra por outro lugar; mude a sua senha lá.
said-password-others = Aqui ninguém define a senha de outra pessoa.
said-name-taken = Este nome já está em uso.
said-name-unusable = Este nome não pode ser usado: { $why }.
said-name-invalid = Nome inválido: { $why }.

# Links, convites, cadastro
said-setup-gone = Este link já foi usado, ou expirou.
said-setup-gone-hint = Peça outro a um administrador. O link do primeiro administrador aparece quando o hub inicia.
said-setup-used = Este link acabou de ser usado.
said-setup-late = Já há um administrador, que pode convidar você.
said-signup-taken = Este nome já está em uso, ou não pode ser usado. Escolha outro.
said-signup-terms = Aceite primeiro os termos de uso.
said-signup-no-mail = Isto não é um endereço de e-mail.
said-signup-mail-wanted = Um endereço de e-mail é pedido.
said-signup-many = Muitas contas foram pedidas de onde você está. Tente de novo em uma hora.
said-signup-made = A sua conta está pronta. Entre com a sua nova senha.
said-signup-waits = A sua conta espera por um administrador. Quando ele a admitir, você poderá entrar.
said-waiting-has-account = Alguém com este nome já tem uma conta.
said-waiting-let-in = { $name } agora tem uma conta.
said-waiting-gone = { $name } não espera mais.
said-waiting-turned-down = { $name } foi recusado.

# A própria conta
said-account-others-out = A sessão foi encerrada em todos os outros lugares.
said-account-one-out = A sessão foi encerrada lá.
said-codes-removed = Nenhum código é mais pedido.
said-codes-new-recovery = Os códigos de recuperação antigos não valem mais.
said-codes-nothing = Não há nada a confirmar. Comece de novo.
said-codes-wrong = Este código não vale. Os códigos mudam a cada 30 segundos.
said-codes-set = A partir de agora são pedidos códigos de uso único.
said-linked-only = Esta é a sua única forma de entrar.
said-linked-gone = Aquela forma de entrar não leva mais a esta conta.
said-language-unknown = Não há páginas neste idioma.

# Erros de todo tipo
said-status-bad-request = Pedido inválido
said-status-forbidden = Não permitido
said-status-not-found = Não encontrado
said-status-internal = Erro interno
said-status-unavailable = Serviço indisponível
said-error-internal-hint = A causa está no registro do hub. Tentar de novo não faz mal.
said-error-database = O hub não alcança o seu banco de dados.
said-error-database-hint = Os servidores em execução não são afetados. Tente de novo em alguns segundos.
said-error-database-login = O hub não alcança o seu banco de dados. Tente de novo em alguns segundos.
said-error-conflict = Alguém foi mais rápido. Tente de novo.
said-error-credentials = A identificação falta ou não é válida.
said-error-scopes = Falta a você uma permissão para isto; é preciso uma de: { $scopes }
said-error-form-missing = Falta ao formulário ({ $method }) a chave de segurança.
said-error-form-wrong = A chave de segurança do formulário ({ $method }) não corresponde a este navegador.
said-error-form-hint = Volte, recarregue a página e tente de novo.
said-error-form-unreadable = O formulário não pode ser lido.
said-error-form-unknown = Este formulário não é conhecido aqui.
said-error-form-nothing = O formulário não pede nada que possa ser feito aqui.
said-error-too-large = O pedido é grande demais.

# Servidores
said-server-none = Este servidor não existe, ou não é compartilhado com você.
said-server-no-access = Você não tem acesso a { $what }
said-server-no-access-hint = O dono ou um administrador pode dar acesso a você.
said-server-down = O seu servidor parece estar parado.
said-server-down-hint = Inicie-o de novo na página inicial.
said-server-unreached = O servidor está em execução, mas não pode ser alcançado.
said-server-unreached-hint = Pare-o na página inicial e inicie-o de novo. Se não ajudar, o registro do edge diz mais.
said-server-embedded = Um servidor é iniciado de uma página ou de um link, não de dentro de outra página.
said-server-running = { $server } já está em execução
said-server-pending = { $server } está iniciando
said-server-stopping = { $server } está parando
said-server-active = { $server } está em execução. Pare-o antes de alterá-lo.
said-server-crowd = Servidores demais estão iniciando agora. Tente de novo em { $seconds } segundos.
said-server-full = Já há tantos servidores em execução quanto se permite. Tente de novo em alguns minutos.
said-server-no-named = Aqui não há servidores com nome.
said-server-named-most = { $user } já tem o máximo de { $limit } servidores com nome. Primeiro é preciso excluir um.
said-server-again = { $user } precisa entrar de novo antes que um servidor possa iniciar.
said-server-files-full = Seus arquivos ocupam { $used } dos { $limit } que você pode ter. Libere espaço: antes disso nenhum outro servidor inicia.
said-server-files-near = Seus arquivos ocupam { $used } dos { $limit } que você pode ter. Libere espaço antes que acabe.
said-limit-larger = Isto precisa de { $wanted }, e { $who } pode ter { $allowed }. Escolha algo menor.
said-limit-month = { $who } pode usar servidores por { $allowed } ao mês, e { $used } já foram usadas. O próximo mês começa em { $month }.
said-limit-group = O grupo “{ $group }” em conjunto
said-profile-none = Nenhum perfil é oferecido a { $user }. Um administrador pode mudar isso.

# Até o servidor em execução
said-start-requested = Servidor pedido
said-start-home = Preparando a pasta pessoal
said-start-process = Iniciando o processo do servidor
said-start-answer = Esperando que o servidor responda
said-start-ready = Servidor pronto em { $url }
said-start-cancelled = Início cancelado
said-start-failed = O início falhou: { $why }
said-start-unanswered = O servidor está em execução, mas não respondeu em { $url } dentro de { $seconds } segundos.
said-start-late = O servidor não iniciou dentro de { $seconds } segundos.
said-start-edge = O servidor está em execução, mas não foi possível avisar o proxy.
said-start-ended = O servidor terminou antes de responder.
said-start-ended-status = O servidor terminou antes de responder [estado={ $status }].
said-start-ended-why = O servidor terminou antes de responder. { $why }
said-ended = O servidor terminou sozinho.
said-ended-status = O servidor terminou sozinho com o estado { $status }.
said-ended-why = O servidor terminou sozinho. { $why }
said-ended-memory = O limite de memória dele, { $limit }, foi atingido.

# Por que um servidor é parado
said-stopped = O servidor foi parado: { $why }.
said-stopping = Este servidor será parado em breve: { $why }.
said-because-unused = ninguém o usa há algum tempo
said-because-idle = ele não foi usado durante { $time }
said-because-age = nenhum servidor fica em execução por mais de { $time }
said-because-hours-set = os servidores são parados em horas fixas ({ $when })
said-because-month = { $hours } deste mês foram usadas
said-hours-minutes = { $hours } horas { $minutes } minutos
said-hours =
    { $count ->
        [one] { $count } hora
       *[other] { $count } horas
    }
said-minutes = { $count } minutos
said-seconds = { $count } segundos

# O que um servidor recebe
said-amount-core = 1 núcleo
said-amount-cores = { $count } núcleos
said-amount-memory = { $amount } de memória
said-amount-storage = { $amount } de armazenamento

# Convites para um servidor
said-share-no-code = Este endereço não tem código de convite.
said-share-no-code-hint = Abra o link como foi enviado a você, até o fim.
said-share-unknown = Este convite não é válido, ou expirou.
said-share-unknown-hint = Peça outro a quem o enviou.
said-share-own = Este é o seu próprio servidor: ele não precisa de convite.
said-share-own-hint = Envie o link às pessoas com quem quer compartilhá-lo.

# Tokens
said-life-hour = 1 hora
said-life-day = 1 dia
said-life-week = 1 semana
said-life-month = 1 mês
said-life-year = 1 ano
said-life-never = Nunca
said-life-hours = Máximo ({ $count } horas)
said-life-days = Máximo ({ $count } dias)

# Papéis
said-role-built-in = Incluído
said-role-configuration = Da configuração
said-role-authenticator = Da entrada
said-role-made = Criado por { $name }
said-role-no-holder = Essa pessoa, grupo ou serviço não existe, ou não tem o papel.
said-role-end = O fim é uma data com hora, como 2026-12-24T18:00.

# O que se permite aos programas, e onde
said-scope-nothing = Saber quem você é
said-scope-self = Tudo o que é seu
said-scope-inherit = Tudo o que você pode fazer
said-scope-access-servers = Usar servidores
said-scope-access-services = Usar serviços
said-scope-list-users = Listar pessoas
said-scope-read-names = Ler os nomes das pessoas
said-scope-read-groups = Ler em que grupos as pessoas estão
said-scope-read-activity = Ler quando as pessoas estiveram ativas
said-scope-servers = Iniciar e parar servidores
said-scope-read-servers = Ver os servidores e de quem são
said-scope-start-servers = Iniciar e editar servidores
said-scope-delete-servers = Parar e excluir servidores
said-scope-tokens = Criar, ler e revogar os tokens de API das pessoas
said-scope-read-tokens = Ver que tokens de API as pessoas têm
said-scope-shares = Compartilhar servidores e deixar de fazê-lo
said-scope-read-shares = Ver com quem os servidores são compartilhados
said-only-you = só você
said-only-service-this = só este serviço
said-only-server-this = só este servidor
said-only-server-default = só o seu servidor padrão
said-only-server-yours = só o seu servidor { $server }
said-only-server-default-of = só o servidor padrão de { $user }
said-only-server-of = só o servidor { $server } de { $user }
said-only-user = só { $user }
said-only-group = só pessoas do grupo { $group }
said-only-service = só o serviço { $service }

# From a learning platform, and from a directory
onward-heading = Você está a caminho
onward-lead = Sua plataforma de aprendizagem enviou você para cá. O acesso continua sozinho.
onward-go = Continuar
said-login-suspended = Sua conta está suspensa. Pergunte a quem administra o diretório da sua organização.
said-lti-invalid = O que sua plataforma de aprendizagem enviou não é válido. Abra o link lá novamente ou avise quem administra este hub.
said-lti-nobody = Sua plataforma de aprendizagem não diz quem você é. Quem a administra pode permitir isso.
said-lti-not-begun = Este acesso não foi iniciado neste navegador, ou foi há muito tempo. Abra o link na sua plataforma de aprendizagem novamente, em uma janela própria.
said-lti-from-course = Venha do lugar que leva até aqui: do seu curso, por exemplo.

# Passkeys, and programs without a browser
said-passkey-refused = Esta chave de acesso não serve para entrar aqui.
said-passkey-late = A resposta da chave de acesso chegou tarde demais ou não era para esta página. Tente de novo.
said-passkey-not-taken = A nova chave de acesso não foi aceita. Tente de novo; ela precisa ser criada em 5 minutos.
said-passkey-many = Você tem 20 chaves de acesso. Remova uma que não usa.
said-passkey-added = Você pode entrar com a nova chave de acesso.
said-passkey-removed = Com essa chave de acesso ninguém mais entra.
said-passkey-last-codes = Era a sua última chave de acesso. Você entra com a senha e um código de uso único.
said-passkey-last = Era a sua última chave de acesso. Agora só a sua senha basta, seja quem for que a conheça.
said-passkey-unconfirmed = Esta chave de acesso não confirma quem você é. Tente de novo ou digite sua senha.
said-device-unknown = Nenhum programa espera com este código. Códigos valem 10 minutos e uma única vez: comece de novo no programa.
said-device-letters = Um código tem 8 letras.
said-device-many = Você tentou códigos demais. Tente de novo em uma hora.
said-device-allowed = O programa tem o que pediu. Continue lá; esta página pode ser fechada.
said-device-denied = O programa foi recusado. Se você não começou isto, talvez alguém tenha tentado entrar por meio de você.
