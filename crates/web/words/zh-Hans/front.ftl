## 主页

home-choose = 其他选项
home-of = { $used } / { $most }
home-uses = { $server } 当前的用量
home-last-used = 上次使用：{ $time }
home-copy = 复制链接
home-restart = 重新启动
home-quotas = 您可以使用的资源
home-quotas-group = { $group } 全体合计
home-shared = 与您共享
home-shared-more = 还有更多。
home-services = 服务
copy-done = 已复制
kind-servers = 服务器
kind-cpu = 核心
kind-memory = 内存
kind-storage = 文件
kind-gpu = GPU
kind-hours = 本月小时数

## 启动

spawn-last = 上次使用
spawn-cost = 占用 { $most } 中的 { $takes }，已用 { $used }
spawn-link = 以此启动的链接
spawn-link-help = 打开此链接的人会按这些选择启动自己的服务器。
spawn-link-own = 它按这些选择启动此服务器。

## 启动途中

pending-phase-turn = 正在排队等待
pending-phase-ready = 正在准备
pending-phase-answer = 正在等待响应
pending-cancel = 取消启动
pending-log = 服务器的输出
pending-log-empty = 它还没有输出任何内容。
not-running-start = 启动服务器
