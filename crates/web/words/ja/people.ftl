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
account-acted = { $by } がこの人として操作中
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
passkeys-to-rename = 名前を変えるパスキー
passkeys-rename-to = 新しい名前
passkeys-rename = 名前を変更
passkeys-rename-confirmed = 名前を変更する（パスキーで確認）
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

## メールアドレス、忘れたパスワード、招待

forgot-title = パスワードをお忘れですか？
forgot-look = メールを確認してください
forgot-done = そのアカウントがあり、メールアドレスが登録されていれば、リンクを送信しました。リンクは { $minutes } 分以内に一度だけ使えます。
forgot-nothing = 何も届きませんか？ 管理者にリンクを求めてください。
forgot-lead = 新しいパスワードを決めるためのリンクを、アカウントのメールアドレスに送ります。
forgot-who = ユーザー名またはメールアドレス
forgot-send = リンクを送信
forgot-back = サインインに戻る
setup-join = 招待されています
setup-join-lead = アカウントの名前とパスワードを決めてください。
setup-reset = 新しいパスワードを決める
setup-reset-lead = { $user } さんのパスワードです。このリンクは一度だけ使えます。その後、新しいパスワードでサインインしてください。
setup-reset-save = パスワードを保存
signup-domains = { $domains } のアドレスなら、リンクで確認するだけで承認を待つ必要はありません。
confirm-title = メールアドレスの確認
confirm-account = { $email } があなたのもので、{ $name } として登録したのであれば、確認するとアカウントが有効になります。
confirm-address = { $email } があなたのものであれば、確認するとアカウント { $name } のメールアドレスになります。
confirm-submit = 確認
confirm-not-you = 心当たりがなければ、このページを閉じてください。何も起こりません。
account-email = パスワードを忘れたときなどに、ハブは { $email } にメールを送ります。
account-no-email = メールアドレスが登録されていないため、パスワードを忘れてもハブは手助けできません。
account-new-email = 新しいメールアドレス
account-send-link = そこにリンクを送信
admin-invite = 招待する
invitations-title = 招待
invitations-lead = 招待のリンクを持つ人は、名前とパスワードを決めてアカウントを作れます。
invitations-made = リンクは今だけ表示されます：
invitations-by = 招待した人
invitations-sent = 送信先
invitations-groups = グループ
invitations-left = 残り回数
invitations-until = 期限
invitations-revoke = 取り消す
invitations-none = 招待はありません。作成した招待は、使い切るか期限が切れるまでここに表示されます。
invitations-new = 新しい招待
invitations-email = このメールアドレスに送信
invitations-email-help = 空欄の場合は、リンクを自分で渡します。
invitations-into = 参加させるグループ
invitations-into-help = コンマで区切ります。空欄でもかまいません。
invitations-uses = 使える人数
invitations-days = 有効な日数
invitations-make = 招待を作成
