## The pages of the administration

manage-nav = 管理页面
manage-profiles = 配置方案
manage-services = 服务
manage-tokens = 令牌
manage-shares = 共享
manage-audit = 审计日志
manage-settings = 设置
manage-health = 运行状况
manage-first = 首页
manage-filter-all = 全部显示
manage-none = 没有符合条件的内容。请更改筛选条件或全部显示。

## Servers on the administration page

servers-lead = 所有服务器，最近使用的排在最前。
servers-search = 按用户或服务器搜索
servers-state = 状态
servers-profile = 配置方案
servers-owner = 用户
servers-server = 服务器
servers-default = 默认服务器
servers-used = 上次使用
servers-started = 启动时间
servers-use = 用量
servers-memory = 内存 { $size }
servers-cores = { $cores } 核
servers-active = 运行中或正在变化
servers-unseen = 您可以打开此页面，但看不到任何服务器。
servers-choose = 选择服务器 { $name }
servers-delete-title = 删除 { $count } 个服务器？
servers-delete-help = 正在运行的会被停止。文件会保留。默认服务器不能删除。

## Drained hubs

drain-title = 服务器启动
drain-shown = 目前不能启动服务器。正在运行的服务器不受影响。
drain-on = 自 { $since } 起由 { $by } 暂停。
drain-off = 可以启动服务器。
drain-help = 维护之前：正在运行的服务器继续运行；在您再次允许之前，使用此数据库的任何 hub 都不会启动新服务器。
drain-message = 对用户的说明
drain-message-help = 例如：周日 8 点到 10 点维护。可以留空。
drain-begin = 暂停启动服务器
drain-change = 更改说明
drain-end = 重新允许启动

## Shutdown

shutdown-title = 关闭 hub
shutdown-sure = 关闭这个 hub？
shutdown-help = 显示此页面的 hub 将结束。在它重新启动之前，或者由其他 hub 接替之前，任何人都不能登录或启动服务器。
shutdown-servers = 同时停止所有服务器
shutdown-edge = 同时停止代理
shutdown-not = 保持运行
shutdown-begun = hub 正在关闭
shutdown-begun-help = 它将在几秒内结束。重新加载页面即可查看是否已恢复。

## Health

health-good = 正常
health-warn = 请查看
health-bad = 故障
health-off = 未使用
health-database = 数据库
health-database-do = 它响应缓慢或没有响应。请检查它是否在运行以及所在机器的负载。
health-edge = 代理
health-edge-do = 它没有响应，因此无法访问新服务器。请检查它是否在运行，以及令牌是否与 hub 相同。
health-hubs = hub
health-hubs-do = 有的 hub 已有一分钟没有消息，或版本不一致。请重新启动已结束的 hub，并统一版本。
health-spawner = 服务器的运行方式
health-spawner-do = 此机器无法完全隔离和限制服务器：
health-starts = 服务器启动
health-starts-do = 最近的启动接连失败，或者不允许启动。服务器列表会显示原因。
health-culler = 停止闲置服务器
health-mail = 邮件
health-mail-do = 有许多邮件等待发送。`perijove mail test` 会显示邮件服务器的回应。
health-environments = Python 环境
health-environments-do = 构建失败。`perijove environments build NAME` 会重试。
health-services-do = 有的服务没有响应：
health-version = 版本
health-address = 地址
health-seen = 最后消息
health-leases = 租约
health-this = 当前
health-silent = 无消息

## The audit log

audit-lead = 谁在何处做了什么，最新的在前。
audit-export = 下载为 JSON 行
audit-at = 时间 (UTC)
audit-actor = 操作者
audit-act = 操作
audit-target = 对象
audit-detail = 详情
audit-from = 来源
audit-since = 起始 (UTC)
audit-until = 截止 (UTC)

## Tokens of everybody

tokens-lead = 程序登录所用的令牌，包括用户和服务的，最新的在前。没有人知道其密文。
tokens-owner = 用户或服务的完整名称
tokens-owner-head = 所有者
tokens-kind = 类型
tokens-own = 由人创建
tokens-issued = 发给服务器和应用
tokens-until = 有效期至
tokens-endless = 永久
tokens-unused = 未使用时间
tokens-days = { $count } 天
tokens-note = 备注
tokens-revoke = 撤销
tokens-revoked = { $owner } 的一个令牌已失效。

## Shares of everybody

shares-lead = 哪些服务器与谁共享，最新的在前。
shares-owner = 服务器所有者的完整名称
shares-with = 共享给
shares-none = 这里没有共享。
shares-codes = 代码
shares-codes-help = 出示代码者即可获得共享。撤销代码不会收回已经给予的共享。
shares-used = 使用次数
shares-ended = { $server } 的共享已结束。

## Services, profiles and settings on the administration page

services-lead = 使用 hub 的其他程序：来自配置或在此创建。
services-none = 没有服务。
services-answers = 有响应
services-silent = 无响应
services-runs = 运行中
services-ended = 已结束
services-configured = 来自配置
services-made = 运行时创建
services-managed = 由 hub 运行
services-new = 新服务
services-url = 监听地址
services-url-help = 例如 http://10.0.0.7:9000。用户可在 /services/ 下找到它。仅使用 API 的程序请留空。
services-token = 它的令牌
services-token-help = 8 到 64 个字符，服务也要知道：可用 `openssl rand -hex 32` 生成。不会再次显示。
services-token-new = 生成新令牌
services-token-new-help = 只显示一次。旧令牌和旧的 OAuth 密钥会立即失效。
services-token-sure = 为 { $service } 生成新令牌？此后旧令牌将无法使用。
services-token-made = { $service } 的新令牌
services-token-made-help = 只在此刻显示：请将其交给服务。旧令牌已失效。
services-redirect = 登录后返回的地址
services-redirect-help = 留空则使用服务地址下的默认值。
services-scopes = 可向访问者请求的权限，每行一个
services-display = 在顶部栏显示
services-no-confirm = 不询问用户是否允许它使用其账户
services-add = 创建服务
services-added = { $service } 已创建。
services-deleted = { $service } 已删除。
services-delete-help = 它的令牌失效，也无法再登录。程序本身继续运行。
services-delete-not = 保留
profiles-lead = 配置中可启动的服务器类型：适用对象及当前运行数量。
profiles-none = 配置中没有方案：所有服务器以相同方式启动。
profiles-default = 默认
profiles-for = 适用于
profiles-everybody = 所有人
profiles-role = 角色
profiles-entitled = ——另有权益规定谁可使用。
profiles-running = { $count } 个服务器
profiles-others = { $count } 个服务器未使用方案。
settings-lead = 此 hub 的设置及每个值的来源。不显示机密。
settings-none = 未设置任何内容：使用默认值。
settings-all = 同时显示默认值
settings-set = 仅显示已设置的
settings-secret = 不显示
settings-default = 默认
settings-file = perijove.toml
settings-environment = 环境变量
services-change = 更改
services-changed = { $service } 已更改。
services-save = 保存服务
services-keep = 不更改
