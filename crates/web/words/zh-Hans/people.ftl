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
account-acted = { $by } 正以此人身份操作
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
passkeys-to-rename = 要重命名的通行密钥
passkeys-rename-to = 新名称
passkeys-rename = 重命名
passkeys-rename-confirmed = 重命名，并用通行密钥确认
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

## 邮箱地址、忘记的密码、邀请

forgot-title = 忘记密码？
forgot-look = 请查看您的邮箱
forgot-done = 如果该账户存在且此处知道其邮箱地址，链接已发出。链接在 { $minutes } 分钟内可使用一次。
forgot-nothing = 没有收到？请向管理员索取链接。
forgot-lead = 我们会向您账户的邮箱地址发送一个链接，用它可以设置新密码。
forgot-who = 用户名或邮箱地址
forgot-send = 发送链接
forgot-back = 返回登录
setup-join = 您收到了邀请
setup-join-lead = 请为您的账户选择用户名和密码。
setup-reset = 设置新密码
setup-reset-lead = 用于 { $user }。此链接只能使用一次；之后请用新密码登录。
setup-reset-save = 保存密码
signup-domains = 使用 { $domains } 的地址时，通过链接确认即可，无需等待。
confirm-title = 确认您的邮箱地址
confirm-account = 如果 { $email } 是您的地址，并且您以 { $name } 注册过，确认后该账户即归您使用。
confirm-address = 如果 { $email } 是您的地址，确认后它将成为账户 { $name } 的邮箱地址。
confirm-submit = 确认
confirm-not-you = 如果这不是您的请求，请关闭此页面：什么都不会发生。
account-email = Hub 会写信到 { $email }，例如在您忘记密码时。
account-no-email = Hub 不知道您的邮箱地址，您忘记密码时无法提供帮助。
account-new-email = 新的邮箱地址
account-send-link = 向该地址发送链接
admin-invite = 邀请他人
invitations-title = 邀请
invitations-lead = 持有邀请链接的人可以选择用户名和密码，并获得账户。
invitations-made = 链接仅在此刻显示：
invitations-by = 邀请人
invitations-sent = 发送至
invitations-groups = 组
invitations-left = 剩余次数
invitations-until = 有效期至
invitations-revoke = 撤销
invitations-none = 没有邀请。您创建的邀请会显示在这里，直到用完或过期。
invitations-new = 新的邀请
invitations-email = 发送到此邮箱地址
invitations-email-help = 留空：由您自行转发链接。
invitations-into = 加入的组
invitations-into-help = 用逗号分隔；可以留空。
invitations-uses = 可使用的人数
invitations-days = 有效天数
invitations-make = 创建邀请
