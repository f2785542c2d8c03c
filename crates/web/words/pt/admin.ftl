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
