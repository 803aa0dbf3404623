import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Textarea from '@cloudscape-design/components/textarea';
import { useState } from 'react';
import { answer, api, type ApiError } from '../api';
import { useOwnAddress } from '../parts/data';
import { Failure } from '../parts/Failure';
import { useSave } from '../parts/Save';
import { faultText } from '../parts/texts';
import { go } from '../route';
import { t } from '../words';

/** What somebody sees who has just started the portal: office, message, a try. */
export function FirstSteps({ hasRange, hasMessage, onClose }: { hasRange: boolean; hasMessage: boolean; onClose: () => void }) {
  const save = useSave();
  const [own] = useOwnAddress();
  const [cidr, setCidr] = useState(own ?? '');
  const [text, setText] = useState(t('home:step2Example'));
  const [error, setError] = useState<ApiError>();
  const fault = error?.faults('cidr')[0];
  const addOffice = () => {
    const body = { cidr: cidr.trim(), description: t('home:office') };
    save({
      title: t('home:step1'),
      preview: (query) => answer(api.POST('/api/preview/ranges', { params: { query }, body })),
      commit: (query) => answer(api.POST('/api/ranges', { params: { query }, body })),
      onInvalid: setError,
    });
  };
  const addMessage = () => {
    const body = { text: text.trim() };
    save({
      title: t('home:step2'),
      preview: (query) => answer(api.POST('/api/preview/denial-messages', { params: { query }, body })),
      commit: (query) => answer(api.POST('/api/denial-messages', { params: { query }, body })),
      onInvalid: setError,
    });
  };
  return (
    <Container
      header={
        <Header variant="h2" actions={hasRange && <Button onClick={onClose}>{t('home:startDone')}</Button>}>
          {t('home:start')}
        </Header>
      }
    >
      <SpaceBetween size="m">
        {!hasRange && <Alert type="info">{t('home:startText')}</Alert>}
        {error && !fault && <Failure error={error} />}
        <ColumnLayout columns={3}>
          <SpaceBetween size="s">
            <Box variant="h3">{t('home:step1')}</Box>
            {hasRange && <StatusIndicator>{t('home:done')}</StatusIndicator>}
            <Box>{t('home:step1Text')}</Box>
            <FormField
              label={t('home:address')}
              errorText={fault && faultText(fault)}
              description={
                own ? t('home:step1Seen') : (
                  <>
                    {t('home:step1Look')}{' '}
                    <Link external href="https://checkip.amazonaws.com/">
                      checkip.amazonaws.com
                    </Link>
                  </>
                )
              }
            >
              <Input value={cidr} placeholder="203.0.113.0/24" onChange={({ detail }) => setCidr(detail.value)} />
            </FormField>
            <Button variant={hasRange ? 'normal' : 'primary'} disabled={!cidr.trim()} onClick={addOffice}>
              {t('home:addOffice')}
            </Button>
          </SpaceBetween>
          <SpaceBetween size="s">
            <Box variant="h3">{t('home:step2')}</Box>
            <Box>{t('home:step2Text')}</Box>
            {hasMessage ? (
              <StatusIndicator>{t('home:done')}</StatusIndicator>
            ) : (
              <SpaceBetween size="s">
                <Textarea value={text} rows={3} ariaLabel={t('home:step2')} onChange={({ detail }) => setText(detail.value)} />
                <Button disabled={!text.trim()} onClick={addMessage}>
                  {t('home:addMessage')}
                </Button>
              </SpaceBetween>
            )}
          </SpaceBetween>
          <SpaceBetween size="s">
            <Box variant="h3">{t('home:step3')}</Box>
            <Box>{t('home:step3Text')}</Box>
            <Button onClick={() => go('try', { publicIp: cidr.split('/')[0]?.trim() })}>{t('home:tryAddress')}</Button>
          </SpaceBetween>
        </ColumnLayout>
      </SpaceBetween>
    </Container>
  );
}
