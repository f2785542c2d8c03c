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
account-acted = { $by } age como esta pessoa
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
passkeys-to-rename = Chave de acesso a renomear
passkeys-rename-to = O novo nome dela
passkeys-rename = Renomear
passkeys-rename-confirmed = Renomear, confirmado por uma chave de acesso
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

## Endereços de e-mail, senhas esquecidas, convites

forgot-title = Esqueceu a sua senha?
forgot-look = Veja os seus e-mails
forgot-done = Se essa conta existe e o endereço de e-mail dela é conhecido aqui, um link está a caminho. Ele vale uma vez, por { $minutes } minutos.
forgot-nothing = Não chegou nada? Peça um link a um administrador.
forgot-lead = Um link com o qual você escolhe uma senha nova é enviado ao endereço de e-mail da sua conta.
forgot-who = Nome de usuário ou endereço de e-mail
forgot-send = Enviar o link
forgot-back = Voltar para entrar
setup-join = Você recebeu um convite
setup-join-lead = Escolha um nome e uma senha para a sua conta.
setup-reset = Escolher uma senha nova
setup-reset-lead = Para { $user }. Este link só vale uma vez; depois entre com a senha nova.
setup-reset-save = Salvar a senha
signup-domains = Um endereço de { $domains } você confirma por um link, sem precisar esperar.
confirm-title = Confirmar o seu endereço de e-mail
confirm-account = Se { $email } é seu e você se cadastrou como { $name }, com isto a conta é sua.
confirm-address = Se { $email } é seu, com isto ele passa a ser o endereço de e-mail da conta { $name }.
confirm-submit = Confirmar
confirm-not-you = Se você não pediu isto, feche esta página: nada acontece.
account-email = O hub escreve para { $email }, por exemplo quando você esqueceu a sua senha.
account-no-email = O hub não conhece nenhum endereço de e-mail seu, e não pode ajudar quando você esquece a sua senha.
account-new-email = Novo endereço de e-mail
account-send-link = Enviar um link para lá
admin-invite = Convidar pessoas
invitations-title = Convites
invitations-lead = Quem tem o link de um convite escolhe um nome e uma senha, e tem uma conta.
invitations-made = O link só é mostrado agora:
invitations-by = Convite de
invitations-sent = Enviado a
invitations-groups = Grupos
invitations-left = Usos restantes
invitations-until = Até
invitations-revoke = revogar
invitations-none = Não há convites. Os que você criar aparecem aqui até que se esgotem ou expirem.
invitations-new = Um convite novo
invitations-email = Enviar a este endereço de e-mail
invitations-email-help = Vazio: você mesmo repassa o link.
invitations-into = Grupos em que entram
invitations-into-help = Separados por vírgulas; pode ficar vazio.
invitations-uses = Quantas pessoas podem usá-lo
invitations-days = Por quantos dias
invitations-make = Criar o convite
