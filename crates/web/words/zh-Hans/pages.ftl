# 页面上的简体中文。

language-name = 简体中文
language-label = 语言

## 每个页面

page-skip = 跳到正文
page-main-menu = 主菜单
page-sign-out = 退出登录
page-dark = 深色页面
page-light = 浅色页面
page-announcement = 公告
page-acting = 您正以 { $name } 的身份操作。您所做的一切都会以您的名字 { $by } 记录。
page-acting-stop = 停止以此人身份操作
page-template-fault = 本站的一个模板无法使用，因此显示内置页面：{ $problem }。只有管理员会看到此提示。
