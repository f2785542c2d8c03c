## The pages of the administration

manage-nav = Páginas da administração
manage-profiles = Perfis
manage-services = Serviços
manage-tokens = Tokens
manage-shares = Compartilhamentos
manage-audit = Registro de auditoria
manage-settings = Configurações
manage-health = Estado
manage-first = Primeira página
manage-filter-all = Mostrar tudo
manage-none = Nada corresponde. Mude os filtros ou mostre tudo.

## Servers on the administration page

servers-lead = Todos os servidores, primeiro os usados por último.
servers-search = Procurar por pessoa ou servidor
servers-state = Estado
servers-profile = Perfil
servers-owner = Pessoa
servers-server = Servidor
servers-default = servidor padrão
servers-used = Último uso
servers-started = Iniciado
servers-use = Consumo
servers-memory = { $size } de memória
servers-cores = { $cores } núcleos
servers-active = Em execução ou a caminho
servers-unseen = Pode abrir esta página, mas não vê servidores nela.
servers-choose = Escolher o servidor { $name }
servers-delete-title =
    { $count ->
        [one] Excluir { $count } servidor?
       *[other] Excluir { $count } servidores?
    }
servers-delete-help = Os que estão em execução são parados. Os arquivos ficam. Os servidores padrão não podem ser excluídos.

## Drained hubs

drain-title = Inícios de servidores
drain-shown = No momento nenhum servidor inicia. Os que estão em execução continuam.
drain-on = Suspensos por { $by } desde { $since }.
drain-off = Os servidores podem iniciar.
drain-help = Antes de uma manutenção: os servidores em execução continuam e nenhum inicia, em nenhum hub desta base de dados, até que o permita de novo.
drain-message = O que se diz às pessoas
drain-message-help = Por exemplo: manutenção no domingo das 8 às 10. Pode ficar vazio.
drain-begin = Não deixar iniciar servidores
drain-change = Mudar a mensagem
drain-end = Permitir inícios de novo

## Shutdown

shutdown-title = Desligar o hub
shutdown-sure = Desligar este hub?
shutdown-help = O hub que lhe mostra esta página termina. Ninguém pode entrar nem iniciar um servidor até que algo o volte a iniciar, ou que outro hub atenda.
shutdown-servers = Parar também todos os servidores
shutdown-edge = Parar também o proxy
shutdown-not = Deixá-lo em execução
shutdown-begun = O hub está sendo desligado
shutdown-begun-help = Termina em segundos. Recarregue uma página para ver se voltou.

## Health

health-good = funciona
health-warn = verificar
health-bad = com falha
health-off = não usado
health-database = Banco de dados
health-database-do = Responde devagar ou não responde. Veja se está em execução e a carga da máquina.
health-edge = Proxy
health-edge-do = Não responde, e novos servidores não são alcançados. Veja se está em execução e se tem o mesmo token do hub.
health-hubs = Hubs
health-hubs-do = Alguns estão em silêncio há um minuto ou as versões diferem. Reinicie os que terminaram e deixe todos na mesma versão.
health-spawner = Como os servidores são executados
health-spawner-do = Esta máquina não consegue tudo o que separa e limita os servidores:
health-starts = Inícios de servidores
health-starts-do = Os últimos inícios falharam um após o outro, ou nenhum é permitido. A lista de servidores mostra por quê.
health-culler = Parada de servidores sem uso
health-mail = E-mail
health-mail-do = Muitas mensagens esperam. `perijove mail test` diz o que o servidor de e-mail responde.
health-environments = Ambientes Python
health-environments-do = Uma construção falhou. `perijove environments build NAME` tenta de novo.
health-services-do = Alguns não respondem:
health-version = Versão
health-address = Endereço
health-seen = Último sinal
health-leases = Tarefas
health-this = este
health-silent = em silêncio

## The audit log

audit-lead = O que foi feito, por quem e de onde; o mais recente primeiro.
audit-export = Baixar como linhas JSON
audit-at = Quando (UTC)
audit-actor = Por quem
audit-act = O quê
audit-target = Em quê
audit-detail = Detalhes
audit-from = De onde
audit-since = A partir de (UTC)
audit-until = Antes de (UTC)

## Tokens of everybody

tokens-lead = Aquilo com que programas entram, de pessoas e serviços, os mais novos primeiro. Ninguém conhece os segredos.
tokens-owner = Nome completo de pessoa ou serviço
tokens-owner-head = De quem
tokens-kind = Tipo
tokens-own = Feitos por alguém
tokens-issued = Dados a servidores e aplicativos
tokens-until = Até
tokens-endless = sem fim
tokens-unused = Sem uso há
tokens-days =
    { $count ->
        [one] { $count } dia
       *[other] { $count } dias
    }
tokens-note = Nota
tokens-revoke = Revogar
tokens-revoked = Um token de { $owner } não vale mais.

## Shares of everybody

shares-lead = Quais servidores são compartilhados com quem, os mais novos primeiro.
shares-owner = Nome completo do dono
shares-with = Compartilhado com
shares-none = Nada é compartilhado aqui.
shares-codes = Códigos
shares-codes-help = Quem apresenta um recebe acesso. Revogar não retira o que ele já deu.
shares-used = Usos
shares-ended = O compartilhamento de { $server } terminou.

## Services, profiles and settings on the administration page

services-lead = Outros programas que usam o hub: da configuração ou criados aqui.
services-none = Não há serviços.
services-answers = responde
services-silent = não responde
services-runs = em execução
services-ended = terminado
services-configured = da configuração
services-made = criado em execução
services-managed = executado pelo hub
services-new = Um serviço novo
services-url = Onde escuta
services-url-help = Por exemplo http://10.0.0.7:9000. Fica sob /services/. Vazio para um programa que só usa a API.
services-token = Seu token
services-token-help = De 8 a 64 caracteres que o serviço também conhece: `openssl rand -hex 32` cria um bom. Não é mostrado de novo.
services-token-new = Criar um novo token
services-token-new-help = É mostrado uma única vez. O token e o segredo OAuth antigos deixam de valer de imediato.
services-token-sure = Criar um novo token para { $service }? Com o antigo já não poderá fazer nada.
services-token-made = O novo token de { $service }
services-token-made-help = Só é mostrado agora: dê-o ao serviço. O antigo já não vale.
services-redirect = Para onde a entrada volta
services-redirect-help = Vazio para o habitual, sob o endereço do serviço.
services-scopes = Escopos que pode pedir aos visitantes, um por linha
services-display = Mostrar na barra superior
services-no-confirm = Não perguntar se pode usar a conta
services-add = Criar o serviço
services-added = { $service } foi criado.
services-deleted = { $service } foi excluído.
services-delete-help = Seus tokens terminam e ninguém mais entra nele. O programa em si continua.
services-delete-not = Manter
profiles-lead = Como servidores podem ser iniciados, conforme a configuração: para quem e quantos estão em execução.
profiles-none = A configuração não tem perfis: todos os servidores são iniciados do mesmo modo.
profiles-default = escolhido primeiro
profiles-for = Para
profiles-everybody = todos
profiles-role = papel
profiles-entitled = – direitos dizem mais sobre quem pode tê-lo.
profiles-running =
    { $count ->
        [one] { $count } servidor
       *[other] { $count } servidores
    }
profiles-others =
    { $count ->
        [one] { $count } servidor sem perfil em execução.
       *[other] { $count } servidores sem perfil em execução.
    }
settings-lead = Pelo que este hub se guia e de onde vem cada valor. Segredos não são mostrados.
settings-none = Nada está definido: valem os padrões.
settings-all = Mostrar também os padrões
settings-set = Mostrar o definido
settings-secret = não mostrado
settings-default = padrão
settings-file = perijove.toml
settings-environment = ambiente
services-change = Alterar
services-changed = { $service } foi alterado.
services-save = Salvar o serviço
services-keep = Não alterar nada
