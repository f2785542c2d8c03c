## Administração

admin-title = Administração
admin-people = Pessoas
admin-name = Nome
admin-servers = Servidores
admin-administrator = administrador
admin-never = nunca
admin-nobody = Não há ninguém assim. Mude os filtros ou mostre todos.
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

## People on the administration page

admin-created = Criação
admin-did-start = está a caminho ou em execução
admin-did-stop = parou ou está parando
admin-did-remove = foi excluído
admin-did-delete = foi excluído
admin-did-admin = é administrador
admin-did-plain = não é administrador
admin-did-add = tem uma conta
admin-away = O hub não responde. Nada mudou aqui; tente de novo daqui a pouco.
admin-unseen = Você pode abrir esta página, mas não ver ninguém nela.
admin-search = Buscar por nome
admin-any = Todos
admin-state-active = A caminho ou em execução
admin-state-ready = Em execução
admin-state-inactive = Nenhum em execução
admin-rights = Administração
admin-rights-yes = Administradores
admin-rights-no = Os outros
admin-group = Grupo
admin-role = Papel
admin-show = Mostrar
admin-all = Mostrar todos
admin-delete-help = Os servidores deles param, os tokens e sessões terminam e os arquivos vão para a lixeira.
admin-delete-sure = Excluir de vez
admin-delete-not = Manter
admin-start-all = Iniciar todos
admin-stop-all = Parar todos
admin-chosen = Os escolhidos:
admin-make-admin = Tornar administradores
admin-make-plain = Retirar a administração
admin-delete = Excluir
admin-choose-all = Escolher todos nesta página
admin-groups = Grupos
admin-choose = Escolher { $name }
admin-stop = Parar o servidor
admin-access = Abrir o servidor
admin-start = Iniciar o servidor
admin-spawn = Página de início
admin-remove = Excluir o servidor
admin-displaying = { $first }-{ $last } de { $total }
admin-previous = Anteriores
admin-next = Próximos
admin-add = Adicionar pessoas
admin-add-names = Nomes
admin-add-help = Um por linha. Quem já está aqui é ignorado.
admin-add-admins = São administradores
admin-add-submit = Adicionar
admin-delete-title =
    { $count ->
        [one] Excluir { $count } pessoa?
       *[other] Excluir { $count } pessoas?
    }

## Groups

groups-manage = Gerenciar grupos
groups-lead = Quem está num grupo tem os papéis dele e o que é compartilhado com ele.
groups-none = Não há mais grupos.
groups-new = Um novo grupo
groups-users = Membros
groups-users-help = Nomes de pessoas daqui, um por linha.
groups-make = Criar o grupo
groups-all = Todos os grupos
groups-take = Tirar
groups-empty = Ninguém está nele ainda.
groups-more = e mais { $count }, que a API lista
groups-add = Adicionar membros
groups-properties = Propriedades
groups-delete = Excluir este grupo
groups-delete-help = Os membros ficam, mas perdem os papéis dele e o que foi compartilhado com ele. Isso não pode ser desfeito.
groups-members =
    { $count ->
        [one] { $count } membro
       *[other] { $count } membros
    }
