import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { t } from '../words';
import { downloadCsv } from './download';
import { importedColumns } from './importFormats';

const prefixList = 'aws ec2 get-managed-prefix-list-entries --prefix-list-id pl-… --output json';
const ipSet = 'aws wafv2 get-ip-set --scope REGIONAL --name … --id … --output json';

/** An example of each format. */
export function ImportHelp() {
  const [office, branch, blocked] = [t('imports:exampleOffice'), t('imports:exampleBranch'), t('imports:exampleBlocked')];
  const plain = [
    `203.0.113.0/24 # ${office}`, '198.51.100.7', `192.0.2.0/255.255.255.128 # ${branch}`, '192.0.2.200-192.0.2.207', '2001:db8:1234::/48',
  ].join('\n');
  const csv = [
    'cidr,action,description,users,validUntil',
    `203.0.113.0/24,,${office},,`,
    `198.51.100.7,,${branch},alice;bob,2036-04-01T00:00:00+09:00`,
    `192.0.2.66,deny,${blocked},,`,
  ].join('\n');
  const copy = (text: string) => (
    <CopyToClipboard
      copyButtonText={t('imports:copyExample')}
      copySuccessText={t('copied')}
      copyErrorText={t('failed')}
      textToCopy={text}
    />
  );
  return (
    <ExpandableSection headerText={t('imports:help')} variant="container">
      <ColumnLayout columns={3}>
        <SpaceBetween size="xs">
          <Box variant="h3">{t('imports:helpPlain')}</Box>
          <Box>{t('imports:helpPlainText')}</Box>
          <Example text={plain} />
          {copy(plain)}
        </SpaceBetween>
        <SpaceBetween size="xs">
          <Box variant="h3">{t('imports:helpCsv')}</Box>
          <Box>{t('imports:helpCsvText', { columns: importedColumns.join(', ') })}</Box>
          <Example text={csv} />
          <SpaceBetween direction="horizontal" size="xs">
            {copy(csv)}
            <Button iconName="download" onClick={() => downloadCsv('ranges', `${csv.replaceAll('\n', '\r\n')}\r\n`)}>
              {t('imports:download')}
            </Button>
          </SpaceBetween>
        </SpaceBetween>
        <SpaceBetween size="xs">
          <Box variant="h3">{t('imports:helpAws')}</Box>
          <Box>{t('imports:helpAwsText')}</Box>
          <Example text={prefixList} />
          <Example text={ipSet} />
        </SpaceBetween>
      </ColumnLayout>
    </ExpandableSection>
  );
}

const Example = ({ text }: { text: string }) => (
  <Box variant="code">
    <span className="list-text">{text}</span>
  </Box>
);
