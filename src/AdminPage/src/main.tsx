import { I18nProvider } from '@cloudscape-design/components/i18n';
import english from '@cloudscape-design/components/i18n/messages/all.en';
import japanese from '@cloudscape-design/components/i18n/messages/all.ja';
import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode, useEffect, useSyncExternalStore } from 'react';
import { createRoot } from 'react-dom/client';
import { queries } from './api';
import { App } from './App';
import './page.css';
import { session } from './session';
import './mode';
import { beginFromAddress, isLink, SignIn } from './SignIn';
import { language, t, useLanguage } from './words';

// First of all, so that nothing that signs in stays in the address; and so with a link that somebody pastes into this tab.
let beginning = beginFromAddress();
addEventListener('hashchange', () => {
  if (isLink()) {
    beginning = beginFromAddress();
    root.render(<Whole />);
  }
});
session.subscribe(() => queries.clear()); // what one person saw isn't the next one's

function Page() {
  const token = useSyncExternalStore(session.subscribe, () => session.token);
  const lang = useLanguage();
  useEffect(() => {
    document.documentElement.lang = lang;
    document.title = t('product');
  }, [lang]);
  return (
    <I18nProvider locale={lang} messages={[lang === 'ja' ? japanese : english]}>
      {token ? <App key={token} /> : <SignIn beginning={beginning} />}
    </I18nProvider>
  );
}

document.documentElement.lang = language();
const root = createRoot(document.getElementById('root')!);
const Whole = () => (
  <StrictMode>
    <QueryClientProvider client={queries}>
      <Page />
    </QueryClientProvider>
  </StrictMode>
);
root.render(<Whole />);
