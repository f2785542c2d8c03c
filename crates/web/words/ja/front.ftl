## ホーム

home-choose = 他のオプション
home-of = { $used } / { $most }
home-uses = { $server }の現在の使用量
home-last-used = 最終使用: { $time }
home-copy = リンクをコピー
home-restart = 再起動
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
share-title = { $server }を共有
share-lead = アクセスできる人は、あなたと同じようにこのサーバーで作業します。コードを実行し、あなたのファイルを読み書きできます。
share-who = アクセスできる人
share-nobody = あなただけです。
share-group = { $name }（グループ）
share-may-use = 実行中に使用できます
share-may-start = 起動と停止もできます
share-take = 取り消す
share-with = 誰かと共有
share-kind = 共有相手
share-person = ユーザー
share-a-group = グループ
share-also = 起動と停止も許可する
share-give = 共有
share-links = アクセスを許可するリンク
share-until = { $time }まで
share-used = { $count }回使用
share-end = リンクを無効にする
share-lasts = リンクの有効期間
share-days = { $count }日
share-make = リンクを作成
share-made = あなたのリンク
share-made-help = アクセスを許可する人に送ってください。表示されるのは今だけです。
