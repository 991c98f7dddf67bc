import type { Channel } from '#events';
import { filedEntry } from '../life.js';
import { metric } from '../metric.js';

const proactive: readonly Channel[] = ['grid', 'sensor', 'video'];

/** 主动发现率 = 网格、感知、视频发现数 ÷ 立案数. */
export const proactiveDiscoveryRate = metric({
  name: 'proactiveDiscoveryRate', chinese: '主动发现率', formula: '网格、物联感知、视频发现的案件数 ÷ 立案数', cohort: 'filing',
  meaning: 'Found by the city itself before anybody complained, of all that was filed, self-handled ones included.',
  entriesOf: (ledger) => filedEntry(ledger, proactive.includes(ledger.channel) ? [ledger.reported] : []),
});
