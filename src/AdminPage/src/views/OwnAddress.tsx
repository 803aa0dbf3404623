import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { answer, api } from '../api';
import { useMe, useOwnAddress } from '../parts/data';
import { explain } from '../parts/texts';
import { href } from '../route';
import { t } from '../words';

class BadAddress extends Error {}

/** From where the administrator connects: asked only where the portal doesn't see it. */
export function OwnAddress() {
  const seen = useMe().data?.publicIp;
  const [own] = useOwnAddress();
  return (
    <Container
      header={
        <Header variant="h2" description={t('settings:ownText')}>
          {t('settings:own')}
        </Header>
      }
    >
      {seen ? (
        <Box>
          {t('settings:ownSeen', { address: seen })} <Link href={href('try', { publicIp: seen })}>{t('settings:ownTry')}</Link>
        </Box>
      ) : (
        <AddressForm own={own ?? ''} />
      )}
    </Container>
  );
}

function AddressForm({ own }: { own: string }) {
  const [, setOwn] = useOwnAddress();
  const [kept, setKept] = useState(own);
  const [text, setText] = useState(own);
  const given = text.trim();
  const keep = useMutation({
    mutationFn: async (address: string) => {
      const tried = address && (await answer(api.POST('/api/evaluations', { body: { publicIp: address } })));
      if (tried && tried.reason === 'invalid-request') {
        throw new BadAddress();
      }
      setOwn(address);
      setKept(address);
      return address;
    },
  });
  const fault = keep.error && (keep.error instanceof BadAddress ? t('settings:ownBad') : explain(keep.error).join(' '));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    keep.mutate(given);
  };
  return (
    <form onSubmit={submit}>
      <SpaceBetween size="s">
        <FormField
          label={t('settings:ownLabel')}
          description={
            <>
              {t('settings:ownHelp')}{' '}
              <Link external href="https://checkip.amazonaws.com/">
                checkip.amazonaws.com
              </Link>
            </>
          }
          constraintText={t('settings:ownKept')}
          errorText={fault}
          secondaryControl={
            <Button formAction="submit" loading={keep.isPending} disabled={given === kept}>
              {t('settings:ownSave')}
            </Button>
          }
        >
          <Input
            value={text}
            placeholder="203.0.113.7"
            onChange={({ detail }) => {
              setText(detail.value);
              keep.reset();
            }}
          />
        </FormField>
        <div aria-live="polite">
          {keep.isSuccess && (
            <SpaceBetween direction="horizontal" size="s">
              <StatusIndicator>{t(keep.data ? 'settings:ownSaved' : 'settings:ownCleared')}</StatusIndicator>
              {keep.data !== '' && <Link href={href('try', { publicIp: keep.data })}>{t('settings:ownTry')}</Link>}
            </SpaceBetween>
          )}
        </div>
      </SpaceBetween>
    </form>
  );
}
