import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import Container from '@cloudscape-design/components/container';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Pagination from '@cloudscape-design/components/pagination';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Table from '@cloudscape-design/components/table';
import Textarea from '@cloudscape-design/components/textarea';
import Toggle from '@cloudscape-design/components/toggle';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { answer, api, type Schemas } from '../api';
import { useIsEditor, useRanges } from '../parts/data';
import { Failure } from '../parts/Failure';
import { FileChooser } from '../parts/FileChooser';
import { useSave } from '../parts/Save';
import { conditionTexts, rangeText } from '../parts/texts';
import { go } from '../route';
import { t } from '../words';
import { readText } from './fileText';
import { detect, hasIds, type Kind, parse, passedOver, withHeader, without } from './importFormats';
import { ImportHelp } from './ImportHelp';
import { importRanges, type Line, linesOf, look, previewImport, replacementOf } from './importLook';
import { RuleSetFile } from './RuleSetFile';
import './texts.css';

const kinds = ['plain', 'csv', 'json'] as const;
const perPage = 50;

/** Many ranges from elsewhere at once. */
export default function Import() {
  const isEditor = useIsEditor();
  const save = useSave();
  const present = useRanges();
  const [text, setText] = useState('');
  const [settled, setSettled] = useState(''); // what is looked at: the text as soon as nobody types any more
  const [chosen, setChosen] = useState<Kind>();
  const [file, setFile] = useState<{ name: string; encoding: string }>();
  const [fileError, setFileError] = useState<string>();
  const [done, setDone] = useState<Schemas['ImportedRanges']>();

  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), 500);
    return () => clearTimeout(timer);
  }, [text]);

  const kind = chosen ?? detect(settled);
  const looked = useQuery({
    queryKey: ['import', settled, kind],
    queryFn: () => look(settled, kind),
    enabled: !!settled.trim() && isEditor,
    retry: false,
    refetchOnWindowFocus: false,
  });
  const lines = looked.data && present.data && linesOf(looked.data, present.data);
  const isCurrent = settled === text && !looked.isFetching;

  const change = (next: string, from?: { name: string; encoding: string }) => {
    setText(next);
    setFile(from);
    setFileError(undefined);
    setDone(undefined);
  };
  const choose = async (given: File) => {
    setChosen(undefined);
    const read = await readText(given);
    change(read.text ?? '', read.text === undefined ? undefined : { name: given.name, encoding: read.encoding });
    setFileError(read.error);
  };
  const add = () => {
    const count = lines!.flatMap((l) => l.ranges).filter((r) => !r.there).length;
    save({
      title: t('imports:addTitle', { count }),
      button: t('imports:addButton'),
      comment: file && t('imports:addComment', { name: file.name }),
      preview: (query) => previewImport(settled, kind, query),
      commit: (query) => importRanges(settled, kind, query),
      onDone: (result) => {
        change('');
        setChosen(undefined);
        setDone(result as Schemas['ImportedRanges']);
      },
    });
  };

  if (!isEditor) {
    return (
      <SpaceBetween size="l">
        <Header variant="h1">{t('imports:title')}</Header>
        <Alert type="info">{t('readOnly')}</Alert>
        <RuleSetFile />
      </SpaceBetween>
    );
  }
  const formats = [
    { value: '', label: t('imports:detected', { kind: t(`imports:${detect(settled)}`) }) },
    ...kinds.map((k) => ({ value: k, label: t(`imports:${k}`) })),
  ];
  const suggested = kind === 'plain' && !chosen ? withHeader(settled) : undefined;
  const ignored = looked.data && kind === 'csv' ? passedOver(looked.data.sheet) : [];
  return (
    <SpaceBetween size="l">
      <Header variant="h1" description={t('imports:description')}>
        {t('imports:title')}
      </Header>
      {done && (
        <Alert type="success" action={<Button onClick={() => go('ranges')}>{t('imports:see')}</Button>}>
          {t('imports:done', { count: done.added })}
          {done.alreadyThere > 0 && ` ${t('imports:doneThere', { count: done.alreadyThere })}`}
        </Alert>
      )}
      <Container>
        <SpaceBetween size="m">
          <FormField label={t('imports:text')} description={t('imports:textHelp')} stretch>
            <Textarea
              value={text}
              rows={8}
              spellcheck={false}
              placeholder={'203.0.113.0/24 # …\n198.51.100.7'}
              onChange={({ detail }) => change(detail.value)}
            />
          </FormField>
          <ColumnLayout columns={2}>
            <FormField label={t('imports:file')} description={t('imports:fileHelp')}>
              <FileChooser error={fileError} note={file && t('imports:read', file)} onChoose={(given) => void choose(given)} />
            </FormField>
            <FormField label={t('imports:kind')}>
              <Select
                selectedOption={formats.find((f) => f.value === (chosen ?? ''))!}
                options={formats}
                onChange={({ detail }) => setChosen((detail.selectedOption.value || undefined) as Kind | undefined)}
              />
            </FormField>
          </ColumnLayout>
        </SpaceBetween>
      </Container>
      {suggested && (
        <Alert type="info" action={<Button onClick={() => change(suggested, file)}>{t('imports:takeHeader')}</Button>}>
          {t('imports:header')}
        </Alert>
      )}
      {ignored.length > 0 && (
        <Alert type="warning">{t('imports:passedOver', { count: ignored.length, names: ignored.join(', ') })}</Alert>
      )}
      {looked.data && hasIds(looked.data.sheet) && <Alert type="info">{t('imports:own')}</Alert>}
      {looked.error && <Failure error={looked.error} />}
      {looked.isFetching && !lines && <StatusIndicator type="loading">{t('imports:looking')}</StatusIndicator>}
      {lines && lines.length > 0 && !(suggested && lines.every(isFaulty)) && (
        <Understood
          lines={lines}
          isHopeless={looked.data!.isHopeless}
          isBusy={!isCurrent}
          onAdd={add}
          onLeaveOut={(bad) => change(without(settled, kind, bad.map((l) => l.row)), file)}
        />
      )}
      <ImportHelp />
      {lines && lines.length > 0 && <ReplaceAll lines={lines} text={settled} kind={kind} isBusy={!isCurrent} onDone={() => change('')} />}
      <RuleSetFile />
    </SpaceBetween>
  );
}

const isFaulty = (line: Line) => line.state === 'bad' || line.state === 'rival';

/** Each line, with what it was understood as or what is wrong with it. */
function Understood({ lines, isHopeless, isBusy, onAdd, onLeaveOut }: {
  lines: Line[];
  isHopeless: boolean;
  isBusy: boolean;
  onAdd: () => void;
  onLeaveOut: (bad: Line[]) => void;
}) {
  const [onlyFaults, setOnlyFaults] = useState(false);
  const [page, setPage] = useState(1);
  const faulty = lines.filter(isFaulty);
  const added = lines.filter((l) => l.state === 'new').length;
  const shown = onlyFaults && faulty.length > 0 ? faulty : lines;
  const pages = Math.ceil(shown.length / perPage);
  const current = Math.min(page, pages);
  return (
    <SpaceBetween size="m">
      {faulty.length > 0 && (
        <Alert
          type="error"
          action={
            !isHopeless && (
              <Button disabled={isBusy} onClick={() => onLeaveOut(faulty)}>
                {t('imports:leaveOut', { count: faulty.length })}
              </Button>
            )
          }
        >
          {t(isHopeless ? 'imports:hopeless' : 'imports:fault', { count: faulty.length })}
        </Alert>
      )}
      {added === 0 && faulty.length === 0 && <Alert type="info">{t('imports:nothingNew')}</Alert>}
      <Table
        variant="container"
        items={shown.slice((current - 1) * perPage, current * perPage)}
        trackBy={(l) => l.row.place}
        wrapLines
        header={
          <Header
            variant="h2"
            counter={`(${lines.length})`}
            description={t('imports:counts', { added, there: lines.length - added - faulty.length, bad: faulty.length })}
            actions={
              <Button variant="primary" disabled={isBusy || faulty.length > 0 || added === 0} onClick={onAdd}>
                {t('imports:add')}
              </Button>
            }
          >
            {t('imports:understood')}
          </Header>
        }
        filter={
          faulty.length > 0 &&
          faulty.length < lines.length && (
            <Toggle checked={onlyFaults} onChange={({ detail }) => setOnlyFaults(detail.checked)}>
              {t('imports:onlyFaults')}
            </Toggle>
          )
        }
        pagination={
          pages > 1 && (
            <Pagination currentPageIndex={current} pagesCount={pages} onChange={({ detail }) => setPage(detail.currentPageIndex)} />
          )
        }
        columnDefinitions={[
          { id: 'line', header: t('imports:line'), cell: (l) => l.row.number, width: 80 },
          {
            id: 'given',
            header: t('imports:given'),
            cell: (l) => <span className="list-text">{l.row.text}</span>,
            isRowHeader: true,
            minWidth: 180,
          },
          { id: 'result', header: t('imports:result'), cell: (l) => <Result line={l} />, minWidth: 260 },
        ]}
      />
    </SpaceBetween>
  );
}

function Result({ line }: { line: Line }) {
  if (isFaulty(line)) {
    return line.sentences.map((s, i) => (
      <StatusIndicator key={i} type={line.state === 'bad' ? 'error' : 'warning'}>
        <span className="sentence">{s}</span>
      </StatusIndicator>
    ));
  }
  if (line.ranges.length === 0) {
    return <StatusIndicator>{t('imports:good')}</StatusIndicator>;
  }
  return line.ranges.map(({ range, there, isTwice }, i) => (
    <div key={i}>
      <StatusIndicator type={there ? 'info' : 'success'}>
        <span className="sentence">
          {there ? t(isTwice ? 'imports:twice' : 'imports:there', { range: rangeText(there) }) : rangeText(range)}
        </span>
      </StatusIndicator>
      {!there && conditionTexts(range).map((c) => (
        <Box key={c} color="text-body-secondary" padding={{ left: 'l' }}>
          {c}
        </Box>
      ))}
    </div>
  ));
}

/** Makes the list the whole list. It is apart and says what it takes away, since nobody who only wants to add should come by it. */
function ReplaceAll(
  { lines, text, kind, isBusy, onDone }: { lines: Line[]; text: string; kind: Kind; isBusy: boolean; onDone: () => void },
) {
  const save = useSave();
  const [error, setError] = useState<unknown>();
  const [isAsking, setIsAsking] = useState(false);
  const sheet = parse(text, kind);

  const isOwn = hasIds(sheet);
  const list = isOwn ? undefined : replacementOf(lines);
  const request = {
    body: (list ? JSON.stringify(list) : text) as unknown as Schemas['RangeInput'][],
    bodySerializer: (body: unknown) => body as string,
    headers: { 'Content-Type': list || sheet.isExport ? 'application/json' : 'text/csv' },
  };
  const ask = async () => {
    setIsAsking(true);
    setError(undefined);
    try {
      const { changes } = await answer(api.PUT('/api/preview/ranges', { params: { query: { impactDays: 1 } }, ...request }));
      const removals = changes.ranges.removedCount;
      const header = { 'If-Match': `"${changes.from}"` }; // what was counted, or nothing
      save({
        title: t('imports:replaceTitle', { count: list?.length ?? lines.length }),
        button: t('imports:replaceGo'),
        removals,
        preview: (query) => answer(api.PUT('/api/preview/ranges', { params: { query: { ...query, removals }, header }, ...request })),
        commit: (query) => answer(api.PUT('/api/ranges', { params: { query: { ...query, removals }, header }, ...request })),
        onDone,
      });
    } catch (e) {
      setError(e);
    } finally {
      setIsAsking(false);
    }
  };
  const isReady = isOwn || lines.every((l) => l.ranges.length > 0);
  return (
    <ExpandableSection
      variant="container"
      headerText={
        <Box variant="span" color="text-status-error" fontSize="heading-m" fontWeight="bold">
          {t('imports:replace')}
        </Box>
      }
    >
      <SpaceBetween size="m">
        <Alert type="error">
          {t('imports:replaceText')} {t('imports:replaceKept')}
        </Alert>
        {error !== undefined && <Failure error={error} />}
        <Button disabled={isBusy || !isReady} loading={isAsking} onClick={() => void ask()}>
          {t('imports:replaceButton')}
        </Button>
      </SpaceBetween>
    </ExpandableSection>
  );
}
