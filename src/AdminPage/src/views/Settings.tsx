import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import Tiles from '@cloudscape-design/components/tiles';
import { useState } from 'react';
import { answer, api, ApiError, queries, type Schemas } from '../api';
import { useIsEditor, useMe, useSettings } from '../parts/data';
import { Failure } from '../parts/Failure';
import { useSave } from '../parts/Save';
import { faultText } from '../parts/texts';
import { t } from '../words';
import { OwnAddress } from './OwnAddress';
import { StatusesInput } from './StatusesInput';

type RuleSettings = Schemas['RuleSettings'];

export default function Settings() {
  const settings = useSettings();
  const isEditor = useIsEditor();
  return (
    <SpaceBetween size="l">
      <Header variant="h1">{t('settings:title')}</Header>
      {settings.error && <Failure error={settings.error} retry={() => void settings.refetch()} />}
      {settings.isPending && <Spinner />}
      {settings.data && (isEditor ? <RulesForm settings={settings.data} /> : <Rules settings={settings.data} />)}
      {isEditor && <OwnAddress />}
      <About />
    </SpaceBetween>
  );
}

/** The settings, for those who may not change them. */
function Rules({ settings }: { settings: RuleSettings }) {
  const statuses = (given: string[]) => given.join(', ') || t('none');
  const isEnforced = settings.enforcement === 'enforce';
  return (
    <Container header={<Header variant="h2">{t('settings:rules')}</Header>}>
      <SpaceBetween size="m">
        <div>
          <Box fontWeight="bold">{t(isEnforced ? 'settings:enforce' : 'settings:reportOnly')}</Box>
          <div>{t(isEnforced ? 'settings:enforceText' : 'settings:reportOnlyText')}</div>
        </div>
        <div>
          <Box variant="h3">{t('settings:statuses')}</Box>
          <Box color="text-body-secondary">{t('settings:statusesText')}</Box>
        </div>
        <KeyValuePairs
          columns={2}
          items={[
            { label: t('settings:allowedStatuses'), value: statuses(settings.allowedPostureStatuses) },
            { label: t('settings:deniedStatuses'), value: statuses(settings.deniedPostureStatuses) },
          ]}
        />
      </SpaceBetween>
    </Container>
  );
}

function RulesForm({ settings }: { settings: RuleSettings }) {
  const save = useSave();
  const [draft, setDraft] = useState<Partial<RuleSettings>>({});
  const [error, setError] = useState<ApiError>();
  const shown = { ...settings, ...draft };
  const change = (fields: Partial<RuleSettings>) => {
    setError(undefined);
    setDraft({ ...draft, ...fields });
  };

  const discard = () => {
    setError(undefined);
    setDraft({});
  };

  // Only what is different is sent, so that what others change meanwhile stays.
  const names = ['enforcement', 'allowedPostureStatuses', 'deniedPostureStatuses'] as const;
  const different = names.filter((name) => JSON.stringify(shown[name]) !== JSON.stringify(settings[name]));
  const body = Object.fromEntries(different.map((name) => [name, shown[name]])) as Partial<RuleSettings>;
  const submit = () =>
    save({
      title: t(!body.enforcement ? 'settings:changeTitle' : body.enforcement === 'enforce' ? 'settings:switchOn' : 'settings:switchOff'),
      preview: (query) => answer(api.PATCH('/api/preview/settings', { params: { query }, body })),
      commit: async (query) => {
        const saved = await answer(api.PATCH('/api/settings', { params: { query }, body }));
        queries.setQueryData(['settings'], saved); // at once, so that the form doesn't show what was
        discard();
        return saved;
      },
      onInvalid: setError,
    });
  const statuses = (name: 'allowedPostureStatuses' | 'deniedPostureStatuses', label: string) => (
    <StatusesInput
      label={label}
      statuses={shown[name]}
      faults={(error?.faults(name) ?? []).map((fault) => {
        const status = shown[name][Number(/\[(\d+)\]/.exec(fault.field)?.[1])];
        const text = faultText(fault);
        return !status || text.includes(status) ? text : `${status}: ${text}`;
      })}
      onChange={(given) => change({ [name]: given })}
    />
  );
  return (
    <Container
      header={
        <Header variant="h2" description={t('settings:rulesText')}>
          {t('settings:rules')}
        </Header>
      }
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" disabled={different.length === 0} onClick={discard}>
              {t('settings:discard')}
            </Button>
            <Button variant="primary" disabled={different.length === 0} onClick={submit}>
              {t('settings:save')}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="l">
        {error && !names.some((name) => error.faults(name).length > 0) && <Failure error={error} />}
        <FormField label={t('settings:enforcement')} stretch>
          <Tiles
            columns={2}
            value={shown.enforcement}
            items={[
              { value: 'enforce', label: t('settings:enforce'), description: t('settings:enforceText') },
              { value: 'report-only', label: t('settings:reportOnly'), description: t('settings:reportOnlyText') },
            ]}
            onChange={({ detail }) => change({ enforcement: detail.value as Schemas['Enforcement'] })}
          />
        </FormField>
        <div>
          <Box variant="h3">{t('settings:statuses')}</Box>
          <Box color="text-body-secondary">{t('settings:statusesText')}</Box>
        </div>
        <ColumnLayout columns={2}>
          {statuses('allowedPostureStatuses', t('settings:allowedStatuses'))}
          {statuses('deniedPostureStatuses', t('settings:deniedStatuses'))}
        </ColumnLayout>
      </SpaceBetween>
    </Container>
  );
}

function About() {
  const me = useMe();
  return (
    <Container header={<Header variant="h2">{t('settings:about')}</Header>}>
      <KeyValuePairs
        columns={2}
        items={[
          { label: t('settings:signedIn'), value: me.data?.name },
          { label: t('settings:role'), value: me.data && t(me.data.role) },
          { label: t('settings:token'), value: t('settings:tokenText') },
          {
            label: t('settings:api'),
            value: (
              <Link external href="/swagger">
                {t('settings:swagger')}
              </Link>
            ),
          },
        ]}
      />
    </Container>
  );
}
