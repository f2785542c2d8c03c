## 一个人

someone-back = 所有用户
someone-about = 基本信息
someone-suspended = 已停用
someone-make-admin = 设为管理员
someone-rename = 更改名称
someone-new-name = 新名称
someone-rename-help = 需要先停止服务器。文件仍归其所有。
someone-rename-submit = 更改
someone-default-server = 默认服务器
someone-no-servers = 还没有服务器。
someone-groups-roles = 组和角色
someone-no-groups = 不在任何组中。
someone-join = 组
someone-join-submit = 加入
someone-role-group = 来自 { $group }
someone-no-roles = 没有角色。
someone-role = 角色
someone-use = 用量和存储
someone-quota-servers = 服务器
someone-quota-cpu = CPU 核心
someone-quota-memory = 内存
someone-quota-storage = 存储
someone-quota-gpu = GPU
someone-quota-hours = 本月小时数
someone-used-of = { $allowed } 中的 { $used }
someone-homes = 文件
someone-trash = 在回收站中
someone-not-measured = 尚未测量
someone-no-homes = 还没有文件。
someone-sign-in = 登录
someone-password = 使用密码
someone-codes = 和一次性验证码
someone-passkeys =
    { $count ->
        [one] 使用 { $count } 个通行密钥
       *[other] 使用 { $count } 个通行密钥
    }
someone-no-ways = 此账户没有保存登录方式。
someone-sessions = 登录的位置
someone-end-session = 退出登录
someone-end-sessions = 全部退出登录
someone-no-sessions = 没有。
someone-tokens = 令牌
someone-token-used = 最近使用 { $time }
someone-token-unused = 从未使用
someone-revoke = 撤销
someone-no-tokens = 没有令牌。
someone-shares = 共享
someone-given = 此人共享的
someone-received = 与此人共享的
someone-nothing-given = 没有。
someone-nothing-received = 还没有。
someone-log = 发生过的事
someone-log-by = 由 { $by }
someone-log-all = 完整日志
someone-no-log = 日志中没有内容。
said-someone-admin = 此人现在是管理员。
said-someone-plain = 此人不再是管理员。
said-someone-joined = 此人在该组中。
said-someone-left = 此人不再在该组中。
said-someone-out = 此人已在那里退出登录。
said-someone-out-all = 此人已在所有地方退出登录。
said-someone-revoked = 令牌已撤销。
said-someone-role-given = 此人已拥有该角色。
said-someone-role-taken = 此人不再拥有该角色。
said-someone-role-admin = 管理员身份请用专门的按钮授予或取消。
