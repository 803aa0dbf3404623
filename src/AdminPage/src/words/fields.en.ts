/** Members' names as an administrator would call them, where they say it less well themselves. */
export const fields = {
  cidr: 'address',
  endpointId: 'endpoint',
  endpointIds: 'endpoints',
  commonNames: 'certificates',
  validFrom: 'beginning',
  validUntil: 'end',
  enabled: 'switched on',
  allowedPostureStatuses: 'posture statuses when allowed',
  deniedPostureStatuses: 'posture statuses when denied',
  schedule: 'hours',
  addressListId: 'address list',
  entryCount: 'entries',
  maxChange: 'greatest change by itself',
  refreshMinutes: 'minutes between refreshes',
} as const;
