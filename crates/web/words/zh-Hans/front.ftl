## 主页

home-choose = 其他选项
home-of = { $used } / { $most }
home-uses = { $server } 当前的用量
home-last-used = 上次使用：{ $time }
home-recent = 最近使用
home-copy = 复制链接
home-restart = 重新启动
home-restart-sure = 要重新启动 { $server } 吗？其中运行的程序将结束，文件会保留。
home-leave = 保持不变
home-delete-sure = 要删除 { $server } 吗？
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
spawn-cost-free = 占用 { $most } 中的 { $takes }
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

## 共享

home-share = 共享
sharing-title = 共享 { $server }
sharing-lead = 有访问权限的人可以像您一样在此服务器中工作：运行代码，读取和更改您的文件。
sharing-who = 谁有访问权限
sharing-nobody = 只有您自己。
sharing-group = { $name }（组）
sharing-may-use = 可以在它运行时使用
sharing-may-start = 也可以启动和停止它
sharing-take = 收回
sharing-with = 与他人共享
sharing-kind = 共享给谁
sharing-person = 用户
sharing-a-group = 组
sharing-also = 也可以启动和停止它
sharing-give = 共享
sharing-links = 可获得访问权限的链接
sharing-until = 有效期至 { $time }
sharing-used =
    { $count ->
        [0] 尚未使用
       *[other] 已使用 { $count } 次
    }
sharing-end = 作废链接
sharing-lasts = 链接的有效期
sharing-days = { $count } 天
sharing-make = 创建链接
sharing-made = 您的链接
sharing-made-help = 请发送给需要访问权限的人。它只显示这一次。
