# ページの日本語。

language-name = 日本語
language-label = 言語

## すべてのページ

page-skip = 本文へ移動
page-main-menu = メインメニュー
page-sign-out = サインアウト
page-dark = 暗い表示にする
page-light = 明るい表示にする
page-announcement = お知らせ
page-acting = { $name } として操作しています。操作はあなたの名前 { $by } で記録されます。
page-acting-stop = この人としての操作をやめる
page-template-fault = このサイトのテンプレートが使えないため、組み込みのページを表示しています: { $problem }。この表示は管理者だけに見えます。
