## Pages about errors

# What stands around them
error-reference = 管理员可在日志中用 { $number } 查到。
error-detail = 供协助您的人参考
# Where to go on
said-error-to-home = 主页
said-error-to-login = 登录
said-error-to-others = 用其他账户登录
said-error-to-again = 重试
said-error-to-server = 启动服务器
# What happened, and what to do
said-error-form = 此表单已过期
said-error-form-what = 它打开的时间太长，或者您在此期间登录或退出过。
said-error-rights = 您无权执行此操作
said-error-rights-what = 您的账户没有所需的权限。
said-error-rights-hint = 请向管理员申请，或用有此权限的账户登录。
said-error-nothing = 这里什么也没有
said-error-nothing-what = 此地址没有页面。
said-error-nothing-hint = 请检查地址是否有误，或从主页继续。
said-error-hidden-what = 没有此名称的内容，或您无权查看。
said-error-hidden-hint = 请检查地址。如果是别人给您的，请问对方您是否有权访问。
said-error-server = 无法访问此服务器
said-error-server-hint = 其所有者或管理员可以授予您访问权限。您也可能登录了其他账户。
said-error-link = 此链接已失效
said-error-client = 无法在那里登录
said-error-client-what = 将您带到这里的应用没有按要求发出请求。
said-error-client-hint = 请返回并重新开始。如果没有用，请把下面的内容告知其运营者。
said-error-fault = 这里出了问题
said-error-fault-what = Hub 自身出现了故障，并非由您的操作引起。
said-error-fault-hint = 请重试。如果再次发生，请将下面的编号和时间告知管理员。
said-error-fault-plain = 未能完成。
said-error-fault-plain-hint = 请重试。如果再次发生，请告知管理员。
said-error-access = 无法访问
said-error-access-what = 您不能进入此处。管理员可以更改。
said-error-method = 此处不支持此请求
said-error-method-what = 此地址存在，但不接受这种请求。
said-error-method-hint = 请从主页继续。如果请求是程序发送的，需要在程序中更正。
said-error-slow = 耗时过长
said-error-slow-what = 请求没有及时到达。
said-error-slow-hint = 请检查网络连接后重试。
said-error-meanwhile = 现在无法完成
said-error-meanwhile-what = 在此期间有其他内容发生了变化。
said-error-meanwhile-hint = 请返回，刷新页面，查看当前状态。
said-error-large = 内容过大
said-error-large-what = 请求超过了此处接受的大小。
said-error-large-hint = 请减少一次发送的内容。文件应在运行中的服务器里上传。
said-error-stopped = 服务器没有运行
said-error-stopped-what = 它已被停止，或已结束。
said-error-many = 一次请求过多
said-error-many-what = 请求超过了一次可以处理的数量。
said-error-many-hint = 请稍等片刻再试。
said-error-away = 暂时不可用
said-error-away-what = 所需的某项服务没有响应。
said-error-away-hint = 请稍后再试。如果持续如此，请告知管理员。
said-error-odd = 无法这样处理
said-error-odd-what = 请求中缺少内容，或有不正确之处。
said-error-odd-hint = 请返回重试。
