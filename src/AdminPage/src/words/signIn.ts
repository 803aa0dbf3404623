export const signIn = {
  en: {
    expired: 'Your sign-in has ended. Sign in again.',
    'signed-out': 'You are signed out.',
    'not-signed-out': 'You are signed out in this browser, but the portal did not answer: '
      + 'your sign-in there stays good until it ends by itself.',
    issuerFailed: 'Signing in at the issuer did not work: {{problem}}. Try again.',
    linkUsed: 'This link has been used, or its minute is over.',
    another: 'For another link, run this on the machine where the portal runs:',
    local: 'The portal prints a link when it starts. It opens this page signed in, once, within a minute.',
    withToken: 'Or sign in with a token',
    token: 'Token',
    tokenHelp: 'The content of the file admin.token or reader.token, or a token that somebody made for you.',
    go: 'Sign in',
    issuer: 'Sign in at {{issuer}}',
    noClient: 'The setting SignIn:ClientId is missing: without it this page can sign nobody in. Ask whoever runs the portal.',
    iam: 'This portal knows its callers by their AWS identity. A browser cannot sign with that, but your own machine can: run the portal '
      + 'there, over the same table, with the AWS credentials that you use. It signs you in here on your machine and records your AWS '
      + 'identity with each change.',
    refused: 'This token is not accepted: it is no token of this portal, or it is expired or revoked.',
  },
  ja: {
    expired: 'サインインの有効期限が切れました。もう一度サインインしてください。',
    'signed-out': 'サインアウトしました。',
    'not-signed-out': 'このブラウザーではサインアウトしましたが、ポータルに接続できませんでした。'
      + 'サインインの有効期限が切れるまで、トークンは有効なままです。',
    issuerFailed: 'サインイン先でのサインインに失敗しました: {{problem}}。もう一度試してください。',
    linkUsed: 'このリンクは使用済みか、1 分の有効期限が過ぎています。',
    another: '新しいリンクは、ポータルが動いているマシンで次のコマンドを実行すると表示されます。',
    local: 'ポータルは起動時にリンクを表示します。1 分以内に 1 回だけ、サインイン済みの状態でこのページを開けます。',
    withToken: 'トークンでサインインする',
    token: 'トークン',
    tokenHelp: 'admin.token または reader.token ファイルの内容か、発行してもらったトークンを入力します。',
    go: 'サインイン',
    issuer: '{{issuer}} でサインイン',
    noClient: '設定 SignIn:ClientId がないため、このページではサインインできません。ポータルの管理者に連絡してください。',
    iam: 'このポータルは AWS の ID で利用者を確認します。ブラウザーからは署名できないため、お手元のマシンで同じテーブルを使ってポータルを'
      + '起動してください。普段お使いの AWS 認証情報が使われ、変更履歴にはその AWS の ID が記録されます。',
    refused: 'このトークンは使えません。このポータルのトークンではないか、期限切れか、失効しています。',
  },
};
