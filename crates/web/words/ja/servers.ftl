## サーバー

server-yours = あなたのサーバー
server-of = { $user } さんのサーバー
server-try-again = もう一度試す
server-stop = 停止
server-log = サーバーが最後に出力した行
state-stopped = 停止中
state-starting = 起動中
state-ready = 実行中
state-stopping = 停止処理中
state-failed = 失敗

## ホーム

home-title = ホーム
home-server = あなたのサーバー
home-servers = あなたのサーバー
home-my-server = マイサーバー
home-stopping = { $server }を停止しています
home-not-stopped = { $server }を停止できませんでした：{ $problem }
home-hub-busy = ハブが応答していません。数秒後にもう一度試してください。
home-hub-refused = { $message }。このページを再読み込みして、もう一度試してください。
home-hub-away = ハブに接続できません。接続を確認して、もう一度試してください。
home-since = { $time } から
home-at = { $time } に
home-stops-at = { $time }停止されます。
home-log = サーバーの出力
home-still-here = まだ使っています
home-open = 開く
home-progress = 進行状況を表示
home-stops = 停止処理中…
home-start = 起動
home-change = その他
home-rename = 名前を変更
home-files-stay = ファイルは残ります。ホームフォルダーの中にあります。
home-delete = このサーバーを削除
home-none = サーバーがありません。
home-files = あなたのファイル
home-storage = ファイルの使用量は { $used } です（{ $time } 時点）。
home-storage-of = ファイルの使用量は { $limit } のうち { $used } です（{ $time } 時点）。
home-another = 別のサーバー
home-add = サーバーを追加
home-add-help = 名前は自由です。プロファイルは別になり、ホームフォルダーは共通です。

## 起動から実行まで

spawn-title = サーバーの起動
spawn-yours = あなたのサーバーを起動
spawn-of = { $user } さんのサーバーを起動
spawn-for = { $user } さんのサーバーを起動します
spawn-what = 起動するもの
spawn-or-another = またはほかの{ $choice }
spawn-back = 戻る
pending-title = { $server }を起動しています
pending-lead = 実行が始まると自動的に移動します。
pending-usual = 通常は約 { $seconds } 秒かかります。
pending-opening = 実行中です。開いています。
pending-failed = サーバーは起動しませんでした
pending-stopped = 停止しました
pending-no-reason = サーバーは起動しませんでした。理由は示されていません。
pending-reloads = このページは数秒ごとに再読み込みされます。
pending-lost = ハブとの接続が切れました。サーバーの起動は続いています。再接続しています…
pending-steps = これまでの手順
stop-pending-lead = 停止すると、再び起動できます。このページは自動的に更新されます。
not-running-yours =
    { $named ->
        [yes] あなたのサーバー「{ $server }」は停止しています
       *[no] あなたのサーバーは停止しています
    }
not-running =
    { $named ->
        [yes] { $user } さんのサーバー「{ $server }」は停止しています
       *[no] { $user } さんのサーバーは停止しています
    }
not-running-yours-failed =
    { $named ->
        [yes] あなたのサーバー「{ $server }」は起動しませんでした
       *[no] あなたのサーバーは起動しませんでした
    }
not-running-failed =
    { $named ->
        [yes] { $user } さんのサーバー「{ $server }」は起動しませんでした
       *[no] { $user } さんのサーバーは起動しませんでした
    }
not-running-failed-title = 起動に失敗しました
not-running-no-reason = 前回の起動は失敗しました。理由は示されていません。
not-running-lead = サーバーが停止している間もファイルは保持されます。続けるには起動してください。
not-running-soon = { $seconds } 秒後に起動します。
not-running-not = 自動的には起動しません。
not-running-cancel = 起動しない
