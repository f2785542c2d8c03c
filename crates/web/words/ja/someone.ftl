## 一人のユーザー

someone-back = すべてのユーザー
someone-about = 基本情報
someone-suspended = 停止中
someone-make-admin = 管理者にする
someone-rename = 名前を変える
someone-new-name = 新しい名前
someone-rename-help = 先にサーバーを停止してください。ファイルはそのまま残ります。
someone-rename-submit = 変更
someone-default-server = 既定のサーバー
someone-no-servers = まだサーバーはありません。
someone-groups-roles = グループとロール
someone-no-groups = どのグループにも入っていません。
someone-join = グループ
someone-join-submit = 入れる
someone-role-group = { $group } による
someone-no-roles = ロールはありません。
someone-role = ロール
someone-use = 使用量とストレージ
someone-quota-servers = サーバー
someone-quota-cpu = CPU コア
someone-quota-memory = メモリ
someone-quota-storage = ストレージ
someone-quota-gpu = GPU
someone-quota-hours = 今月の時間
someone-used-of = { $allowed } 中 { $used }
someone-homes = ファイル
someone-trash = ごみ箱の中
someone-not-measured = まだ測っていません
someone-no-homes = まだファイルはありません。
someone-sign-in = サインイン
someone-password = パスワード
someone-codes = とワンタイムコード
someone-passkeys =
    { $count ->
        [one] パスキー { $count } 個
       *[other] パスキー { $count } 個
    }
someone-no-ways = このアカウントにはサインイン方法が保存されていません。
someone-sessions = サインイン中の場所
someone-end-session = サインアウト
someone-end-sessions = すべてサインアウト
someone-no-sessions = ありません。
someone-tokens = トークン
someone-token-used = 最終使用 { $time }
someone-token-unused = 未使用
someone-revoke = 取り消す
someone-no-tokens = トークンはありません。
someone-shares = 共有
someone-given = この人が共有しているもの
someone-received = この人に共有されているもの
someone-nothing-given = ありません。
someone-nothing-received = まだありません。
someone-log = これまでのこと
someone-log-by = { $by } による
someone-log-all = 記録全体
someone-no-log = 記録には何もありません。
said-someone-admin = この人は管理者になりました。
said-someone-plain = この人は管理者ではなくなりました。
said-someone-joined = この人はグループに入っています。
said-someone-left = この人はもうグループに入っていません。
said-someone-out = この人はそこでサインアウトしました。
said-someone-out-all = この人はすべての場所でサインアウトしました。
said-someone-revoked = トークンを取り消しました。
said-someone-role-given = このユーザーはロールを持っています。
said-someone-role-taken = このユーザーはもうロールを持っていません。
said-someone-role-admin = 管理者の追加と解除は、そのためのボタンで行います。
