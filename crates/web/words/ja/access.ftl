## 許可

oauth-title = アクセスの許可
oauth-heading = アクセスを許可しますか？
oauth-lead = { $client } があなた（{ $you }）の代わりに操作することを求めています。
oauth-lead-nobody = { $client } があなたの代わりに操作することを求めています。
oauth-application = アプリケーション
oauth-sends-to = 移動先
oauth-scopes = できるようになること
oauth-nothing-more = あなたが誰であるかだけを知ります。
oauth-warning = 開くつもりだった場合だけ許可してください。そこではほかの人のコードが動くことがあります。
oauth-allow = 許可
oauth-deny = 許可しない
share-title = 招待
share-heading = 招待を受けますか？
share-lead = あなた（{ $you }）は { $owner } さんのサーバーに招待されています。
share-lead-named = あなた（{ $you }）は { $owner } さんのサーバー「{ $server }」に招待されています。
share-server = サーバー
share-not-running = このサーバーは停止しています。今すぐ招待を受けられますが、使うには { $owner } さんが起動する必要があるかもしれません。
share-scopes = そこでできるようになること
share-warning = サーバーを使える人は、そこでコードを実行し、ファイルを読むことができます。あなたがそこに置いたものは所有者のものにもなります。
share-accept = 招待を受ける
share-next = その後 { $link } に移動します

## トークン

token-title = トークン
token-lead = トークンがあれば、あなたのプログラムはここであなたにできることができます。トークンを持つ人は誰でも同じです。
token-made = 新しいトークン
token-made-help = 今すぐコピーしてください。再び表示されることはありませんが、いつでも別のトークンを作成できます。
token-make = トークンを作成
token-note = メモ
token-note-help = 用途。下の一覧で見分けるためのものです。
token-expires-in = トークンの有効期間
token-may = このトークンでできること
token-permissions = 権限
token-scopes-help = 権限（スコープ）を空白で区切ります。例：{ $example }。空の場合、トークンはあなたにできることをすべてできます。
token-request = 新しい API トークンを発行
token-own = API トークン
token-own-help = トークンを取り消されたサーバーは、再起動が必要です。
token-last-used = 最終使用
token-created = 作成
token-expires = 期限
token-never = なし
token-no-time = 不明
token-scope-count = { $count } 個の権限
token-count = { $count } 個のトークン
token-revoke = 取り消す
token-clients = 許可したアプリケーション
token-clients-help = あなたが開いたサーバーやサービスです。ほとんどは、あなたが誰であるかを知るだけです。
token-first = 最初の許可
