## 授权

oauth-title = 允许访问
oauth-heading = 允许访问吗？
oauth-lead = { $client } 请求代表您（{ $you }）操作。
oauth-lead-nobody = { $client } 请求代表您操作。
oauth-application = 应用
oauth-sends-to = 将您转到
oauth-scopes = 它将能够
oauth-nothing-more = 它只会知道您是谁，仅此而已。
oauth-warning = 仅当您确实想打开它时才允许。那里可能运行他人的代码。
oauth-allow = 允许
oauth-deny = 不允许
share-title = 邀请
share-heading = 接受邀请吗？
share-lead = 您（{ $you }）被邀请使用 { $owner } 的服务器。
share-lead-named = 您（{ $you }）被邀请使用 { $owner } 的服务器“{ $server }”。
share-server = 服务器
share-not-running = 此服务器目前未运行。您可以现在接受；可能需要 { $owner } 先启动它，您才能使用。
share-scopes = 在那里您将能够
share-warning = 能使用服务器的人可以在上面运行代码并读取其文件。您放在那里的内容也归其所有者所有。
share-accept = 接受邀请
share-next = 之后您将转到 { $link }

## 令牌

token-title = 令牌
token-lead = 您的程序使用令牌即可做您在此能做的事。任何持有它的人也可以。
token-made = 您的新令牌
token-made-help = 请立即复制。它不会再次显示；但您可以随时另建一个。
token-make = 创建令牌
token-note = 备注
token-note-help = 它的用途，以便您在下面的列表中认出它。
token-expires-in = 令牌有效期
token-may = 该令牌可以做什么
token-permissions = 权限
token-scopes-help = 权限（scope），用空格分隔，例如 { $example }。若不填写，令牌拥有您的全部权限。
token-request = 申请新的 API 令牌
token-own = API 令牌
token-own-help = 服务器的令牌被吊销后，必须重新启动该服务器。
token-last-used = 最近使用
token-created = 创建时间
token-expires = 到期时间
token-never = 从不
token-no-time = 无
token-scope-count = { $count } 项权限
token-count = { $count } 个令牌
token-revoke = 吊销
token-clients = 已授权的应用
token-clients-help = 您打开过的服务器和服务。其中大多数只能知道您是谁。
token-first = 首次授权
