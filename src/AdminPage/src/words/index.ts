import i18next from 'i18next';
import { useSyncExternalStore } from 'react';
import { changes } from './changes';
import { common } from './common';
import { decisions } from './decisions';
import { home } from './home';
import { imports } from './imports';
import { lists } from './lists';
import { messages } from './messages';
import { ranges } from './ranges';
import { save } from './save';
import { sessions } from './sessions';
import { settings } from './settings';
import { signIn } from './signIn';
import { tests } from './tests';
import { tryIt } from './tryIt';

const areas = { changes, common, decisions, home, imports, lists, messages, ranges, save, sessions, settings, signIn, tests, tryIt };

type Areas = { [area in keyof typeof areas]: (typeof areas)[area]['en'] };

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'common';
    resources: Areas;
  }
}

export type Language = 'en' | 'ja';

const texts = (language: Language) => Object.fromEntries(Object.entries(areas).map(([area, words]) => [area, words[language]]));

const stored = localStorage.getItem('language');
const wanted = stored ?? navigator.languages.find((l) => /^(en|ja)\b/.test(l)) ?? 'en';

void i18next.init({
  lng: wanted.startsWith('ja') ? 'ja' : 'en',
  fallbackLng: 'en',
  defaultNS: 'common',
  ns: Object.keys(areas),
  resources: { en: texts('en'), ja: texts('ja') },
  showSupportNotice: false, // an advertisement in the console
  interpolation: { escapeValue: false }, // React shows texts as texts
});

export const t = i18next.t;
export const language = () => i18next.language as Language;

const subscribe = (listener: () => void) => {
  i18next.on('languageChanged', listener);
  return () => i18next.off('languageChanged', listener);
};
export const useLanguage = () => useSyncExternalStore(subscribe, language);

export function setLanguage(next: Language) {
  localStorage.setItem('language', next);
  void i18next.changeLanguage(next);
}
