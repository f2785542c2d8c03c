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
home-change = 更多
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
