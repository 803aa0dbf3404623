import { common } from './common';

export const changes = {
  en: {
    title: 'Changes',
    description: 'Every change of the rules, newest first. Nothing in it is ever lost, so each can be undone.',
    number: 'Revision',
    when: 'When',
    who: 'Who',
    what: 'What',
    why: 'Why',
    none: 'Nothing has been changed yet.',
    more: 'Show older ones',
    end: 'That is all, from the very first change on.',
    broken: 'not as it was committed',
    brokenText: 'This revision, or its place in the history, is not what was committed. Somebody has changed the store by other means.',
    verify: 'Verify the history',
    verifyGood_one: 'The {{count}} revision since revision {{since}} is intact.',
    verifyGood_other: 'All {{count}} revisions since revision {{since}} are intact.',
    verifyOlder: 'Revisions before {{since}} are older than the chain of digests and were not verified.',
    verifyNone: 'There is nothing to verify yet: no revision is in the chain of digests.',
    verifyBroken: 'The history is broken: revision {{number}} is the first that is not what was committed.',
    verifyBrokenText: 'Somebody has changed the store by other means. Look at that revision, and at the backups of the store.',
    verifyHead: "The chain at revision {{number}}. For certainty, compare it with the line of that revision in the portal's log:",
    one: 'Revision {{number}}',
    older: 'Older',
    newer: 'Newer',
    difference: 'What changed',
    takeBack: 'Take back',
    undo: 'Undo this change …',
    undoTitle: 'Undo revision {{number}}',
    undoButton: 'Undo',
    undoText: 'Takes back what this revision changed, and nothing else. What was changed later stays.',
    restore: 'Restore this state …',
    restoreTitle: 'Restore the rules of revision {{number}}',
    restoreButton: 'Restore',
    restoreText: 'Makes all rules what they were in this revision. What was changed later is taken back.',
    restoreTests: 'The rule tests as well',
    restoreTestsHelp: 'Else they stay as they are now.',
    restoreHead: 'These are the present rules.',
  },
  ja: {
    title: '変更履歴',
    description: 'ルールのすべての変更を、新しい順に表示します。履歴は消えないため、どの変更も取り消せます。',
    number: 'リビジョン',
    when: '日時',
    who: '変更者',
    what: '変更内容',
    why: '理由',
    none: 'まだ変更はありません。',
    more: 'さらに表示',
    end: '最初の変更まで、すべて表示しました。',
    broken: '保存時の内容と一致しません',
    brokenText: 'このリビジョンの内容または順序が、保存時と一致しません。ルールストアが、ポータル以外の手段で書き換えられています。',
    verify: '履歴を検証',
    verifyGood_one: 'リビジョン {{since}} 以降の {{count}} 件は、すべて保存時のままです。',
    verifyGood_other: 'リビジョン {{since}} 以降の {{count}} 件は、すべて保存時のままです。',
    verifyOlder: 'リビジョン {{since}} より前のものは、ハッシュチェーンの導入前のため、検証していません。',
    verifyNone: 'ハッシュチェーンに含まれるリビジョンがまだないため、検証するものがありません。',
    verifyBroken: '履歴が壊れています。保存時と一致しない最初のリビジョンは {{number}} です。',
    verifyBrokenText:
      'ルールストアが、ポータル以外の手段で書き換えられています。このリビジョンと、ルールストアのバックアップを確認してください。',
    verifyHead:
      'リビジョン {{number}} のハッシュチェーンの値です。より確実に検証するには、ポータルのログにある同じリビジョンの行と比べてください。',
    one: 'リビジョン {{number}}',
    older: '前の変更',
    newer: '次の変更',
    difference: '変更内容',
    takeBack: '元に戻す',
    undo: 'この変更を取り消す…',
    undoTitle: 'リビジョン {{number}} の取り消し',
    undoButton: '取り消す',
    undoText: 'このリビジョンの変更だけを取り消します。後の変更は残ります。',
    restore: 'この時点に復元…',
    restoreTitle: 'リビジョン {{number}} への復元',
    restoreButton: '復元する',
    restoreText: 'ルール全体をこのリビジョンの状態に戻します。後の変更はすべて取り消されます。',
    restoreTests: 'ルールテストも復元する',
    restoreTestsHelp: '選択しなければ、ルールテストは現在のまま残ります。',
    restoreHead: '現在のルールです。',
  },
};

const verbs: Record<string, string> = { Added: '追加', Changed: '変更', Deleted: '削除' };

const nouns: Record<string, string> = {
  range: '範囲', 'address list': 'アドレスリスト', 'denial message': '拒否メッセージ', 'rule test': 'ルールテスト',
};

const reasons: Record<string, string> = common.ja.reasons;

/** A part of a summary: what became of one kind of object, or of the settings. */
function part(text: string) {
  const counts = /^(.+)s: (\d+) added, (\d+) changed, (\d+) removed$/.exec(text);
  const noun = counts && nouns[counts[1]!];
  return noun ? `${noun}: 追加 ${counts[2]} 件、変更 ${counts[3]} 件、削除 ${counts[4]} 件`
    : text === 'enforcement is enforce' ? '拒否を実施'
    : text === 'enforcement is report-only' ? '記録のみ (拒否しない)'
    : text === 'posture statuses' ? 'ポスチャステータス'
    : text;
}

const parts = (text: string) => text.split('; ').map(part).join('、');

/** Who made a change, in Japanese where that was no person but the source of an address list. */
export const whoInJapanese = (who: string) => who.replace(/^source (.+)$/s, '取得元「$1」');

/** Why a change was made, in Japanese where the portal itself says it. */
export const whyInJapanese = (why: string) => why.replace(/^Asked for by (.+)\.$/s, '$1 の操作による更新');

/** The API's own summaries, and what they are in Japanese. */
const summaries: [RegExp, (...found: string[]) => string][] = [
  [/^(Added|Changed|Deleted) the range (\S+)\.$/, (verb, cidr) => `範囲 ${cidr} を${verbs[verb!]}`],
  [/^(Added|Changed|Deleted) the range with the address list (.*)\.$/s, (verb, name) => `リスト「${name}」の範囲を${verbs[verb!]}`],
  [/^(Added|Changed|Deleted) the address list (.*)\.$/s, (verb, name) => `アドレスリスト「${name}」を${verbs[verb!]}`],
  [/^Added (\d+) entr(?:y|ies) to the address list (.*)\.$/s, (count, name) => `アドレスリスト「${name}」にエントリ ${count} 件を追加`],
  [
    /^Removed (\d+) entr(?:y|ies) from the address list (.*)\.$/s,
    (count, name) => `アドレスリスト「${name}」からエントリ ${count} 件を削除`,
  ],
  [
    /^Refreshed the address list (.*): (\d+) came, (\d+) went\.$/s,
    (name, came, went) => `アドレスリスト「${name}」を取得元から更新 (追加 ${came} 件、削除 ${went} 件)`,
  ],
  [
    /^Changed the entries of the address list (.*): (\d+) added, (\d+) removed\.$/s,
    (name, added, removed) => `アドレスリスト「${name}」のエントリを変更 (追加 ${added} 件、削除 ${removed} 件)`,
  ],
  [
    /^(Added|Changed|Deleted) the denial message for (any endpoint|\S+) and (any reason|\S+)\.$/,
    (verb, endpoint, reason) => {
      const where = endpoint === 'any endpoint' ? '全エンドポイント' : endpoint;
      const why = reason === 'any reason' ? '全理由' : `理由「${reasons[reason!] ?? reason}」`;
      return `拒否メッセージ (${where}、${why}) を${verbs[verb!]}`;
    },
  ],
  [/^(Added|Changed|Deleted) the rule test '(.*)'\.$/s, (verb, name) => `ルールテスト「${name}」を${verbs[verb!]}`],
  [/^(Changed|Deleted) (\d+) ranges?\.$/, (verb, count) => `範囲 ${count} 件を${verbs[verb!]}`],
  [/^Imported (\d+) ranges?\.$/, (count) => `範囲 ${count} 件をインポート`],
  [
    /^Replaced all ranges: (\d+) before, (\d+) now, (\d+) of them unchanged\.$/,
    (before, now, same) => `すべての範囲を置き換え (${before} 件 → ${now} 件、うち ${same} 件は変更なし)`,
  ],
  [/^Replaced the whole rule set: (.*)\.$/, (what) => `ルール全体を置き換え (${parts(what!)})`],
  [/^Changed the settings: (.*)\.$/, (what) => `設定を変更 (${parts(what!)})`],
  [/^Restored revision (\d+)\.$/, (number) => `リビジョン ${number} の状態に復元`],
  [/^Undid revision (\d+): (.*)$/s, (number, what) => `リビジョン ${number} を取り消し: ${summaryInJapanese(what!)}`],
];

/** The summary of a revision in Japanese; as it is where it is none of those that are known here. */
export function summaryInJapanese(summary: string): string {
  for (const [pattern, text] of summaries) {
    const found = pattern.exec(summary);
    if (found) {
      return text(...found.slice(1));
    }
  }
  return summary;
}
