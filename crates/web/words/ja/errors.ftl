## Pages about errors

# What stands around them
error-reference = 管理者は、ログで { $number } を探すと原因が分かります。
error-detail = お問い合わせ先の方へ
# Where to go on
said-error-to-home = ホームへ
said-error-to-login = サインイン
said-error-to-others = 別のアカウントでサインイン
said-error-to-again = もう一度試す
said-error-to-server = サーバーを起動
# What happened, and what to do
said-error-form = このフォームは期限切れです
said-error-form-what = 長い間開いたままだったか、その後サインインまたはサインアウトしました。
said-error-rights = この操作はできません
said-error-rights-what = あなたのアカウントにその権限がありません。
said-error-rights-hint = 管理者に依頼するか、権限のあるアカウントでサインインしてください。
said-error-nothing = ここには何もありません
said-error-nothing-what = このアドレスにページはありません。
said-error-nothing-hint = アドレスに誤りがないか確認するか、ホームから進んでください。
said-error-hidden-what = この名前のものは存在しないか、見る権限がありません。
said-error-hidden-hint = アドレスを確認してください。誰かから教わった場合は、アクセスできるかその人に聞いてください。
said-error-server = このサーバーには入れません
said-error-server-hint = 所有者か管理者がアクセスを許可できます。別のアカウントでサインインしているのかもしれません。
said-error-link = このリンクはもう使えません
said-error-client = そこにはサインインできません
said-error-client-what = ここへ案内したアプリケーションの要求が正しくありません。
said-error-client-hint = そこへ戻ってやり直してください。解決しない場合は、下の内容を運営者に伝えてください。
said-error-fault = 問題が発生しました
said-error-fault-what = ハブ側で問題が起きました。あなたの操作が原因ではありません。
said-error-fault-hint = もう一度試してください。また起きる場合は、下の番号と時刻を管理者に伝えてください。
said-error-fault-plain = 処理できませんでした。
said-error-fault-plain-hint = もう一度試してください。また起きる場合は、管理者に知らせてください。
said-error-access = アクセスできません
said-error-access-what = ここには入れません。管理者が変更できます。
said-error-method = ここではできません
said-error-method-what = このアドレスは存在しますが、この種類の要求は受け付けていません。
said-error-method-hint = ホームから進んでください。プログラムが送った場合は、そのプログラムを直す必要があります。
said-error-slow = 時間がかかりすぎました
said-error-slow-what = 要求が時間内に届きませんでした。
said-error-slow-hint = ネットワーク接続を確認して、もう一度試してください。
said-error-meanwhile = 今はできません
said-error-meanwhile-what = その間にほかの変更がありました。
said-error-meanwhile-hint = 戻ってページを再読み込みし、状態を確認してください。
said-error-large = 大きすぎます
said-error-large-what = 要求が、受け付けられる大きさを超えています。
said-error-large-hint = 一度に送る量を減らしてください。ファイルは実行中のサーバーでアップロードします。
said-error-stopped = サーバーは動いていません
said-error-stopped-what = 停止されたか、終了しました。
said-error-many = 一度に多すぎます
said-error-many-what = 一度に処理できる量を超えています。
said-error-many-hint = 少し待って、もう一度試してください。
said-error-away = 今は利用できません
said-error-away-what = 必要なものが応答していません。
said-error-away-hint = 少し待って、もう一度試してください。続く場合は、管理者に知らせてください。
said-error-odd = 処理できません
said-error-odd-what = 要求に足りないものがあるか、正しくないところがあります。
said-error-odd-hint = 戻って、もう一度試してください。
