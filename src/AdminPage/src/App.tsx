import Alert from '@cloudscape-design/components/alert';
import AppLayout from '@cloudscape-design/components/app-layout';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import SideNavigation from '@cloudscape-design/components/side-navigation';
import Spinner from '@cloudscape-design/components/spinner';
import TopNavigation from '@cloudscape-design/components/top-navigation';
import { Component, lazy, type ReactNode, Suspense, useState } from 'react';
import { ApiError } from './api';
import { setDark, useIsDark } from './mode';
import { useAddressLists, useMe } from './parts/data';
import { Failure } from './parts/Failure';
import { Saving } from './parts/Save';
import { zone } from './parts/texts';
import { href, useRoute } from './route';
import { signOut } from './SignIn';
import { Home } from './views/Home';
import { language, setLanguage, t } from './words';

/** Instead of a view that fails, such as one of a portal that has been updated since. */
class NotLoaded extends Component<{ children: ReactNode }, { isFailed: boolean }> {
  override state = { isFailed: false };

  static getDerivedStateFromError = () => ({ isFailed: true });

  override render() {
    return this.state.isFailed ? (
      <Alert type="error" action={<Button onClick={() => location.reload()}>{t('retry')}</Button>}>
        {t('reload')}
      </Alert>
    ) : (
      this.props.children
    );
  }
}

/** The places of the page, in the order of an administrator's work. What isn't seen first is loaded when it is gone to. */
const views = {
  ranges: lazy(() => import('./views/Ranges')),
  lists: lazy(() => import('./views/AddressLists')),
  try: lazy(() => import('./views/TryIt')),
  decisions: lazy(() => import('./views/Decisions')),
  import: lazy(() => import('./views/Import')),
  messages: lazy(() => import('./views/Messages')),
  tests: lazy(() => import('./views/RuleTests')),
  changes: lazy(() => import('./views/Changes')),
  sessions: lazy(() => import('./views/Sessions')),
  settings: lazy(() => import('./views/Settings')),
};

type Place = keyof typeof views;

const names = {
  ranges: 'ranges',
  lists: 'lists',
  try: 'tryIt',
  decisions: 'decisions',
  import: 'import',
  messages: 'messages',
  tests: 'tests',
  changes: 'changes',
  sessions: 'sessions',
  settings: 'settings',
} as const satisfies Record<Place, string>;

export function App() {
  const route = useRoute();
  const me = useMe();
  useAddressLists(); // ranges are called by the names of their lists
  const isDark = useIsDark();
  const [isOpen, setIsOpen] = useState(innerWidth > 900);
  const place = route.path[0] as Place | undefined;
  const View = place && views[place];
  return (
    <>
      <div id="top">
        <TopNavigation
          identity={{ href: '#/', title: t('product') }}
          utilities={[
            { type: 'button', text: t('language'), onClick: () => setLanguage(language() === 'ja' ? 'en' : 'ja') },
            {
              type: 'menu-dropdown',
              iconName: 'user-profile',
              text: me.data ? `${me.data.name} (${t(`roles.${me.data.role}`)})` : '',
              description: me.data && t(me.data.role),
              items: [
                { id: 'mode', text: t(isDark ? 'light' : 'dark') },
                { id: 'sign-out', text: t('signOut') },
              ],
              onItemClick: ({ detail }) => (detail.id === 'mode' ? setDark(!isDark) : void signOut()),
            },
          ]}
        />
      </div>
      <AppLayout
        headerSelector="#top"
        toolsHide
        navigationOpen={isOpen}
        onNavigationChange={({ detail }) => setIsOpen(detail.open)}
        navigation={
          <SideNavigation
            activeHref={place ? href(place) : '#/'}
            items={[
              { type: 'link', text: t('home'), href: '#/' },
              ...Object.entries(names).map(([path, name]) => ({ type: 'link' as const, text: t(name), href: href(path) })),
              { type: 'divider' },
              { type: 'link', text: t('swagger'), href: '/swagger', external: true },
            ]}
          />
        }
        content={
          <Saving>
            {me.error instanceof ApiError && me.error.status === 403 ? (
              <Alert type="error" header={t('noRole')} action={<Button onClick={() => void signOut()}>{t('signOut')}</Button>}>
                {t('noRoleText')}
              </Alert>
            ) : (
              me.error && <Failure error={me.error} retry={() => void me.refetch()} />
            )}
            {me.data && (
              <NotLoaded key={`${route.path.join('/')}?${route.query}`}>
                <Suspense fallback={<Spinner size="large" />}>{View ? <View /> : <Home />}</Suspense>
              </NotLoaded>
            )}
            <Box padding={{ vertical: 'm' }} color="text-body-secondary" fontSize="body-s">
              {t('zone', { zone })}
            </Box>
          </Saving>
        }
      />
    </>
  );
}
