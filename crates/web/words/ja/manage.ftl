## The pages of the administration

manage-nav = 管理ページ
manage-profiles = プロファイル
manage-services = サービス
manage-tokens = トークン
manage-shares = 共有
manage-audit = 監査ログ
manage-settings = 設定
manage-health = 稼働状況
manage-first = 最初のページ
manage-filter-all = すべて表示
manage-none = 該当するものはありません。フィルターを変更するか、すべて表示してください。

## Servers on the administration page

servers-lead = すべてのサーバー。最後に使われたものから順に並びます。
servers-search = 利用者名またはサーバー名で検索
servers-state = 状態
servers-profile = プロファイル
servers-owner = 利用者
servers-server = サーバー
servers-default = 既定のサーバー
servers-used = 最終使用
servers-started = 開始
servers-use = 使用量
servers-memory = メモリ { $size }
servers-cores = { $cores } コア
servers-active = 実行中または移行中
servers-unseen = このページは開けますが、表示できるサーバーはありません。
servers-choose = サーバー { $name } を選択
servers-delete-title = { $count } 台のサーバーを削除しますか？
servers-delete-help = 実行中のものは停止されます。ファイルは残ります。既定のサーバーは削除できません。

## Drained hubs

drain-title = サーバーの開始
drain-shown = 現在、サーバーは開始できません。実行中のサーバーはそのまま動き続けます。
drain-on = { $since } から { $by } が停止しています。
drain-off = サーバーを開始できます。
drain-help = メンテナンスの前に：実行中のサーバーは動き続け、再び許可するまで、このデータベースのどのハブでも新しいサーバーは開始されません。
drain-message = 利用者への案内
drain-message-help = 例：日曜日の8時から10時までメンテナンス。空欄でもかまいません。
drain-begin = サーバーの開始を止める
drain-change = 案内を変更
drain-end = 再び開始できるようにする

## Shutdown

shutdown-title = ハブを停止
shutdown-sure = このハブを停止しますか？
shutdown-help = このページを表示しているハブが終了します。再び開始されるか、別のハブが引き継ぐまで、サインインもサーバーの開始もできません。
shutdown-servers = すべてのサーバーも停止する
shutdown-edge = プロキシも停止する
shutdown-not = 動かし続ける
shutdown-begun = ハブを停止しています
shutdown-begun-help = 数秒で終了します。ページを再読み込みすると、戻ったかどうかがわかります。

## Health

health-good = 正常
health-warn = 要確認
health-bad = 故障
health-off = 未使用
health-database = データベース
health-database-do = 応答が遅いか、応答がありません。動作しているか、マシンの負荷を確認してください。
health-edge = プロキシ
health-edge-do = 応答がないため、新しいサーバーに接続できません。動作しているか、ハブと同じトークンを持つかを確認してください。
health-hubs = ハブ
health-hubs-do = 1分以上応答がないものがあるか、バージョンが異なります。終了したものを再起動し、バージョンをそろえてください。
health-spawner = サーバーの実行方法
health-spawner-do = このマシンでは、サーバーの分離や制限の一部ができません：
health-starts = サーバーの開始
health-starts-do = 最近の開始が続けて失敗しているか、開始が止められています。理由はサーバーの一覧に表示されます。
health-culler = 未使用サーバーの停止
health-mail = メール
health-mail-do = 多くのメールが送信待ちです。`perijove mail test` でメールサーバーの応答を確認できます。
health-environments = Python 環境
health-environments-do = 構築に失敗しました。`perijove environments build NAME` で再試行できます。
health-services-do = 応答しないものがあります：
health-version = バージョン
health-address = アドレス
health-seen = 最後の応答
health-leases = リース
health-this = これ
health-silent = 応答なし

## The audit log

audit-lead = 何が、誰によって、どこから行われたか。新しい順です。
audit-export = JSON Lines でダウンロード
audit-at = 日時 (UTC)
audit-actor = 実行者
audit-act = 操作
audit-target = 対象
audit-detail = 詳細
audit-from = 接続元
audit-since = 開始 (UTC)
audit-until = 終了 (UTC)

## Tokens of everybody

tokens-lead = プログラムがサインインに使うもの。利用者とサービスのものを新しい順に表示します。秘密そのものは誰にもわかりません。
tokens-owner = 利用者またはサービスの名前（全体）
tokens-owner-head = 所有者
tokens-kind = 種類
tokens-own = 自分で作成
tokens-issued = サーバーやアプリに発行
tokens-until = 期限
tokens-endless = 無期限
tokens-unused = 未使用期間
tokens-days = { $count } 日
tokens-note = メモ
tokens-revoke = 取り消す
tokens-revoked = { $owner } のトークンを取り消しました。

## Shares of everybody

shares-lead = どのサーバーが誰と共有されているか。新しい順です。
shares-owner = サーバーの所有者の名前（全体）
shares-with = 共有相手
shares-none = 共有されているものはありません。
shares-codes = コード
shares-codes-help = 提示した人に共有されます。取り消しても、すでに共有されたものはそのままです。
shares-used = 使用回数
shares-ended = { $server } の共有を終了しました。

## Services, profiles and settings on the administration page

services-lead = ハブを使うほかのプログラム。設定によるものと、ここで作成したものがあります。
services-none = サービスはありません。
services-answers = 応答あり
services-silent = 応答なし
services-runs = 実行中
services-ended = 終了
services-configured = 設定から
services-made = 実行時に作成
services-managed = ハブが実行
services-new = 新しいサービス
services-url = 待ち受けアドレス
services-url-help = 例：http://10.0.0.7:9000。/services/ の下で公開されます。API だけを使うプログラムでは空欄にします。
services-token = トークン
services-token-help = サービス側も知っている8〜64文字。`openssl rand -hex 32` で作れます。再表示はされません。
services-token-new = 新しいトークンを作成
services-token-new-help = 一度だけ表示されます。古いトークンと古い OAuth シークレットはすぐに無効になります。
services-token-sure = { $service } の新しいトークンを作成しますか？ 以後、古いトークンは使えません。
services-token-made = { $service } の新しいトークン
services-token-made-help = 表示されるのは今だけです。サービスに設定してください。古いトークンは無効です。
services-redirect = サインイン後の戻り先
services-redirect-help = 空欄の場合は、サービスのアドレスの下の通常のものになります。
services-scopes = 訪問者に求めてよいスコープ（1行に1つ）
services-display = 上部のバーに表示する
services-no-confirm = アカウントの使用許可を尋ねない
services-add = サービスを作成
services-added = { $service } を作成しました。
services-deleted = { $service } を削除しました。
services-delete-help = トークンは無効になり、サインインできなくなります。プログラム自体は動き続けます。
services-delete-not = 残す
profiles-lead = 設定にあるサーバーの種類。対象者と、現在の実行数です。
profiles-none = 設定にプロファイルがありません。すべてのサーバーが同じように開始されます。
profiles-default = 既定
profiles-for = 対象：
profiles-everybody = 全員
profiles-role = ロール
profiles-entitled = （利用資格の設定も適用されます）
profiles-running = サーバー { $count } 台
profiles-others = プロファイルなしで { $count } 台が実行中です。
settings-lead = このハブの設定と、それぞれの値の出どころ。秘密は表示されません。
settings-none = 設定されていません。既定値が使われます。
settings-all = 既定値も表示
settings-set = 設定済みのみ表示
settings-secret = 非表示
settings-default = 既定値
settings-file = perijove.toml
settings-environment = 環境変数
services-change = 変更
services-changed = { $service } を変更しました。
services-save = サービスを保存
services-keep = 変更しない
