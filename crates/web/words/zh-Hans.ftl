# 页面上的简体中文。

language-name = 简体中文
language-label = 语言

## 每个页面

page-skip = 跳到正文
page-main-menu = 主菜单
page-sign-out = 退出登录
page-announcement = 公告

## 服务器

server-yours = 您的服务器
server-of = { $user } 的服务器
server-try-again = 重试
server-stop = 停止
server-log = 服务器最后输出的几行

state-stopped = 未运行
state-starting = 正在启动
state-ready = 运行中
state-stopping = 正在停止
state-failed = 失败

## 密码

password-user-name = 用户名
password-again = 再次输入密码
password-help = 至少 { $count } 个字符。用几个互不相关的词就能组成好密码。
password-differs = 两次输入的密码不同。

## 登录

login-title = 登录
login-username = 用户名：
login-password = 密码：
login-otp = 一次性验证码（OTP）：
login-otp-help = 如果您设置过身份验证器应用，请输入其中的六位数字。
login-sign-up = 创建账户
login-or = 或
login-no-way = 此 Hub 没有设置任何登录方式。请询问其管理者。

logout-title = 已退出
logout-heading = 您已退出登录
logout-lead = 正在运行的服务器会继续运行。
logout-again = 重新登录

## 第一个账户、邀请、注册

setup-title = 初始设置
setup-heading = 设置 Perijove
setup-lead = 创建第一个账户。它是管理员账户，此链接只能使用一次。
setup-welcome = 欢迎
setup-welcome-you = 欢迎，{ $user }
setup-invite-lead = 请为您的账户设置密码。此链接只能使用一次。
setup-save = 保存并登录

signup-title = 注册
signup-lead = 请选择用户名和密码。
signup-email = 邮箱地址
signup-submit = 创建账户
signup-have-one = 已有账户？
signup-thanks = 谢谢

waiting-title = 等待批准的人
waiting-lead = 他们已注册，批准后即可登录。
waiting-from = 来自
waiting-let-in = 批准
waiting-turn-down = 拒绝
waiting-nobody = 没有人在等待。注册的人会显示在这里。

## 自己的账户

account-title = 您的账户
account-lead = 您在哪里登录，以及如何登录。
account-your-password = 您的密码
account-sessions = 已登录
account-browser = 浏览器
account-address = 地址
account-since = 开始时间
account-last-seen = 最近活动
account-unknown = 未知
account-this-one = 当前
account-end-one = 退出
account-end-others = 退出其他所有地方的登录
account-password = 密码
account-language = 语言
account-language-label = 页面和邮件的语言
account-language-browser = 跟随浏览器
account-language-save = 保存语言

codes-title = 一次性验证码
codes-recovery = 请把这些恢复码保存在没有该应用也能找到的地方。每个恢复码可代替验证码登录一次，之后不再显示。
codes-since = 自 { $time } 起，除密码外还要求输入应用中的验证码。
codes-left = 还剩 { $count } 个恢复码。
codes-new-recovery = 生成新的恢复码
codes-remove = 不再要求验证码
codes-scan = 用身份验证器应用扫描此图，然后输入它显示的验证码。
codes-picture = 供身份验证器应用使用的二维码
codes-secret = 没有摄像头时，请输入此密钥：{ $secret }
codes-code = 验证码
codes-confirm = 从现在起要求验证码
codes-why = 使用身份验证器应用后，即使有人知道您的密码也无法登录。
codes-propose = 设置一次性验证码

linked-title = 其他登录方式
linked-one = { $method }：{ $subject }，自 { $time }
linked-unlink = 解除关联
linked-link = 关联：{ $label }

change-title = 更改密码
change-lead = 之后您在其他所有地方都会退出登录。
change-old = 旧密码
change-new = 新密码
change-again = 再次输入新密码
change-submit = 更改密码

## Passkeys, and programs without a browser

login-passkey = 使用通行密钥登录
login-passkey-second = 用通行密钥代替验证码
login-passkey-failed = 没有使用通行密钥。请重试，或用其他方式登录。
passkeys-title = 通行密钥
passkeys-lead = 使用通行密钥，您可以用指纹、面容或设备的 PIN 登录：没有可能被他人得知的密码。
passkeys-lead-codes = 输入密码之后，它可以代替一次性验证码。
passkeys-name = 名称
passkeys-site = 用于
passkeys-last-used = 最近使用
passkeys-never = 从未
passkeys-new-name = 新通行密钥的名称
passkeys-new-name-help = 便于您辨认：保存它的设备或程序。
passkeys-add = 添加通行密钥
passkeys-add-confirmed = 添加，并用已有的通行密钥确认
passkeys-unable = 通行密钥需要 JavaScript、支持它的浏览器，并且地址中须是本 Hub 的名称，使用 https。
passkeys-to-remove = 要移除的通行密钥
passkeys-last = 这是您的最后一个。没有它，任何知道您密码的人仅凭密码就能登录。
passkeys-last-codes = 这是您的最后一个。没有它，您将用密码和一次性验证码登录。
passkeys-remove = 移除
passkeys-remove-confirmed = 移除，并用通行密钥确认
passkeys-failed = 没有使用通行密钥。请重试，或输入您的密码。
device-title = 登录一个程序
device-lead = { $client } 请求代表您（{ $you }）操作。仅当它由您自己启动并显示此代码时才继续。
device-from = 请求来自
device-program = 程序
device-warning = 如果是别人把此代码或本页链接发给您的，请拒绝：对方将以您的名义操作。
device-type = 请输入程序显示的代码。
device-continue = 继续

## 主页

home-title = 主页
home-server = 您的服务器
home-servers = 您的服务器
home-my-server = 我的服务器
home-stopping = 正在停止{ $server }
home-not-stopped = 无法停止{ $server }：{ $problem }
home-hub-busy = Hub 目前没有响应。请过几秒再试。
home-hub-refused = { $message }。请刷新此页面后重试。
home-hub-away = 无法连接到 Hub。请检查网络连接后重试。
home-since = 自 { $time } 起
home-at = { $time }
home-stops-at = 它将于 { $time } 停止。
home-log = 服务器的输出
home-still-here = 我还在
home-open = 打开
home-progress = 查看进度
home-stops = 正在停止…
home-start = 启动
home-change = 更改
home-rename = 重命名
home-files-stay = 它的文件会保留：文件在您的主目录中。
home-delete = 删除此服务器
home-none = 您没有服务器。
home-files = 您的文件
home-storage = 您的文件占用 { $used }（测量于 { $time }）。
home-storage-of = 您的文件占用 { $used }，上限 { $limit }（测量于 { $time }）。
home-another = 另一台服务器
home-add = 添加服务器
home-add-help = 名称可任意填写。它有自己的配置，使用同一个主目录。

## 从启动到运行

spawn-title = 启动服务器
spawn-yours = 启动您的服务器
spawn-of = 启动 { $user } 的服务器
spawn-for = 正在为 { $user } 启动服务器
spawn-what = 启动什么
spawn-or-another = 或其他{ $choice }
spawn-back = 返回

pending-title = 正在启动{ $server }
pending-lead = 运行后会自动转到服务器。
pending-usual = 通常需要大约 { $seconds } 秒。
pending-opening = 服务器已运行，正在打开。
pending-failed = 服务器未能启动
pending-stopped = 已停止
pending-no-reason = 服务器未能启动，没有给出原因。
pending-reloads = 此页面每隔几秒刷新一次。
pending-lost = 与 Hub 的连接已断开。您的服务器仍在启动；正在尝试重新连接…
pending-steps = 目前的步骤

stop-pending-lead = 停止后即可再次启动。此页面会自动更新。

not-running-yours =
    { $named ->
        [yes] 您的服务器“{ $server }”未运行
       *[no] 您的服务器未运行
    }
not-running =
    { $named ->
        [yes] { $user } 的服务器“{ $server }”未运行
       *[no] { $user } 的服务器未运行
    }
not-running-yours-failed =
    { $named ->
        [yes] 您的服务器“{ $server }”未能启动
       *[no] 您的服务器未能启动
    }
not-running-failed =
    { $named ->
        [yes] { $user } 的服务器“{ $server }”未能启动
       *[no] { $user } 的服务器未能启动
    }
not-running-failed-title = 启动失败
not-running-no-reason = 上次启动失败，没有给出原因。
not-running-lead = 服务器停止时文件会保留。启动后即可继续。
not-running-soon = 将在 { $seconds } 秒后启动。
not-running-not = 不会自动启动。
not-running-cancel = 不启动

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

## 管理

admin-title = 管理
admin-people = 用户
admin-lead = 共 { $count } 人。其他操作通过 API 完成。
admin-name = 名称
admin-servers = 服务器
admin-default-server = 默认服务器
admin-administrator = 管理员
admin-never = 从未
admin-running = { $count } 台运行中
admin-none-running = 没有运行的
admin-nobody = 此页上没有人，或者您无权查看。
admin-earlier = 前面的名称
admin-further = 后面的名称

roles-title = 角色
roles-lead = 角色是一组权限。拥有角色的人（自己拥有或通过组拥有）可以做这些权限允许的事。
roles-none = 没有更多角色。
roles-earlier = 前面的角色
roles-more = 更多角色
roles-new = 新角色
roles-name-help = 3 到 255 个字符，可用 a-z、0-9 和 - _ . ~；以字母开头。
roles-scopes-help = 每行一项，例如 { $example }。角色允许的不能超过您自己的权限。
roles-make = 创建角色

role-all = 所有角色
role-allows = 允许什么
role-for = 用途
role-scopes = 权限（scope）
role-scopes-help = 每行一项。更改会立即对所有拥有此角色的人生效。
role-no-scopes = 没有权限
role-save = 保存角色
role-delete = 删除此角色
role-delete-help = 拥有它的人将失去它。此操作无法撤销。
role-delete-it = 删除 { $role }
role-holders = 谁拥有它
role-user = 用户
role-group = 组
role-service = 服务
role-given = 由 { $by } 授予
role-given-at = 由 { $by } 授予，{ $time }
role-until = 至 { $time }
role-no-end = 无期限
role-take = 收回
role-nobody = 还没有人拥有它。
role-more = 另有 { $count } 个，可通过 API 查看
role-give = 授予他人
role-kind = 授予
role-end = 截止
role-end-help = UTC 时间。留空表示永久。
role-give-submit = 授予角色

## 出了什么问题

nothing-title = 这里什么也没有
nothing-lead = 此地址没有页面。
nothing-hint = 请检查地址是否有误，或从主页继续。
error-reload = 刷新此页面

## 代码中的语句

# 登录
said-login-wrong = 用户名或密码错误
said-login-form-expired = 此表单无效或已过期。请重试。
said-login-code-wanted = 请再次输入密码，并同时输入一次性验证码。
said-login-nobody = 此处无人可以登录。
said-login-unnamed = 此请求没有说明来自谁。请通过大家使用的地址访问，或询问管理员。
said-login-no-access = 您已在那里登录，但无权访问此 Hub。请询问管理员。
said-login-with = 使用 { $provider } 登录
said-login-first = 请先登录，再关联其他登录方式。
said-login-astray = 此请求说明了来自谁，但并非来自可信之处。请通过大家使用的地址登录，或询问管理员。
said-login-begin-again = 此登录是在另一个浏览器中开始的，或用时过长。请重新开始。
said-login-cancelled = 使用 { $provider } 的登录在那里被取消或拒绝。
said-login-untold = { $provider } 没有说明您是谁。请重新登录。
said-login-unnamed-there = { $provider } 没有说明您在此处的名称。请告知管理员。
said-login-scopes = { $provider } 没有授予进入此处所需的全部权限。
said-login-away = { $provider } 目前无法让您登录。请过几分钟再试。
said-login-unasked = 目前无法向 { $provider } 查询您是谁。请过几分钟再试。
said-login-unverified = 您的邮箱地址未经验证。请在登录处验证后再回来。
said-login-domains = 只有 { $domains } 的账户可以进入。
said-login-name-taken = 名称 { $name } 在此属于另一个账户。如果那是您的账户，请用以前的方式登录，并在账户页面关联此登录方式。否则请询问管理员。
said-login-busy = 此刻登录的人太多。请过几秒再试。
said-login-crowd = 现在登录的人太多。请稍后再试。
said-login-unchecked = 现在无法验证密码。请一分钟后再试。
said-login-pam-away = 目前无法验证密码。请稍后再试，或告知管理员。
said-login-pam-refused = 您在此机器上的账户无法使用：{ $why }。请询问管理员。
said-login-codes-unreadable = 无法验证您的一次性验证码。请向管理员索取无需验证码的登录链接。
said-link-signed-out = 您在此期间已退出登录。请登录后重试。
said-link-taken = 该账户在此已与另一个账户关联。

# 密码和名称
said-passwords-differ = 两个密码不一致。
said-password-short = 密码有 { $length } 个字符。至少需要 { $least } 个。
said-password-long = 密码太长：{ $most } 字节足够了。
said-password-name = 该密码几乎就是别人知道的名称。请另选一个。
said-password-common = 很多人使用此密码：它是最先被尝试的密码之一。请另选一个。
said-password-easy = 此密码容易猜到。用几个互不相关的词组成密码更好。
said-password-wrong = 密码错误。
said-password-old-wrong = 旧密码错误。
said-password-none = 您在此没有密码。
said-password-none-hint = 您在别处登录；请在那里更改密码。
said-password-others = 此处不能替他人设置密码。
said-name-taken = 此名称已被占用。
said-name-unusable = 此名称不可用：{ $why }。
said-name-invalid = 名称无效：{ $why }。

# 链接、邀请、注册
said-setup-gone = 此链接已被使用或已过期。
said-setup-gone-hint = 请向管理员索取新链接。首位管理员的链接在 Hub 启动时显示。
said-setup-used = 此链接刚刚被使用。
said-setup-late = 已经有管理员，可由其邀请您。
said-signup-taken = 此名称已被占用或不可用。请另选一个。
said-signup-terms = 请先同意服务条款。
said-signup-no-mail = 这不是邮箱地址。
said-signup-mail-wanted = 需要填写邮箱地址。
said-signup-many = 您所在之处申请了很多账户。请一小时后再试。
said-signup-made = 您的账户已创建。请用新密码登录。
said-signup-waits = 您的账户正等待管理员批准。批准后即可登录。
said-waiting-has-account = 同名的人已有账户。
said-waiting-let-in = { $name } 现在有账户了。
said-waiting-gone = { $name } 不再等待。
said-waiting-turned-down = { $name } 已被拒绝。

# 自己的账户
said-account-others-out = 您已在其他所有地方退出登录。
said-account-one-out = 您已在那里退出登录。
said-codes-removed = 不再要求验证码。
said-codes-new-recovery = 旧的恢复码已失效。
said-codes-nothing = 没有需要确认的内容。请重新开始。
said-codes-wrong = 此验证码无效。验证码每 30 秒更换一次。
said-codes-set = 从现在起要求一次性验证码。
said-linked-only = 这是您唯一的登录方式。
said-linked-gone = 该登录方式不再指向此账户。
said-language-unknown = 没有此语言的页面。

# 各种错误
said-status-bad-request = 请求无效
said-status-forbidden = 禁止访问
said-status-not-found = 未找到
said-status-internal = 内部错误
said-status-unavailable = 服务不可用
said-error-internal-hint = 原因见 Hub 的日志。重试没有害处。
said-error-database = Hub 无法连接其数据库。
said-error-database-hint = 正在运行的服务器不受影响。请过几秒再试。
said-error-database-login = Hub 无法连接其数据库。请过几秒再试。
said-error-conflict = 有人抢先了一步。请重试。
said-error-credentials = 缺少凭据或凭据无效。
said-error-scopes = 您没有执行此操作的权限；需要以下任一权限：{ $scopes }
said-error-form-missing = 表单（{ $method }）缺少安全密钥。
said-error-form-wrong = 表单（{ $method }）的安全密钥与此浏览器不符。
said-error-form-hint = 请返回，刷新页面后重试。
said-error-form-unreadable = 无法读取表单。
said-error-form-unknown = 此处不认识该表单。
said-error-form-nothing = 表单请求的内容无法在此完成。
said-error-too-large = 请求内容过大。

# 服务器
said-server-none = 没有这台服务器，或者它没有与您共享。
said-server-no-access = 您无权访问 { $what }
said-server-no-access-hint = 其所有者或管理员可以授予您访问权。
said-server-down = 您的服务器似乎未运行。
said-server-down-hint = 请从主页重新启动。
said-server-unreached = 服务器在运行，但无法连接。
said-server-unreached-hint = 请在主页停止后重新启动。若无效，请查看 edge 的日志。
said-server-embedded = 服务器只能从页面或链接启动，不能从其他页面内部启动。
said-server-running = { $server } 已在运行
said-server-pending = { $server } 正在启动
said-server-stopping = { $server } 正在停止
said-server-active = { $server } 正在运行。请先停止再修改。
said-server-crowd = 现在启动服务器的人太多。请 { $seconds } 秒后再试。
said-server-full = 运行的服务器已达上限。请过几分钟再试。
said-server-no-named = 此处未启用命名服务器。
said-server-named-most = { $user } 已有最多 { $limit } 台命名服务器。请先删除一台。
said-server-again = { $user } 必须重新登录后才能启动服务器。
said-server-files-full = 您的文件占用 { $used }，上限为 { $limit }。请腾出空间：在此之前不会启动其他服务器。
said-server-files-near = 您的文件占用 { $used }，上限为 { $limit }。请在用尽之前腾出空间。
said-limit-larger = 这需要 { $wanted }，而 { $who } 最多可用 { $allowed }。请选择较小的配置。
said-limit-month = { $who } 每月可运行服务器 { $allowed }，已使用 { $used }。下个月从 { $month } 开始。
said-limit-group = 组“{ $group }”合计
said-profile-none = 没有提供给 { $user } 的配置。管理员可以更改。

# 启动过程
said-start-requested = 已请求服务器
said-start-home = 正在准备主目录
said-start-process = 正在启动服务器进程
said-start-answer = 正在等待服务器响应
said-start-ready = 服务器已就绪：{ $url }
said-start-cancelled = 启动已取消
said-start-failed = 启动失败：{ $why }
said-start-unanswered = 服务器在运行，但 { $url } 在 { $seconds } 秒内没有响应。
said-start-late = 服务器在 { $seconds } 秒内没有启动。
said-start-edge = 服务器在运行，但无法通知代理。
said-start-ended = 服务器在响应之前就结束了。
said-start-ended-status = 服务器在响应之前就结束了 [状态={ $status }]。
said-start-ended-why = 服务器在响应之前就结束了。{ $why }
said-ended = 服务器自行结束。
said-ended-status = 服务器自行结束，状态为 { $status }。
said-ended-why = 服务器自行结束。{ $why }
said-ended-memory = 达到了其内存上限 { $limit }。

# 停止的原因
said-stopped = 服务器已停止：{ $why }。
said-stopping = 此服务器即将停止：{ $why }。
said-because-unused = 有一段时间没有人使用
said-because-idle = 已有 { $time } 未使用
said-because-age = 服务器运行时间不能超过 { $time }
said-because-hours-set = 服务器在固定时间停止（{ $when }）
said-because-month = 本月的 { $hours } 已用完
said-hours-minutes = { $hours } 小时 { $minutes } 分钟
said-hours = { $count } 小时
said-minutes = { $count } 分钟
said-seconds = { $count } 秒

# 服务器的资源
said-amount-core = 1 核
said-amount-cores = { $count } 核
said-amount-memory = { $amount } 内存
said-amount-storage = { $amount } 存储

# 服务器邀请
said-share-no-code = 此地址没有邀请码。
said-share-no-code-hint = 请完整打开发给您的链接。
said-share-unknown = 此邀请无效或已过期。
said-share-unknown-hint = 请向发送者索取新的邀请。
said-share-own = 这是您自己的服务器：不需要邀请。
said-share-own-hint = 请把链接发给您想共享的人。

# 令牌
said-life-hour = 1 小时
said-life-day = 1 天
said-life-week = 1 周
said-life-month = 1 个月
said-life-year = 1 年
said-life-never = 永不
said-life-hours = 最长（{ $count } 小时）
said-life-days = 最长（{ $count } 天）

# 角色
said-role-built-in = 内置
said-role-configuration = 来自配置
said-role-authenticator = 来自登录
said-role-made = 由 { $name } 创建
said-role-no-holder = 没有这样的用户、组或服务，或者它没有此角色。
said-role-end = 截止时间应为日期和时间，例如 2026-12-24T18:00。

# 程序可以做什么
said-scope-nothing = 知道您是谁
said-scope-self = 属于您的一切
said-scope-inherit = 您能做的一切
said-scope-access-servers = 使用服务器
said-scope-access-services = 使用服务
said-scope-list-users = 列出用户
said-scope-read-names = 读取用户名称
said-scope-read-groups = 读取用户所在的组
said-scope-read-activity = 读取用户最近的活动时间
said-scope-servers = 启动和停止服务器
said-scope-read-servers = 查看服务器及其所有者
said-scope-start-servers = 启动和编辑服务器
said-scope-delete-servers = 停止和删除服务器
said-scope-tokens = 创建、读取和吊销用户的 API 令牌
said-scope-read-tokens = 查看用户的 API 令牌
said-scope-shares = 共享服务器和取消共享
said-scope-read-shares = 查看服务器与谁共享
said-only-you = 仅您自己
said-only-service-this = 仅此服务
said-only-server-this = 仅此服务器
said-only-server-default = 仅您的默认服务器
said-only-server-yours = 仅您的服务器 { $server }
said-only-server-default-of = 仅 { $user } 的默认服务器
said-only-server-of = 仅 { $user } 的服务器 { $server }
said-only-user = 仅用户 { $user }
said-only-group = 仅组 { $group } 中的用户
said-only-service = 仅服务 { $service }

# From a learning platform, and from a directory
onward-heading = 正在前往
onward-lead = 您的学习平台将您带到了这里。登录会自动继续。
onward-go = 继续
said-login-suspended = 您的账户已被暂停。请询问管理您所在机构目录的人。
said-lti-invalid = 您的学习平台发送的内容无效。请在那里重新打开链接，或告知此中心的管理者。
said-lti-nobody = 您的学习平台没有说明您是谁。平台的管理者可以允许。
said-lti-not-begun = 此登录不是在此浏览器中开始的，或者已经过了太久。请在您的学习平台上用单独的窗口重新打开链接。
said-lti-from-course = 请从通向这里的地方进入，例如您的课程。

# Passkeys, and programs without a browser
said-passkey-refused = 不能用此通行密钥在这里登录。
said-passkey-late = 通行密钥的回答来得太晚，或不是给本页的。请重试。
said-passkey-not-taken = 新的通行密钥未被接受。请重试；须在 5 分钟内创建。
said-passkey-many = 您已有 20 个通行密钥。请移除一个不用的。
said-passkey-added = 您可以使用新的通行密钥登录了。
said-passkey-removed = 该通行密钥不能再用于登录。
said-passkey-last-codes = 那是您的最后一个通行密钥。您将用密码和一次性验证码登录。
said-passkey-last = 那是您的最后一个通行密钥。现在任何知道您密码的人仅凭密码就能登录。
said-passkey-unconfirmed = 此通行密钥不能确认您的身份。请重试，或输入您的密码。
said-device-unknown = 没有程序在等待此代码。代码 10 分钟内有效且只能用一次：请在程序中重新开始。
said-device-letters = 代码由 8 个字母组成。
said-device-many = 您尝试的代码太多。请一小时后再试。
said-device-allowed = 程序已得到所请求的内容。请回到程序；本页可以关闭。
said-device-denied = 已拒绝该程序。如果这不是您自己发起的，可能有人试图通过您进入。
