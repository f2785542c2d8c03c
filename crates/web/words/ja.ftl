# ページの日本語。

language-name = 日本語
language-label = 言語

## すべてのページ

page-skip = 本文へ移動
page-main-menu = メインメニュー
page-sign-out = サインアウト
page-announcement = お知らせ

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

## パスワード

password-user-name = ユーザー名
password-again = パスワード（もう一度）
password-help = { $count } 文字以上。互いに関係のない言葉をいくつか並べるとよいパスワードになります。
password-differs = 2 つのパスワードが異なります。

## サインイン

login-title = サインイン
login-username = ユーザー名：
login-password = パスワード：
login-otp = ワンタイムコード（OTP）：
login-otp-help = 認証アプリを設定している場合は、表示される 6 桁の数字。
login-sign-up = アカウントを作成
login-or = または
login-no-way = このハブにはサインインの方法が設定されていません。管理している人に問い合わせてください。

logout-title = サインアウト
logout-heading = サインアウトしました
logout-lead = 実行中のサーバーはそのまま動き続けます。
logout-again = もう一度サインイン

## 最初のアカウント、招待、登録

setup-title = 初期設定
setup-heading = Perijove の初期設定
setup-lead = 最初のアカウントを作成します。これは管理者のアカウントです。このリンクは一度だけ使えます。
setup-welcome = ようこそ
setup-welcome-you = ようこそ、{ $user } さん
setup-invite-lead = アカウントのパスワードを決めてください。このリンクは一度だけ使えます。
setup-save = 保存してサインイン

signup-title = 登録
signup-lead = 名前とパスワードを決めてください。
signup-email = メールアドレス
signup-submit = アカウントを作成
signup-have-one = アカウントをお持ちですか？
signup-thanks = ありがとうございます

waiting-title = アカウントを待っている人
waiting-lead = 登録済みの人です。承認されるとサインインできます。
waiting-from = 接続元
waiting-let-in = 承認
waiting-turn-down = 却下
waiting-nobody = 待っている人はいません。登録した人がここに表示されます。

## 自分のアカウント

account-title = あなたのアカウント
account-lead = どこで、どのようにサインインしているか。
account-your-password = 現在のパスワード
account-sessions = サインイン中
account-browser = ブラウザー
account-address = アドレス
account-since = 開始
account-last-seen = 最終利用
account-unknown = 不明
account-this-one = このブラウザー
account-end-one = サインアウト
account-end-others = ほかのすべてからサインアウト
account-password = パスワード
account-language = 言語
account-language-label = ページとメールの言語
account-language-browser = ブラウザーの言語
account-language-save = 言語を保存

codes-title = ワンタイムコード
codes-recovery = これらの回復コードを、アプリがなくても見つかる場所に保管してください。それぞれ一度だけコードの代わりに使えます。再び表示されることはありません。
codes-since = { $time } から、パスワードに加えてアプリのコードが必要です。
codes-left = 回復コードは残り { $count } 個です。
codes-new-recovery = 新しい回復コードを作成
codes-remove = コードを求めないようにする
codes-scan = 認証アプリでこの画像を読み取り、表示されたコードを入力してください。
codes-picture = 認証アプリ用の QR コード
codes-secret = カメラがない場合は、このキーを入力してください：{ $secret }
codes-code = コード
codes-confirm = 今後コードを求める
codes-why = 認証アプリを使うと、パスワードを知られてもサインインされません。
codes-propose = ワンタイムコードを設定

linked-title = ほかのサインイン方法
linked-one = { $method }：{ $subject }（{ $time } から）
linked-unlink = 連携を解除
linked-link = 連携：{ $label }

change-title = パスワードの変更
change-lead = 変更すると、ほかのすべての場所からサインアウトします。
change-old = 古いパスワード
change-new = 新しいパスワード
change-again = 新しいパスワード（もう一度）
change-submit = パスワードを変更

## Passkeys, and programs without a browser

login-passkey = パスキーでサインイン
login-passkey-second = コードの代わりにパスキーを使う
login-passkey-failed = パスキーは使われませんでした。もう一度試すか、別の方法でサインインしてください。
passkeys-title = パスキー
passkeys-lead = パスキーなら、端末の指紋・顔・PIN でサインインできます。誰かに知られるパスワードがありません。
passkeys-lead-codes = パスワードの後では、ワンタイムコードの代わりになります。
passkeys-name = 名前
passkeys-site = 対象
passkeys-last-used = 最終使用
passkeys-never = 未使用
passkeys-new-name = 新しいパスキーの名前
passkeys-new-name-help = 見分けるための名前です。保存している端末やプログラムなど。
passkeys-add = パスキーを追加
passkeys-add-confirmed = 追加する（手持ちのパスキーで確認）
passkeys-unable = パスキーには JavaScript と対応ブラウザーが必要で、アドレスはこのハブの名前で https でなければなりません。
passkeys-to-remove = 削除するパスキー
passkeys-last = 最後の一つです。なくなると、パスワードを知る人なら誰でもパスワードだけでサインインできます。
passkeys-last-codes = 最後の一つです。なくなると、パスワードとワンタイムコードでサインインします。
passkeys-remove = 削除
passkeys-remove-confirmed = 削除する（パスキーで確認）
passkeys-failed = パスキーは使われませんでした。もう一度試すか、パスワードを入力してください。
device-title = プログラムのサインイン
device-lead = { $client } があなた（{ $you }）に代わって操作する許可を求めています。自分で起動し、このコードが表示されている場合だけ進んでください。
device-from = 要求元
device-program = プログラム
device-warning = このコードやこのページへのリンクが誰かから送られてきたものなら、拒否してください。その人があなたの名前で操作することになります。
device-type = プログラムに表示されたコードを入力してください。
device-continue = 続ける

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
home-change = 変更
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

## 管理

admin-title = 管理
admin-people = ユーザー
admin-lead = { $count } 人。ほかの操作は API で行います。
admin-name = 名前
admin-servers = サーバー
admin-default-server = 既定のサーバー
admin-administrator = 管理者
admin-never = なし
admin-running = { $count } 台実行中
admin-none-running = 実行中のものなし
admin-nobody = このページには誰もいないか、表示する権限がありません。
admin-earlier = 前の名前
admin-further = 次の名前

roles-title = ロール
roles-lead = ロールは権限の一覧です。自分で、またはグループを通じてロールを持つ人は、その権限が許すことができます。
roles-none = ほかにロールはありません。
roles-earlier = 前のロール
roles-more = 次のロール
roles-new = 新しいロール
roles-name-help = a-z、0-9、- _ . ~ からなる 3～255 文字。英字で始まります。
roles-scopes-help = 1 行に 1 つ。例：{ $example }。ロールに、あなた自身の権限を超えるものは入れられません。
roles-make = ロールを作成

role-all = すべてのロール
role-allows = 許可すること
role-for = 用途
role-scopes = 権限（スコープ）
role-scopes-help = 1 行に 1 つ。変更は、ロールを持つ全員にすぐ反映されます。
role-no-scopes = 権限なし
role-save = ロールを保存
role-delete = このロールを削除
role-delete-help = 持っている人はロールを失います。元に戻せません。
role-delete-it = { $role } を削除
role-holders = 持っている人
role-user = ユーザー
role-group = グループ
role-service = サービス
role-given = { $by } が付与
role-given-at = { $by } が付与、{ $time }
role-until = { $time } まで
role-no-end = 無期限
role-take = 取り上げる
role-nobody = まだ誰も持っていません。
role-more = ほか { $count } 件（API で一覧できます）
role-give = 誰かに付与
role-kind = 対象
role-end = 期限
role-end-help = UTC。空の場合は無期限です。
role-give-submit = ロールを付与

## うまくいかなかったこと

nothing-title = ここには何もありません
nothing-lead = このアドレスにページはありません。
nothing-hint = アドレスに誤りがないか確認するか、ホームから進んでください。
error-reload = このページを再読み込み

## コードの中の文

# サインイン
said-login-wrong = ユーザー名またはパスワードが違います
said-login-form-expired = このフォームは無効か、期限切れです。もう一度試してください。
said-login-code-wanted = パスワードをもう一度、ワンタイムコードとともに入力してください。
said-login-nobody = ここには誰もサインインできません。
said-login-unnamed = この要求は誰からのものか示していません。みんなが使うアドレスから来るか、管理者に問い合わせてください。
said-login-no-access = そちらではサインインしていますが、このハブを使う権限がありません。管理者に問い合わせてください。
said-login-with = { $provider } でサインイン
said-login-first = まずサインインし、それから別のサインイン方法を連携してください。
said-login-astray = この要求は誰からのものかを示していますが、それが認められる場所から来ていません。みんなが使うアドレスからサインインするか、管理者に問い合わせてください。
said-login-begin-again = このサインインは別のブラウザーで始められたか、時間がかかりすぎました。最初からやり直してください。
said-login-cancelled = { $provider } でのサインインは、そちらで取り消されたか拒否されました。
said-login-untold = { $provider } はあなたが誰であるかを伝えていません。もう一度サインインしてください。
said-login-unnamed-there = { $provider } はここでのあなたの名前を伝えていません。管理者に知らせてください。
said-login-scopes = { $provider } は、ここに入るために必要なものをすべては許可していません。
said-login-away = { $provider } は現在サインインを処理できません。数分後にもう一度試してください。
said-login-unasked = 現在 { $provider } にあなたが誰であるかを問い合わせできません。数分後にもう一度試してください。
said-login-unverified = メールアドレスが確認されていません。サインイン先で確認してから、戻ってきてください。
said-login-domains = ここに入れるのは { $domains } のアカウントだけです。
said-login-name-taken = 名前 { $name } は、ここでは別のアカウントのものです。あなたのアカウントであれば、以前の方法でサインインし、アカウントのページでこのサインイン方法を連携してください。そうでなければ管理者に問い合わせてください。
said-login-busy = 現在サインインする人が多すぎます。数秒後にもう一度試してください。
said-login-crowd = ちょうど今サインインする人が多すぎます。少し待ってもう一度試してください。
said-login-unchecked = 現在パスワードを確認できません。1 分後にもう一度試してください。
said-login-pam-away = 現在パスワードを確認できません。後でもう一度試すか、管理者に知らせてください。
said-login-pam-refused = このマシンのあなたのアカウントは使えません：{ $why }。管理者に問い合わせてください。
said-login-codes-unreadable = ワンタイムコードを確認できません。コードなしでサインインできるリンクを管理者に求めてください。
said-link-signed-out = その間にサインアウトしています。サインインしてもう一度試してください。
said-link-taken = そのアカウントは、ここでは別のアカウントと連携しています。

# パスワードと名前
said-passwords-differ = 2 つのパスワードが一致しません。
said-password-short = パスワードは { $length } 文字です。{ $least } 文字以上必要です。
said-password-long = パスワードが長すぎます。{ $most } バイトで十分です。
said-password-name = パスワードが、ほかの人の知っている名前とほとんど同じです。別のものにしてください。
said-password-common = このパスワードは多くの人が使っていて、最初に試されるもののひとつです。別のものにしてください。
said-password-easy = このパスワードは簡単に推測できます。互いに関係のない言葉をいくつか並べるとよいパスワードになります。
said-password-wrong = パスワードが違います。
said-password-old-wrong = 古いパスワードが違います。
said-password-none = ここではパスワードを使っていません。
said-password-none-hint = サインインは別の場所で行っています。パスワードはそちらで変更してください。
said-password-others = ここでは、ほかの人のパスワードを設定することはできません。
said-name-taken = この名前は使われています。
said-name-unusable = この名前は使えません：{ $why }。
said-name-invalid = 無効な名前：{ $why }。

# リンク、招待、登録
said-setup-gone = このリンクは使用済みか、期限切れです。
said-setup-gone-hint = 新しいリンクを管理者に求めてください。最初の管理者のリンクは、ハブの起動時に表示されます。
said-setup-used = このリンクはたった今使われました。
said-setup-late = 管理者はすでにいます。招待してもらってください。
said-signup-taken = この名前は使われているか、使えません。別の名前にしてください。
said-signup-terms = 先に利用規約に同意してください。
said-signup-no-mail = これはメールアドレスではありません。
said-signup-mail-wanted = メールアドレスが必要です。
said-signup-many = あなたの接続元から多くのアカウントが申請されました。1 時間後にもう一度試してください。
said-signup-made = アカウントができました。新しいパスワードでサインインしてください。
said-signup-waits = アカウントは管理者の承認待ちです。承認されるとサインインできます。
said-waiting-has-account = この名前の人はすでにアカウントを持っています。
said-waiting-let-in = { $name } さんはアカウントを持つようになりました。
said-waiting-gone = { $name } さんはもう待っていません。
said-waiting-turned-down = { $name } さんは却下されました。

# 自分のアカウント
said-account-others-out = ほかのすべての場所からサインアウトしました。
said-account-one-out = そこからサインアウトしました。
said-codes-removed = コードは求められなくなりました。
said-codes-new-recovery = 古い回復コードは使えなくなりました。
said-codes-nothing = 確認するものがありません。最初からやり直してください。
said-codes-wrong = このコードは正しくありません。コードは 30 秒ごとに変わります。
said-codes-set = 今後はワンタイムコードが求められます。
said-linked-only = これが唯一のサインイン方法です。
said-linked-gone = そのサインイン方法は、このアカウントとの連携を解除されました。
said-language-unknown = この言語のページはありません。

# さまざまなエラー
said-status-bad-request = 不正な要求
said-status-forbidden = 許可されていません
said-status-not-found = 見つかりません
said-status-internal = 内部エラー
said-status-unavailable = サービスを利用できません
said-error-internal-hint = 原因はハブのログにあります。もう一度試しても問題ありません。
said-error-database = ハブがデータベースに接続できません。
said-error-database-hint = 実行中のサーバーに影響はありません。数秒後にもう一度試してください。
said-error-database-login = ハブがデータベースに接続できません。数秒後にもう一度試してください。
said-error-conflict = ほかの人が先に行いました。もう一度試してください。
said-error-credentials = 認証情報がないか、無効です。
said-error-scopes = この操作を行う権限がありません。次のいずれかが必要です：{ $scopes }
said-error-form-missing = フォーム（{ $method }）にセキュリティキーがありません。
said-error-form-wrong = フォーム（{ $method }）のセキュリティキーがこのブラウザーと一致しません。
said-error-form-hint = 戻ってページを再読み込みし、もう一度試してください。
said-error-form-unreadable = フォームを読み取れません。
said-error-form-unknown = このフォームは認識できません。
said-error-form-nothing = このフォームの要求は、ここでは実行できません。
said-error-too-large = 要求が大きすぎます。

# サーバー
said-server-none = そのサーバーは存在しないか、あなたと共有されていません。
said-server-no-access = { $what } を使う権限がありません
said-server-no-access-hint = 所有者または管理者が権限を与えることができます。
said-server-down = サーバーが停止しているようです。
said-server-down-hint = ホームから再び起動してください。
said-server-unreached = サーバーは実行中ですが、接続できません。
said-server-unreached-hint = ホームで停止してから再び起動してください。それでも直らない場合は、エッジのログを確認してください。
said-server-embedded = サーバーはページまたはリンクから起動します。ほかのページの中からは起動できません。
said-server-running = { $server } はすでに実行中です
said-server-pending = { $server } は起動中です
said-server-stopping = { $server } は停止処理中です
said-server-active = { $server } は実行中です。変更する前に停止してください。
said-server-crowd = 現在、起動中のサーバーが多すぎます。{ $seconds } 秒後にもう一度試してください。
said-server-full = 実行中のサーバーが上限に達しています。数分後にもう一度試してください。
said-server-no-named = ここでは名前付きサーバーは使えません。
said-server-named-most = { $user } さんの名前付きサーバーは上限の { $limit } 台に達しています。先に 1 台削除してください。
said-server-again = サーバーを起動する前に、{ $user } さんはもう一度サインインする必要があります。
said-server-files-full = ファイルの使用量は、上限 { $limit } のうち { $used } です。空きを作るまで、ほかのサーバーは起動しません。
said-server-files-near = ファイルの使用量は、上限 { $limit } のうち { $used } です。なくなる前に空きを作ってください。
said-limit-larger = これには { $wanted } が必要ですが、{ $who } が使えるのは { $allowed } です。より小さいものを選んでください。
said-limit-month = { $who } がサーバーを実行できるのは月に { $allowed } で、{ $used } 使用済みです。次の月は { $month } に始まります。
said-limit-group = グループ「{ $group }」全体
said-profile-none = { $user } さんに提供されているプロファイルはありません。管理者が変更できます。

# 実行までの道のり
said-start-requested = サーバーを要求しました
said-start-home = ホームフォルダーを準備しています
said-start-process = サーバーのプロセスを起動しています
said-start-answer = サーバーの応答を待っています
said-start-ready = サーバーの準備ができました：{ $url }
said-start-cancelled = 起動を取り消しました
said-start-failed = 起動に失敗しました：{ $why }
said-start-unanswered = サーバーは実行中ですが、{ $url } で { $seconds } 秒以内に応答しませんでした。
said-start-late = サーバーは { $seconds } 秒以内に起動しませんでした。
said-start-edge = サーバーは実行中ですが、プロキシに知らせることができませんでした。
said-start-ended = サーバーは応答する前に終了しました。
said-start-ended-status = サーバーは応答する前に終了しました [ステータス={ $status }]。
said-start-ended-why = サーバーは応答する前に終了しました。{ $why }
said-ended = サーバーは自ら終了しました。
said-ended-status = サーバーはステータス { $status } で自ら終了しました。
said-ended-why = サーバーは自ら終了しました。{ $why }
said-ended-memory = メモリの上限 { $limit } に達しました。

# 停止の理由
said-stopped = サーバーは停止されました：{ $why }。
said-stopping = このサーバーはまもなく停止されます：{ $why }。
said-because-unused = しばらく誰も使っていません
said-because-idle = { $time }使われませんでした
said-because-age = サーバーの実行は { $time }までです
said-because-hours-set = サーバーは決まった時刻に停止されます（{ $when }）
said-because-month = 今月の { $hours }を使い切りました
said-hours-minutes = { $hours } 時間 { $minutes } 分
said-hours = { $count } 時間
said-minutes = { $count } 分
said-seconds = { $count } 秒

# サーバーが使えるもの
said-amount-core = 1 コア
said-amount-cores = { $count } コア
said-amount-memory = メモリ { $amount }
said-amount-storage = ストレージ { $amount }

# サーバーへの招待
said-share-no-code = このアドレスに招待コードがありません。
said-share-no-code-hint = 送られてきたリンクを、最後まで含めて開いてください。
said-share-unknown = この招待は無効か、期限切れです。
said-share-unknown-hint = 送ってくれた人に新しい招待を求めてください。
said-share-own = これはあなた自身のサーバーです。招待は必要ありません。
said-share-own-hint = 共有したい人にリンクを送ってください。

# トークン
said-life-hour = 1 時間
said-life-day = 1 日
said-life-week = 1 週間
said-life-month = 1 か月
said-life-year = 1 年
said-life-never = 無期限
said-life-hours = 最長（{ $count } 時間）
said-life-days = 最長（{ $count } 日）

# ロール
said-role-built-in = 組み込み
said-role-configuration = 設定から
said-role-authenticator = サインインから
said-role-made = { $name } が作成
said-role-no-holder = そのユーザー、グループ、サービスは存在しないか、ロールを持っていません。
said-role-end = 期限は日付と時刻です。例：2026-12-24T18:00。

# プログラムに許可すること
said-scope-nothing = あなたが誰であるかを知る
said-scope-self = あなたのものすべて
said-scope-inherit = あなたにできることすべて
said-scope-access-servers = サーバーを使う
said-scope-access-services = サービスを使う
said-scope-list-users = ユーザーを一覧する
said-scope-read-names = ユーザーの名前を読む
said-scope-read-groups = ユーザーの所属グループを読む
said-scope-read-activity = ユーザーの最終利用時刻を読む
said-scope-servers = サーバーを起動・停止する
said-scope-read-servers = サーバーとその所有者を見る
said-scope-start-servers = サーバーを起動・編集する
said-scope-delete-servers = サーバーを停止・削除する
said-scope-tokens = ユーザーの API トークンを作成・閲覧・取り消しする
said-scope-read-tokens = ユーザーの API トークンを見る
said-scope-shares = サーバーを共有する、共有をやめる
said-scope-read-shares = サーバーが誰と共有されているかを見る
said-only-you = あなただけ
said-only-service-this = このサービスだけ
said-only-server-this = このサーバーだけ
said-only-server-default = あなたの既定のサーバーだけ
said-only-server-yours = あなたのサーバー { $server } だけ
said-only-server-default-of = { $user } さんの既定のサーバーだけ
said-only-server-of = { $user } さんのサーバー { $server } だけ
said-only-user = { $user } さんだけ
said-only-group = グループ { $group } のユーザーだけ
said-only-service = サービス { $service } だけ

# From a learning platform, and from a directory
onward-heading = 移動中です
onward-lead = 学習プラットフォームからここに来ました。サインインは自動的に続きます。
onward-go = 続ける
said-login-suspended = アカウントは停止されています。組織のディレクトリの管理者に問い合わせてください。
said-lti-invalid = 学習プラットフォームから送られた内容は無効です。そこでリンクをもう一度開くか、このハブの管理者に知らせてください。
said-lti-nobody = 学習プラットフォームはあなたが誰かを伝えていません。その管理者が許可できます。
said-lti-not-begun = このサインインはこのブラウザーで始められていないか、時間が経ちすぎています。学習プラットフォームのリンクを別のウィンドウでもう一度開いてください。
said-lti-from-course = コースなど、ここへ案内する場所から来てください。

# Passkeys, and programs without a browser
said-passkey-refused = このパスキーではここにサインインできません。
said-passkey-late = パスキーの応答が遅すぎたか、このページ宛てではありませんでした。もう一度試してください。
said-passkey-not-taken = 新しいパスキーは受け付けられませんでした。もう一度試してください。5 分以内に作成する必要があります。
said-passkey-many = パスキーが 20 個あります。使っていないものを削除してください。
said-passkey-added = 新しいパスキーでサインインできます。
said-passkey-removed = そのパスキーではもう誰もサインインできません。
said-passkey-last-codes = 最後のパスキーでした。今後はパスワードとワンタイムコードでサインインします。
said-passkey-last = 最後のパスキーでした。今後はパスワードを知る人なら誰でもパスワードだけでサインインできます。
said-passkey-unconfirmed = このパスキーでは本人確認ができません。もう一度試すか、パスワードを入力してください。
said-device-unknown = このコードで待っているプログラムはありません。コードは 10 分間、一度だけ有効です。プログラムでやり直してください。
said-device-letters = コードは 8 文字の英字です。
said-device-many = 試したコードが多すぎます。1 時間後にもう一度試してください。
said-device-allowed = プログラムは求めたものを受け取りました。そちらで続けてください。このページは閉じてかまいません。
said-device-denied = プログラムを拒否しました。自分で始めたのでなければ、誰かがあなたを通じて入ろうとしたのかもしれません。
