## Uma pessoa

someone-back = Todas as pessoas
someone-about = Dados
someone-suspended = suspensa
someone-make-admin = Tornar administrador
someone-rename = Mudar o nome
someone-new-name = Novo nome
someone-rename-help = Os servidores têm de ser parados antes. Os ficheiros continuam seus.
someone-rename-submit = Mudar
someone-default-server = servidor predefinido
someone-no-servers = Ainda sem servidor.
someone-groups-roles = Grupos e papéis
someone-no-groups = Em nenhum grupo.
someone-join = Grupo
someone-join-submit = Adicionar
someone-role-group = por { $group }
someone-no-roles = Nenhum papel.
someone-role = Papel
someone-use = Utilização e armazenamento
someone-quota-servers = Servidores
someone-quota-cpu = Núcleos de CPU
someone-quota-memory = Memória
someone-quota-storage = Armazenamento
someone-quota-gpu = GPU
someone-quota-hours = Horas este mês
someone-used-of = { $used } de { $allowed }
someone-homes = Ficheiros
someone-trash = no lixo
someone-not-measured = ainda por medir
someone-no-homes = Ainda sem ficheiros.
someone-sign-in = Início de sessão
someone-password = Com palavra-passe
someone-codes = e códigos de uso único
someone-passkeys =
    { $count ->
        [one] Com uma chave de acesso
       *[other] Com { $count } chaves de acesso
    }
someone-no-ways = Não há forma de iniciar sessão guardada para esta conta.
someone-sessions = Onde tem a sessão iniciada
someone-end-session = Terminar sessão
someone-end-sessions = Terminar em todo o lado
someone-no-sessions = Em lado nenhum.
someone-tokens = Tokens
someone-token-used = usado pela última vez { $time }
someone-token-unused = nunca usado
someone-revoke = Revogar
someone-no-tokens = Sem tokens.
someone-shares = Partilhas
someone-given = Partilhado por esta pessoa
someone-received = Partilhado com esta pessoa
someone-nothing-given = Nada.
someone-nothing-received = Ainda nada.
someone-log = O que aconteceu
someone-log-by = por { $by }
someone-log-all = O registo inteiro
someone-no-log = Não há nada no registo.
said-someone-admin = Esta pessoa é agora administradora.
said-someone-plain = Esta pessoa já não é administradora.
said-someone-joined = Esta pessoa está no grupo.
said-someone-left = Esta pessoa já não está no grupo.
said-someone-out = A sessão desta pessoa terminou aí.
said-someone-out-all = As sessões desta pessoa terminaram em todo o lado.
said-someone-revoked = O token está revogado.
said-someone-role-given = Esta pessoa tem o papel.
said-someone-role-taken = Esta pessoa já não tem o papel.
said-someone-role-admin = A administração é dada e retirada com o botão próprio.
