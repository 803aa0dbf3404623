import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Checkbox from '@cloudscape-design/components/checkbox';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api } from '../api';
import { useIsEditor } from '../parts/data';
import { Differences } from '../parts/Differences';
import { Failure } from '../parts/Failure';
import { useSave } from '../parts/Save';
import { agoText, summaryText, timeText, whoText, whyText } from '../parts/texts';
import { go, href } from '../route';
import { t } from '../words';

/** One revision: who, when, why, what it changed, and the ways back. */
export function OneChange({ number }: { number: number }) {
  const isEditor = useIsEditor();
  const path = { number };
  const revision = useQuery({
    queryKey: ['revision', number],
    queryFn: () => answer(api.GET('/api/revisions/{number}', { params: { path } })),
  });
  const changes = useQuery({
    queryKey: ['revision-changes', number],
    queryFn: () => answer(api.GET('/api/revisions/{number}/changes', { params: { path } })),
  });
  const newest = useQuery({
    queryKey: ['newest-revision'],
    queryFn: () => answer(api.GET('/api/revisions', { params: { query: { limit: 1 } } })),
  });
  const head = newest.data?.items[0]?.number;

  const error = revision.error ?? changes.error;
  if (error) {
    return <Failure error={error} />;
  }
  if (!revision.data || !changes.data) {
    return <Spinner size="large" />;
  }
  const { committedAt, committedBy, summary, comment, intact } = revision.data;
  return (
    <SpaceBetween size="l">
      <Header
        variant="h1"
        description={summaryText(summary)}
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            {number > 1 && (
              <Button iconName="angle-left" href={href(`changes/${number - 1}`)}>
                {t('changes:older')}
              </Button>
            )}
            {head !== undefined && number < head && (
              <Button iconName="angle-right" iconAlign="right" href={href(`changes/${number + 1}`)}>
                {t('changes:newer')}
              </Button>
            )}
          </SpaceBetween>
        }
      >
        {t('changes:one', { number })}
      </Header>
      {intact === false && <Alert type="error">{t('changes:brokenText')}</Alert>}
      <Container>
        <KeyValuePairs
          columns={3}
          items={[
            { label: t('changes:when'), value: `${timeText(committedAt)} (${agoText(committedAt)})` },
            { label: t('changes:who'), value: whoText(committedBy) },
            { label: t('changes:why'), value: comment ? whyText(comment) : '–' },
          ]}
        />
      </Container>
      <Container header={<Header variant="h2">{t('changes:difference')}</Header>}>
        <Differences changes={changes.data} />
      </Container>
      {isEditor && <WaysBack number={number} isHead={number === head} />}
    </SpaceBetween>
  );
}

function WaysBack({ number, isHead }: { number: number; isHead: boolean }) {
  const save = useSave();
  const [restoreRuleTests, setRestoreRuleTests] = useState(false);
  const path = { number };
  const onDone = () => go('changes');
  const undo = () =>
    save({
      title: t('changes:undoTitle', { number }),
      button: t('changes:undoButton'),
      preview: (query) => answer(api.POST('/api/preview/revisions/undo', { params: { query: { ...query, revision: number } } })),
      commit: (query) => answer(api.POST('/api/revisions/undo', { params: { query: { ...query, revision: number } } })),
      onDone,
    });
  const restore = () =>
    save({
      title: t('changes:restoreTitle', { number }),
      button: t('changes:restoreButton'),
      preview: (query) =>
        answer(api.POST('/api/preview/revisions/{number}/restore', { params: { path, query: { ...query, restoreRuleTests } } })),
      commit: (query) => answer(api.POST('/api/revisions/{number}/restore', { params: { path, query: { ...query, restoreRuleTests } } })),
      onDone,
    });
  return (
    <Container header={<Header variant="h2">{t('changes:takeBack')}</Header>}>
      <ColumnLayout columns={2} borders="vertical">
        <SpaceBetween size="s">
          <div>{t('changes:undoText')}</div>
          <Button onClick={undo}>{t('changes:undo')}</Button>
        </SpaceBetween>
        <SpaceBetween size="s">
          <div>{isHead ? t('changes:restoreHead') : t('changes:restoreText')}</div>
          {!isHead && (
            <>
              <Checkbox
                checked={restoreRuleTests}
                description={t('changes:restoreTestsHelp')}
                onChange={({ detail }) => setRestoreRuleTests(detail.checked)}
              >
                {t('changes:restoreTests')}
              </Checkbox>
              <Button onClick={restore}>{t('changes:restore')}</Button>
            </>
          )}
        </SpaceBetween>
      </ColumnLayout>
    </Container>
  );
}
