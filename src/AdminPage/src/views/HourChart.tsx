import BarChart from '@cloudscape-design/components/bar-chart';
import Box from '@cloudscape-design/components/box';
import { useQuery } from '@tanstack/react-query';
import { answer, api } from '../api';
import { Failure } from '../parts/Failure';
import { language, t } from '../words';

const outcomes = ['allowed', 'reported', 'denied'] as const;

const colors = { allowed: '#2ea597', reported: '#e07941', denied: '#c33d69' };

/** How many connections of the last 24 hours came to what, hour by hour. */
export default function HourChart() {
  const summary = useQuery({
    queryKey: ['summary'],
    queryFn: () => answer(api.GET('/api/decisions/summary', { params: { query: { by: 'hour', top: 0 } } })),
    refetchInterval: 60_000,
  });
  if (summary.error) {
    return <Failure error={summary.error} />;
  }
  const hours: Date[] = [];
  if (summary.data) {
    for (let at = Date.parse(summary.data.from); at < Date.parse(summary.data.to); at += 3_600_000) {
      hours.push(new Date(at));
    }
  }
  const counted = (hour: Date, outcome: (typeof outcomes)[number]) =>
    (summary.data?.counts ?? [])
      .filter((c) => c.outcome === outcome && Date.parse(c.time) === hour.getTime())
      .reduce((sum, c) => sum + c.count, 0);
  const hourText = new Intl.DateTimeFormat(language(), { month: 'numeric', day: 'numeric', hour: '2-digit', minute: '2-digit' });
  const shown = outcomes.filter((o) => hours.some((h) => counted(h, o) > 0));
  return (
    <BarChart
      height={200}
      stackedBars
      hideFilter
      xScaleType="categorical"
      xTitle={t('home:time')}
      yTitle={t('home:count')}
      xTickFormatter={(hour) => new Intl.DateTimeFormat(language(), { hour: '2-digit' }).format(hour)}
      detailPopoverSeriesContent={({ series, y }) => ({ key: series.title, value: y })}
      i18nStrings={{ xTickFormatter: (hour: Date) => hourText.format(hour) }}
      ariaLabel={t('home:chart')}
      statusType={summary.isPending ? 'loading' : 'finished'}
      loadingText={t('loading')}
      empty={<Box textAlign="center">{t('home:chartEmpty')}</Box>}
      series={shown.map((outcome) => ({
        type: 'bar',
        title: t(outcome),
        color: colors[outcome],
        data: hours.map((x) => ({ x, y: counted(x, outcome) })),
      }))}
      xDomain={hours}
    />
  );
}
