## Pages about errors

# What stands around them
error-reference = Um administrador encontra isso no registro com o número { $number }.
error-detail = Para quem ajuda você
# Where to go on
said-error-to-home = Página inicial
said-error-to-login = Entrar
said-error-to-others = Entrar com outra conta
said-error-to-again = Tentar de novo
said-error-to-server = Iniciar o servidor
# What happened, and what to do
said-error-form = Este formulário expirou
said-error-form-what = Ficou muito tempo aberto, ou desde então você entrou ou saiu.
said-error-rights = Você não pode fazer isto
said-error-rights-what = Falta à sua conta a permissão para fazer isso.
said-error-rights-hint = Peça a um administrador, ou entre com uma conta que a tenha.
said-error-nothing = Não há nada aqui
said-error-nothing-what = Não há página neste endereço.
said-error-nothing-hint = Verifique o endereço, ou continue da sua página inicial.
said-error-hidden-what = Não há nada com este nome, ou você não pode ver.
said-error-hidden-hint = Verifique o endereço. Se alguém o deu a você, pergunte se você tem acesso.
said-error-server = Sem acesso a este servidor
said-error-server-hint = O dono dele ou um administrador pode dar acesso a você. Talvez você tenha entrado com outra conta.
said-error-link = Este link não vale mais
said-error-client = Não é possível entrar lá
said-error-client-what = O que enviou você até aqui não perguntou como deveria.
said-error-client-hint = Volte para lá, e comece de novo. Se não ajudar, diga a quem o mantém o que está abaixo.
said-error-fault = Algo deu errado aqui
said-error-fault-what = O hub teve uma falha própria. Nada do que você fez a causou.
said-error-fault-hint = Tente de novo. Se acontecer outra vez, diga a um administrador o número abaixo e quando foi.
said-error-fault-plain = Não foi possível fazer.
said-error-fault-plain-hint = Tente de novo. Se acontecer outra vez, avise um administrador.
said-error-access = Sem acesso
said-error-access-what = Você não pode entrar aqui. Um administrador pode mudar isso.
said-error-method = Isto não pode ser pedido aqui
said-error-method-what = Há algo neste endereço, mas nada que aceite um pedido assim.
said-error-method-hint = Continue da sua página inicial. Se um programa enviou o pedido, é lá que deve ser corrigido.
said-error-slow = Demorou demais
said-error-slow-what = O pedido não chegou a tempo.
said-error-slow-hint = Verifique a conexão de rede, e tente de novo.
said-error-meanwhile = Agora não é possível
said-error-meanwhile-what = Nesse meio-tempo outra coisa mudou.
said-error-meanwhile-hint = Volte, recarregue a página, e veja como está.
said-error-large = É grande demais
said-error-large-what = O pedido é maior do que o que se aceita aqui.
said-error-large-hint = Envie menos de uma vez. Arquivos são enviados em um servidor em execução.
said-error-stopped = O servidor não está em execução
said-error-stopped-what = Foi parado, ou terminou.
said-error-many = Demais de uma vez
said-error-many-what = Foi pedido mais do que se pode fazer ao mesmo tempo.
said-error-many-hint = Espere um momento, e tente de novo.
said-error-away = Indisponível no momento
said-error-away-what = Algo que é preciso para isto não responde.
said-error-away-hint = Tente de novo daqui a pouco. Se continuar, avise um administrador.
said-error-odd = Assim não é possível
said-error-odd-what = Falta algo no pedido, ou algo não está como deveria.
said-error-odd-hint = Volte e tente de novo.
