import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { answer, api, ApiError, type Schemas } from '../api';
import { useIsEditor } from '../parts/data';
import { Failure } from '../parts/Failure';
import { FileChooser } from '../parts/FileChooser';
import { useSave } from '../parts/Save';
import { t } from '../words';
import { download } from './download';

/** All that there is – ranges, messages, settings and tests – as one file, and back. */
export function RuleSetFile() {
  const [error, setError] = useState<unknown>();
  const isEditor = useIsEditor();
  const save = async () => {
    // As the portal writes it: by its order and its spaces a version control sees what has changed.
    const { data, response } = await api.GET('/api/rule-set', { parseAs: 'text' });
    if (!response.ok) {
      throw new ApiError(response.status, undefined);
    }
    download('rule-set.json', 'application/json', data as string);
  };
  return (
    <Container header={<Header variant="h2" description={t('imports:everythingText')}>{t('imports:everything')}</Header>}>
      <SpaceBetween size="m">
        {error !== undefined && <Failure error={error} />}
        <Button iconName="download" onClick={() => void save().then(() => setError(undefined), setError)}>
          {t('imports:everythingDownload')}
        </Button>
        {isEditor && <Replace />}
      </SpaceBetween>
    </Container>
  );
}

/** Makes a file all that there is. It is apart, as what replaces all ranges. */
function Replace() {
  const ask = useSave();
  const [error, setError] = useState<unknown>();
  const [isAsking, setIsAsking] = useState(false);
  const choose = async (file: File) => {
    setIsAsking(true);
    setError(undefined);
    try {
      const request = {
        body: (await file.text()) as unknown as Schemas['RuleSetInput'],
        bodySerializer: (body: unknown) => body as string, // the portal says what is wrong with it
        headers: { 'Content-Type': 'application/json' },
      };
      const { changes } = await answer(api.PUT('/api/preview/rule-set', { params: { query: { impactDays: 1 } }, ...request }));
      const removals = changes.ranges.removedCount + changes.entries.reduce((sum, list) => sum + list.removedCount, 0);
      const header = { 'If-Match': `"${changes.from}"` }; // what was counted, or nothing
      ask({
        title: t('imports:everythingTitle', { name: file.name }),
        button: t('imports:everythingGo'),
        comment: t('imports:everythingComment', { name: file.name }),
        removals,
        removalsHelp: 'save:everythingHelp',
        preview: (query) => answer(api.PUT('/api/preview/rule-set', { params: { query: { ...query, removals }, header }, ...request })),
        commit: (query) => answer(api.PUT('/api/rule-set', { params: { query: { ...query, removals }, header }, ...request })),
      });
    } catch (e) {
      setError(e);
    } finally {
      setIsAsking(false);
    }
  };
  return (
    <ExpandableSection
      headerText={
        <Box variant="span" color="text-status-error" fontWeight="bold">
          {t('imports:everythingReplace')}
        </Box>
      }
    >
      <SpaceBetween size="m">
        <Alert type="error">{t('imports:everythingReplaceText')}</Alert>
        {error !== undefined && <Failure error={error} />}
        <FileChooser
          accept=".json,application/json"
          note={isAsking ? t('imports:looking') : undefined}
          onChoose={(file) => void choose(file)}
        />
      </SpaceBetween>
    </ExpandableSection>
  );
}
