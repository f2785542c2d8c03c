## ホーム

home-choose = 他のオプション
home-of = { $used } / { $most }
home-uses = { $server }の現在の使用量
home-last-used = 最終使用: { $time }
home-recent = 最近使ったもの
home-copy = リンクをコピー
home-restart = 再起動
home-restart-sure = { $server }を再起動しますか? 実行中のプログラムは終了します。ファイルは残ります。
home-leave = そのままにする
home-delete-sure = { $server }を削除しますか?
home-quotas = 使用できる量
home-quotas-group = { $group }全体
home-shared = 共有されているサーバー
home-shared-more = ほかにもあります。
home-services = サービス
copy-done = コピーしました
kind-servers = サーバー
kind-cpu = コア
kind-memory = メモリ
kind-storage = ファイル
kind-gpu = GPU
kind-hours = 今月の時間数

## 起動

spawn-last = 前回使用
spawn-cost = { $most }のうち{ $takes }を使用（使用中: { $used }）
spawn-cost-free = { $most }のうち{ $takes }を使用
spawn-link = この内容で起動するリンク
spawn-link-help = このリンクを開いた人は、この選択で自分のサーバーを起動します。
spawn-link-own = この選択でこのサーバーを起動します。

## 起動中

pending-phase-turn = 順番を待っています
pending-phase-ready = 準備しています
pending-phase-answer = 応答を待っています
pending-cancel = 起動を中止
pending-log = サーバーの出力
pending-log-empty = まだ何も出力していません。
not-running-start = サーバーを起動

## 共有

home-share = 共有
sharing-title = { $server }を共有
sharing-lead = アクセスできる人は、あなたと同じようにこのサーバーで作業します。コードを実行し、あなたのファイルを読み書きできます。
sharing-who = アクセスできる人
sharing-nobody = あなただけです。
sharing-group = { $name }（グループ）
sharing-may-use = 実行中に使用できます
sharing-may-start = 起動と停止もできます
sharing-take = 取り消す
sharing-with = 誰かと共有
sharing-kind = 共有相手
sharing-person = ユーザー
sharing-a-group = グループ
sharing-also = 起動と停止も許可する
sharing-give = 共有
sharing-links = アクセスを許可するリンク
sharing-until = { $time }まで
sharing-used =
    { $count ->
        [0] 未使用
       *[other] { $count }回使用
    }
sharing-end = リンクを無効にする
sharing-lasts = リンクの有効期間
sharing-days = { $count }日
sharing-make = リンクを作成
sharing-made = あなたのリンク
sharing-made-help = アクセスを許可する人に送ってください。表示されるのは今だけです。
