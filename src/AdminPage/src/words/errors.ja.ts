/**
 * Japanese sentences for the API's codes; what is not here is shown as the API says it, in English. Of several the first is taken whose
 * values there are.
 */
export const errors: Record<string, string | string[]> = {
  'address-twice': '同じアドレス {{cidr}} で条件も同じ範囲が、ほかにもあります。何も変更されていません。'
    + 'ほかの範囲を変更するか、一方を取り除いてください。両方を残す場合は、［それでも実行する］を選んでください。',
  'another-id': '別の ID が指定されています。同じ ID にするか、取り除いてください。',
  'answer-too-long': '応答が {{bytes}} バイトになり、Lambda の上限 ({{maxBytes}} バイト) を超えます。'
    + '圧縮した応答を求めるか、limit でページに分ける、ルールセット全体の代わりに範囲のエクスポートと各リストのエントリを取得するなど、'
    + '小さく分けてください。変更の操作だった場合は、変更されたかを変更履歴で確認してください。',
  broken: 'ポータルの内部でエラーが発生しました。詳細はポータルのログにあります。',
  'cell-count': 'セルの数が {{count}} で、見出しの {{expected}} と一致しません。'
    + '区切りを直すか、区切り文字を含むセルを二重引用符で囲んでください。',
  'changed-meanwhile': 'ほかの人が先に変更したため、何も変更されていません。最新の内容を確認し、もう一度操作してください。',
  'changed-since': 'リビジョン {{revision}} の変更は、その後の変更と両立しないため取り消せません。何も変更されていません。'
    + '後の変更を先に取り消すか、手動で変更してください。',
  charset: '文字コード「{{given}}」は使えません。UTF-8 で保存してください。',
  'cidr-and-list': 'アドレスとアドレスリストは、同時に指定できません。どちらか一方にしてください。',
  'column-missing': '{{name}} 列がありません。アドレスを入れた列の見出しを {{name}} にしてください。',
  'column-twice': '{{name}} 列が重複しています。1 つだけ残してください。',
  'connection-allowed': 'この接続は許可されています。一時的に許可できるのは、拒否された接続だけです。',
  'content-type': 'この形式は受け付けられません。CSV、テキスト、または JSON のファイルを選んでください。',
  'control-characters': '改行やタブなどの制御文字は使えません。取り除いてください。',
  'country-database-unreadable': '国データベース「{{file}}」を読み取れません。'
    + 'MaxMind または DB-IP からもう一度入手し、展開したものを置いてください。',
  'denied-all-the-same': '一時的に許可しても、この接続は拒否されたままです (理由: {{reason}})。'
    + '［理由を調べる］で、妨げになっている範囲を確認してください。',
  'ec2-refused': 'EC2 がエラーを返したため、切断できませんでした。詳細はポータルのログにあります。',
  'ec2-unavailable': 'EC2 に接続の一覧を問い合わせられません。何も切断されていません。'
    + 'ポータルに AWS_REGION、認証情報、接続を一覧する権限があることを確認してください。',
  'empty-window': '時間帯が空になります。終了を、開始と異なる時刻にしてください。終日にするには、00:00 から 24:00 までとします。',
  'event-and-short-form': '接続イベントと、アドレスなどの個別の項目は、同時に指定できません。どちらか一方にしてください。',
  'event-not-recorded': 'この判定のイベントは、記録されていないか、読み取れません。そのため、誰を許可すればよいかわかりません。'
    + '［範囲を追加］で、わかっているアドレスとユーザーの範囲を追加してください。',
  'feed-certificate': '{{host}} の証明書を信頼できません (期限切れ、別の名前、または不明な発行元)。配信元の管理者に連絡してください。',
  'feed-column': '「{{name}}」という列がないか、重複しています。次のいずれかを指定してください: {{columns}}',
  'feed-credentials': '{{host}} の URL に、ユーザー名またはパスワードが含まれています。取り除いてください。'
    + '使えるのは、誰でも読める配信元だけです。',
  'feed-line': [
    '{{line}} 行目の「{{given}}」を、アドレスとして読み取れません。何も取り込まれていません。配信元と形式が正しいか、確認してください。',
    '{{place}} の「{{given}}」を、アドレスとして読み取れません。何も取り込まれていません。配信元と形式が正しいか、確認してください。',
  ],
  'feed-not-https': 'https でない URL からは取得しません。https:// で始まり、https 以外に転送されない URL を指定してください。',
  'feed-not-public': '{{host}} のアドレス {{address}} は、インターネット上の公開アドレスではないため、取得しません。'
    + '誰でもアクセスできる URL を指定してください。',
  'feed-redirects': '{{host}} からの転送が {{max}} 回を超えました。最終的な転送先の URL を指定してください。',
  'feed-status': '{{host}} の応答が 200 ではなく {{status}} でした。URL をブラウザーで開いて確認し、移転している場合は修正してください。',
  'feed-too-large': '{{host}} から届く内容が、上限の {{maxMiB}} MiB を超えています。もっと小さい一覧の URL を指定してください。',
  'feed-too-slow': '{{host}} からの取得が {{seconds}} 秒以内に終わりませんでした。後で自動的に再試行されます。'
    + '繰り返す場合は、別の配信元を指定してください。',
  'feed-unreachable': '{{host}} に接続できないか、通信が途中で切れました。'
    + 'ポータルからインターネットに接続できるか、確認してください。後で自動的に再試行されます。',
  'feed-unreadable': '取得した内容の形式が、指定と異なります。配信元と形式が正しいか、確認してください。',
  'given-twice': '同じものが重複して指定されています。1 つだけ残してください。',
  'host-bits': '「{{given}}」は、ホスト部のビットが 0 ではありません。'
    + 'ネットワークなら {{network}}、単独のアドレスなら {{address}} と書いてください。',
  'id-given': 'ID はポータルが付けるため、取り除いてください。',
  invalid: '送信した内容に誤りがあります。何も変更されていません。それぞれの誤りを修正してください。',
  invisible: '目に見える文字がありません。名前を入力してください。',
  'invisible-character': '{{place}} 文字目に、目に見えない文字 {{character}} があります。取り除いてください。',
  'ipv4-mapped': '「{{given}}」は、IPv4 のネットワークを IPv6 の形式で書いたものです。IPv4 で {{network}} と書いてください。',
  'issuer-unavailable': 'サインインに使う {{authority}} に接続できません。しばらくしてから、もう一度操作してください。',
  'list-cut-off': '一覧が途中で切れています。AWS CLI を --max-items と --no-paginate を付けずに実行し、すべてを出力してください。',
  'list-has-source': '「{{name}}」のエントリは取得元 ({{kind}}) から取り込まれるため、手動で変更しても元に戻ります。'
    + '何も変更されていません。取得元を変更するか、先に手動に切り替えてください。'
    + '一部のアドレスを拒否するには、拒否範囲を追加してください。',
  'list-in-use': '次の {{count}} 件の範囲で使われているため、削除されていません: {{ranges}}。'
    + 'それらの範囲を先に削除するか、ほかのアドレスを指定してください。',
  'misplaced-quote': '二重引用符の位置が正しくありません。'
    + 'セル全体を二重引用符で囲み、中の二重引用符はそれぞれ 2 つ重ねて書いてください。',
  missing: '必要な値がありません。指定してください。',
  'name-server-failed': '「{{name}}」のアドレスを DNS サーバーから得られません ({{error}})。'
    + 'DNS サーバーに問い合わせられるか、確認してください。後で自動的に再試行されます。',
  'name-unknown': '「{{name}}」という DNS 名はありません。修正するか、取り除いてください。',
  'name-without-addresses': '「{{name}}」にはアドレスがありません。'
    + 'DNS 名が正しいか、アドレスを登録する仕組みが動作しているか、確認してください。',
  'needs-force': 'ルールテストが失敗するか、接続できていたユーザーの過半数やご自身が拒否されることになるため、何も変更されていません。'
    + '変更を見直してください。それでも変更する場合は、もう一度操作し、影響を確認してから［それでも実行する］を選んでください。',
  'nested-too-deeply': '入れ子が深すぎます。ルールの判定に使わない項目を取り除いてください。',
  'never-counts': 'この範囲が有効になるときがありません。有効期間の終了を開始より後にするか、どちらかを省略してください。',
  'no-country-database': '国データベースがありません。MaxMind または DB-IP のデータベースを用意し、その場所を設定してください。',
  'no-such-call': 'この操作は、現在のポータルでは使えません。ページを再読み込みしてください。',
  'no-such-entry': '{{given}} というエントリは、このリストにありません。すでに削除された可能性があります。',
  'no-such-list': 'このアドレスリストはありません。すでに削除された可能性があります。ほかのリストを選んでください。',
  'no-such-method': 'この操作は、現在のポータルでは使えません。ページを再読み込みしてください。',
  'no-such-revision': 'リビジョン {{given}} はありません。一覧にあるリビジョンを指定するか、省略してください。',
  'nobody-named': 'イベントにユーザー名も証明書も含まれないか、範囲に指定できない名前が含まれます '
    + '(* や目に見えない文字を含む名前、両端に空白がある名前、長すぎる名前)。アドレスやほかの条件で、範囲を追加してください。',
  'not-a-boolean': 'true または false を指定してください。',
  'not-a-cursor': '一覧の続きを読み込めません。最初から表示し直してください。',
  'not-a-duration': '「{{given}}」は、期間として正しくありません。{{maxDays}} 日以内の期間を指定してください。',
  'not-a-feed-url': 'https:// で始まり、ユーザー名、パスワード、# を含まない、{{max}} 文字以内の URL を入力してください。',
  'not-a-list': 'リストではありません。角括弧 [ ] で囲んで書いてください。',
  'not-a-netmask': '「{{given}}」は、ネットマスクではありません。255.255.255.0 のように書いてください。',
  'not-a-number': '整数を指定してください。',
  'not-a-prefix-length': '「{{given}}」は、プレフィックス長ではありません。0 から {{max}} までの数を指定してください。',
  'not-a-source-name': '「{{given}}」を読み取れません。{{example}}のように入力してください。',
  'not-a-span': [
    '「{{from}}」から「{{to}}」までの範囲はありません。IPv4 か IPv6 のどちらかにそろえ、小さい方のアドレスを先に書いてください。',
    '開始を終了より前にし、期間を {{maxDays}} 日以内にしてください。',
  ],
  'not-a-text': '文字列でない値があります。文字列は二重引用符で囲んで書いてください。',
  'not-a-time': '「{{given}}」は、日時として正しくありません。'
    + 'RFC 3339 形式で、2026-04-01T09:00:00+09:00 のように時差を付けて書いてください。',
  'not-a-time-of-day': '「{{given}}」は、時刻として正しくありません。00:00 から {{max}} までの時と分を書いてください。',
  'not-a-time-zone': '「{{given}}」は、IANA のタイムゾーンではありません。Asia/Tokyo、Europe/Berlin、UTC のように書いてください。',
  'not-an-address': '「{{given}}」は、IP アドレスではありません。203.0.113.5 や 2001:db8::7 のように書いてください。'
    + 'IPv4 の数の先頭に、余分な 0 は付けられません。',
  'not-an-endpoint-id': '「{{given}}」は、Client VPN エンドポイントの ID ではありません。'
    + 'cvpn-endpoint-0f13eab7f860433cc のように、AWS に表示されるとおりに書いてください。',
  'not-an-etag': '最新の内容かどうかを確認できません。ページを再読み込みしてください。',
  'not-an-id': '「{{given}}」は、ID ではありません。019b0d3c-7a1e-7c3f-9a52-3f6f0c1d2e4b のような UUID を指定してください。',
  'not-an-object': 'オブジェクトではありません。波括弧 { } で囲んで書いてください。',
  'not-as-documented': 'イベントに、Client VPN が送らない形式の値があります。'
    + '各項目は文字列、groups は文字列または文字列のリストにしてください。',
  'not-found': '{{id}} は見つかりません。すでに削除されたか、保存期間が過ぎた可能性があります。',
  'not-in-source': '次のものは、取得元にありません: {{names}}。修正するか、取り除いてください。',
  'not-json': 'UTF-8 の JSON として読み取れないか、入れ子が深すぎます ({{line}} 行目、{{byte}} バイト目)。修正してください。',
  'not-one-of': '「{{given}}」は指定できません。次のいずれかを指定してください: {{allowed}}',
  'not-signed-in': 'サインインしていないか、トークンが無効です。もう一度サインインしてください。'
    + '手元のマシンでは、トークンの保存場所がポータルの起動時に表示されます。',
  'not-unicode': 'Unicode として正しくない文字があります (UTF-8 でないバイト、または片方だけのサロゲート)。修正してください。',
  'nothing-to-refresh': 'このリストのエントリは手動で管理されているため、更新するものがありません。エントリを直接変更してください。',
  'openvpn-command': '{{command}} で始まるメッセージは、OpenVPN への命令とみなされ、本人に表示されません。ほかの文字で始めてください。',
  'other-kind': 'この項目は、取得元の種類が「{{kind}}」の場合には使えません。取り除いてください。',
  'out-of-bounds': '指定できる数は {{min}} から {{max}} までです。',
  refused: 'サーバーがこのリクエストを受け付けませんでした。',
  'refresh-broken': 'ポータルの内部でエラーが発生しました。詳細はポータルのログにあります。エントリは以前のままです。',
  removals: '送信した内容にない {{removals}} 件が削除されることになるため、何も変更されていません。'
    + '意図した削除であれば、もう一度操作し、削除する数として {{removals}} を入力してください。'
    + '追加するだけであれば、［追加…］を使ってください。',
  'report-only': '拒否を記録のみにしているときは、すべての接続が許可されるため、切断しませんでした。',
  'role-needed': '閲覧者としてサインインしているため、この操作はできません。変更には編集者の権限が必要です。',
  'rules-unknown': 'ルールに、このポータルが対応していないものが含まれています。詳細はポータルのログにあります。'
    + 'ポータルを更新してください。',
  'same-endpoint-and-reason': 'エンドポイントと理由が同じ拒否メッセージが、ほかにあります。'
    + 'そちらを変更するか、エンドポイントまたは理由を変えてください。',
  'same-name': '同じ名前のアドレスリストが、ほかにあります (大文字と小文字は区別しません)。別の名前にしてください。',
  'source-changed-much': '{{new}} 件のうち {{added}} 件が新しく、{{old}} 件のうち {{removed}} 件がなくなりました。'
    + '自動で変更できる上限 ({{max}} 件) を超えるため、リストは変更されていません。内容を確認し、正しければ手動で反映してください。',
  'source-empty': '取得元が空になっているため、リストは変更されていません ({{old}} 件)。取得元が正しいか確認し、もう一度更新してください。',
  'source-too-slow': '取得元を {{seconds}} 秒以内に読み取れませんでした。後で自動的に再試行されます。'
    + '一度に読み取る量が多すぎないか、確認してください。',
  'source-wide': '{{new}} 件のブロックを合わせると、{{family}} アドレスの数が /{{prefixLength}} を超え、今のリストより大幅に多くなるため、'
    + 'リストは変更されていません。内容を確認し、正しければ手動で反映してください。',
  'special-address': '{{cidr}} には、インターネットから接続に使われないアドレス ({{special}}) が含まれるため、何も取り込まれていません。'
    + '取得元の誤りを修正してもらうか、別の取得元を指定してください。',
  'star-inside': '* で任意の文字を表せるのは、先頭か末尾だけです。名前を最後まで書くか、複数に分けて指定してください。',
  'store-read-only': '現在、ルールストアに書き込めないため、何も変更されていません。'
    + 'ディスクの空き容量と、ポータルのユーザーに書き込みの権限があることを確認し、もう一度操作してください。'
    + '詳細はポータルのログにあります。',
  'store-unavailable': '現在、ルールストアを使えません。理由はポータルのログにあります。しばらくしてから、もう一度操作してください。',
  'too-long': [
    '{{length}} 文字あり、上限の {{max}} 文字を超えています。短くしてください。',
    '送信した内容が、上限の {{maxMiB}} MiB を超えています。少なくしてください。',
    '上限の {{max}} バイトを超えているため、読み取れません。',
  ],
  'too-many': '数が上限の {{max}} を超えます。不要なものを取り除いてください。',
  'too-many-decisions': '判定が {{max}} 件より多く、残りを調べていないため、切断しませんでした。',
  'too-new': '接続したばかりか、接続した日時がわかりません。判定がこれから記録される可能性があるため、切断しませんでした。',
  'too-wide': '{{cidr}} は /{{prefixLength}} より広いため、何も取り込まれていません。'
    + '取得元の誤りを修正してもらうか、別の取得元を指定してください。',
  'two-comments': 'コメントが 2 か所に指定されています。どちらか一方にしてください。',
  'unknown-column': '「{{given}}」という列はありません。使える列: {{allowed}}',
  'unknown-encoding': '文字コードが UTF-8、UTF-16、Shift_JIS のいずれでもありません。UTF-8 で保存してください (Excel では「CSV UTF-8」)。',
  'unknown-list': '一覧の形式がわかりません。'
    + '「aws ec2 get-managed-prefix-list-entries」か「aws wafv2 get-ip-set」の --output json の出力を使ってください。'
    + 'アドレスだけの一覧は、形式を［アドレスの一覧］にしてください。',
  'unknown-member': 'この項目はありません。取り除いてください。使える項目: {{allowed}}',
  'unknown-parameter': 'この操作は、現在のポータルでは使えません。ページを再読み込みしてください。',
  'unknown-placeholder': '{{given}} というプレースホルダーはありません。使えるプレースホルダー: {{allowed}}',
  'unknown-schema-version': 'イベントの schema-version は、v1、v2、v3 のいずれかにしてください。',
  unreadable: '「{{given}}」を読み取れません。'
    + 'リストは、名前をセミコロンで区切るか、JSON の配列で書いてください。曜日と時間帯は、エクスポートと同じ JSON で書いてください。',
  'unreadable-body': '送信した内容を最後まで読み取れません。もう一度操作してください。',
  'white-space': '先頭または末尾に空白があります。取り除いてください。',
  'white-space-at-ends': '先頭または末尾に空白があります。取り除いてください。',
};

export const findings: Record<string, string> = {
  'documentation-address': '文書の例に使うためのアドレス (RFC 5737、RFC 3849、RFC 9637) です。ここから接続する人はいません。',
  expired: '期限が切れていて、もう判定に使われません。削除するか、有効期間の終了を延ばしてください。',
  'inside-another': 'すべてのアドレスが、動作と条件が同じ範囲 {{other}} に含まれています。どちらか一方で足ります。',
  'name-not-carried': 'エンドポイント ({{endpoints}}) で記録された接続には、{{what}}がありません。'
    + 'そのため、この範囲のアドレスからそこに接続する人は、すべて拒否されます。'
    + '対象のエンドポイントを指定するか、実際に送られる項目を条件にしてください。',
  'name-not-seen': '{{what}}「{{name}}」の接続は記録されていませんが、よく似た「{{seen}}」の接続は記録されています。'
    + '送られてくるとおりの名前を書いてください。',
  'private-address': 'プライベートアドレスまたはローカルアドレスです。Client VPN に届くのはグローバルアドレスなので、'
    + 'ここから接続する人はいません。そのネットワークのグローバルアドレスを指定してください。',
  'shared-address-space': 'プロバイダーの顧客が共有するアドレス (RFC 6598) です。'
    + 'Client VPN にグローバルアドレスとして届くことはなく、誰でも使っている可能性があります。',
  unused: '{{days}} 日間、判定に使われておらず (保存されていて読み取れる判定に限ります)、変更もされていません。'
    + '不要になっていないか、確認してください。',
  'very-wide': '/{{prefixLength}} より広い範囲です。これほど広いアドレスを 1 つの組織だけで使っていることはありません。'
    + '条件を満たすほぼすべての人の接続を許可することになります。',
};

/** What is found about address lists, some of which is found about ranges as well, in other words. */
export const listFindings: Record<string, string> = {
  'duplicate-entries': '{{count}} 件のエントリが重複しています (例: {{example}})。それぞれ 1 つで足ります。',
  empty: '範囲で使われていますが、エントリがありません。その範囲は、どのアドレスも対象にしません。',
  'nested-entries':
    '{{count}} 件のエントリが、ほかのエントリに含まれています (例: {{other}} に含まれる {{example}})。外側のもので足ります。',
  'not-used': 'どの範囲でも使われていないため、判定に影響しません。このリストの範囲を追加するか、リストを削除してください。',
  'special-addresses': '{{count}} 件のエントリは、グローバルアドレスではありません (例: {{example}})。ここから接続する人はいません。',
  'very-wide': '{{count}} 件のエントリは、非常に広いネットワークです (例: {{example}})。ほぼすべての人が対象になります。',
};

/** English words that stand in values. */
export const nouns: Record<string, string> = {
  'user name': 'ユーザー名',
  group: 'グループ',
  'common name': '証明書名',
  'a host name, such as home.alice.example.com': 'home.alice.example.com ',
  "a country's two letters, such as JP": 'JP ',
  'a service as AWS writes it, such as EC2': 'EC2 ',
  'a region, such as ap-northeast-1': 'ap-northeast-1 ',
  manual: '手動',
  dns: 'DNS 名',
  url: 'フィード',
  countries: '国',
};

export const fields: Record<string, string> = {
  action: '動作',
  addressListId: 'アドレスリスト',
  addressLists: 'アドレスリスト',
  allowed: '判定',
  allowedPostureStatuses: '許可した接続のポスチャステータス',
  at: '接続の日時',
  'aws-client-version': 'AWS クライアントのバージョン',
  body: '送信した内容',
  by: '集計の単位',
  changedFrom: '更新日時の開始',
  changedTo: '更新日時の終了',
  cidr: 'アドレス範囲',
  'client-openvpn-version': 'OpenVPN クライアントのバージョン',
  column: 'アドレスの列',
  comment: '変更の理由',
  'common-name': '証明書名 (CN)',
  commonName: '証明書名 (CN)',
  commonNames: '証明書名 (CN)',
  condition: '条件',
  'connection-id': '接続 ID',
  contains: '範囲に含まれるアドレス',
  countries: '国',
  createdAt: '作成日時',
  createdBy: '作成者',
  cursor: 'カーソル',
  days: '曜日',
  deniedPostureStatuses: '拒否した接続のポスチャステータス',
  denialMessages: '拒否メッセージ',
  description: '説明',
  duration: '期間',
  enabled: '状態',
  'endpoint-id': 'エンドポイント',
  endpointId: 'エンドポイント',
  endpointIds: 'エンドポイント',
  enforcement: '適用方法',
  entries: 'エントリ',
  entryCount: 'エントリの数',
  event: '接続イベント',
  force: '強制',
  format: '形式',
  from: '開始',
  groups: 'グループ',
  id: 'ID',
  'If-Match': 'If-Match ヘッダー',
  impactDays: '影響を調べる日数',
  kind: '取得元の種類',
  limit: '1 ページの件数',
  maxChange: '自動で変更できる上限 (%)',
  name: '名前',
  names: 'DNS 名',
  NextToken: '一覧の続き (NextToken)',
  note: 'メモ',
  number: 'リビジョン番号',
  outcome: '結果',
  platform: 'プラットフォーム',
  'platform-version': 'プラットフォームのバージョン',
  platforms: 'プラットフォーム',
  'public-ip': 'グローバルアドレス',
  publicIp: 'グローバルアドレス',
  q: '検索する文字',
  ranges: '範囲',
  reason: '理由',
  refreshMinutes: '更新の間隔 (分)',
  regions: 'リージョン',
  removals: '削除する範囲の数',
  restoreRuleTests: 'ルールテストの復元',
  revision: 'リビジョン',
  ruleTests: 'ルールテスト',
  schedule: '曜日と時間帯',
  'schema-version': 'スキーマのバージョン',
  services: 'サービス',
  settings: '設定',
  since: '比較するリビジョン',
  sort: '並べ替え',
  source: '取得元',
  state: '状態',
  terminate: 'セッションの切断',
  terminateNotRecorded: '記録のないセッションの切断',
  text: 'メッセージ',
  timeZone: 'タイムゾーン',
  to: '終了',
  top: '上位の件数',
  updatedAt: '更新日時',
  updatedBy: '更新者',
  url: 'フィードの URL',
  username: 'ユーザー名',
  users: 'ユーザー',
  validFrom: '有効期間の開始',
  validUntil: '有効期間の終了',
  windows: '時間帯',
  'X-Comment': 'コメント (X-Comment ヘッダー)',
};
