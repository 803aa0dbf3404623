import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import Form from '@cloudscape-design/components/form';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useEffect, useState } from 'react';
import { answer, api, ApiError, type Schemas } from './api';
import { Failure } from './parts/Failure';
import { session } from './session';
import { language, setLanguage, t } from './words';

type Options = Schemas['SignInWay'];

const readOptions = () => answer(api.GET('/api/sign-in'));

/** The issuer's part is loaded only where there is one. */
async function issuerManager(options: Options) {
  const { UserManager, WebStorageStateStore } = await import('oidc-client-ts');
  const issuer = options.issuer!;
  return new UserManager({
    authority: issuer.authority,
    client_id: issuer.clientId!,
    redirect_uri: `${location.origin}/`,
    scope: issuer.scope,
    metadata: {
      issuer: issuer.authority,
      authorization_endpoint: issuer.authorizationEndpoint,
      token_endpoint: issuer.tokenEndpoint,
      end_session_endpoint: issuer.endSessionEndpoint ?? undefined,
    },
    userStore: new WebStorageStateStore({ store: sessionStorage }),
    stateStore: new WebStorageStateStore({ store: sessionStorage }),
    automaticSilentRenew: false,
  });
}

/** Where somebody wanted to go before they were sent to the issuer. */
const placeKey = 'place';

const codeOf = () => /^#code=([\w-]+)$/.exec(location.hash)?.[1];

/** Whether the address is that of a link which signs in. */
export const isLink = () => codeOf() !== undefined;

/** Signs in with what the address has, if it has something, and takes it out of there at once. */
export async function beginFromAddress(): Promise<'link-used' | undefined> {
  const code = codeOf();
  const url = location.href;
  const isFromIssuer = new URLSearchParams(location.search).has('state');
  if (code || isFromIssuer) {
    history.replaceState(null, '', `/${code ? '' : (sessionStorage.getItem(placeKey) ?? '')}`);
    dispatchEvent(new HashChangeEvent('hashchange'));
  }
  if (code) {
    try {
      session.begin((await answer(api.POST('/api/sign-in', { body: { code } }))).token);
    } catch (e) {
      if (e instanceof ApiError && e.status === 401) {
        return 'link-used';
      }
      throw e;
    }
  } else if (isFromIssuer) {
    const options = await readOptions();
    const manager = await issuerManager(options);
    const user = await manager.signinCallback(url);
    await manager.removeUser(); // the token alone is kept, as with any other way in
    if (user) {
      session.begin(options.issuer!.token === 'id_token' ? user.id_token! : user.access_token);
    }
  }
  return undefined;
}

/** Signs out here and, where a link signed in, at the portal; at an issuer as well, if it has a place for that. */
export async function signOut() {
  const options = await readOptions().catch(() => undefined);
  try {
    await answer(api.POST('/api/sign-out'));
    session.end('signed-out');
  } catch {
    if (session.token) {
      session.end('not-signed-out'); // else it had ended by itself, and that is said
    }
  }
  const { endSessionEndpoint, clientId } = options?.issuer ?? {};
  if (endSessionEndpoint && clientId) {
    const query = new URLSearchParams({ client_id: clientId, post_logout_redirect_uri: `${location.origin}/` });
    location.assign(`${endSessionEndpoint}?${query}`);
  }
}

export function SignIn({ beginning }: { beginning: Promise<'link-used' | undefined> }) {
  const [problem, setProblem] = useState<unknown>();
  const [isBeginning, setIsBeginning] = useState(true);
  useEffect(() => {
    beginning.then((p) => setProblem(p), setProblem).finally(() => setIsBeginning(false));
  }, [beginning]);
  const options = useQuery({ queryKey: ['sign-in'], queryFn: readOptions });
  return (
    <main className="sign-in">
      <Container
        header={
          <Header
            variant="h1"
            actions={<Button onClick={() => setLanguage(language() === 'ja' ? 'en' : 'ja')}>{t('language')}</Button>}
          >
            {t('product')}
          </Header>
        }
      >
        <SpaceBetween size="l">
          {session.ended && <Alert type={session.ended === 'not-signed-out' ? 'warning' : 'info'}>{t(`signIn:${session.ended}`)}</Alert>}
          {problem === 'link-used' && <Alert type="warning">{t('signIn:linkUsed')}</Alert>}
          {problem !== undefined && problem !== 'link-used' && (
            problem instanceof ApiError ? <Failure error={problem} /> : (
              <IssuerFailed error={problem} />
            )
          )}
          {options.error && <Failure error={options.error} retry={() => void options.refetch()} />}
          {(isBeginning || options.isPending) && <Spinner />}
          {!isBeginning && options.data && <Ways options={options.data} />}
        </SpaceBetween>
      </Container>
    </main>
  );
}

function Ways({ options }: { options: Options }) {
  if (options.kind === 'issuer') {
    return options.issuer!.clientId ? <IssuerButton options={options} /> : <Alert type="warning">{t('signIn:noClient')}</Alert>;
  }
  if (options.kind === 'iam') {
    return (
      <SpaceBetween size="s">
        <Box>{t('signIn:iam')}</Box>
        {options.command && <Command text={options.command} />}
      </SpaceBetween>
    );
  }
  return (
    <SpaceBetween size="m">
      <Box>{t('signIn:local')}</Box>
      <Box>{t('signIn:another')}</Box>
      {options.command && <Command text={options.command} />}
      <ExpandableSection headerText={t('signIn:withToken')}>
        <TokenForm />
      </ExpandableSection>
    </SpaceBetween>
  );
}

function Command({ text }: { text: string }) {
  return (
    <SpaceBetween direction="horizontal" size="xs" alignItems="center">
      <Box variant="code">{text}</Box>
      <CopyToClipboard
        variant="icon"
        textToCopy={text}
        copyButtonAriaLabel={t('copy')}
        copySuccessText={t('copied')}
        copyErrorText={t('failed')}
      />
    </SpaceBetween>
  );
}

const IssuerFailed = ({ error }: { error: unknown }) => (
  <Alert type="error">{t('signIn:issuerFailed', { problem: error instanceof Error ? error.message : String(error) })}</Alert>
);

function IssuerButton({ options }: { options: Options }) {
  const [error, setError] = useState<unknown>();
  const go = async () => {
    try {
      sessionStorage.setItem(placeKey, location.hash);
      await (await issuerManager(options)).signinRedirect();
    } catch (e) {
      setError(e);
    }
  };
  return (
    <SpaceBetween size="m">
      {error !== undefined && (
        <IssuerFailed error={error} />
      )}
      <Button variant="primary" onClick={() => void go()}>
        {t('signIn:issuer', { issuer: new URL(options.issuer!.authority).host })}
      </Button>
    </SpaceBetween>
  );
}

function TokenForm() {
  const [token, setToken] = useState('');
  const [error, setError] = useState<unknown>();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const given = token.trim();
    const response = await fetch('/api/me', { headers: { Authorization: `Bearer ${given}` } }).catch(setError);
    if (response?.ok) {
      session.begin(given);
    } else if (response) {
      setError(t('signIn:refused'));
    }
  };
  return (
    <form onSubmit={(e) => void submit(e)}>
      <Form actions={<Button formAction="submit">{t('signIn:go')}</Button>}>
        <FormField
          label={t('signIn:token')}
          description={t('signIn:tokenHelp')}
          errorText={error === undefined ? undefined : typeof error === 'string' ? error : t('offline')}
        >
          <Input type="password" autoComplete={false} value={token} onChange={({ detail }) => setToken(detail.value)} />
        </FormField>
      </Form>
    </form>
  );
}
