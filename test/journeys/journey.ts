import { it } from '@jest/globals';
import { chineseNameOf } from '#events';
import type { IncidentEvent } from '#events';
import { stageWord } from '#incident';
import type { StageWord } from '#incident';
import { hour, Refusal, toIso } from '#kernel';
import type { Instant } from '#kernel';
import { libraryOf } from '#reference';
import type { ClockName, Policy } from '#reference';
import { nothing, people, plainCalendar, smallPolicy, smallReference } from '#scenario';
import type { History } from '#scenario';
import { cast, engineVerbs, moment, rungWords, verbs } from './verbs.js';

/**
 * A story as a table that an official can read. One line a moment:
 *
 *   时间  何人  何事  循环  状态  限时
 *
 * `时钟` tells what passed by itself, `循环` what the loops answered, `结果` what was late in the end. Every fact has to stand in the
 * table, apart from warnings 临期预警; — in a column is not looked at, and is the same moment under 时间. A date stands before the time when the day changes.
 */
interface Line {
  readonly text: string;
  readonly at: Instant | null;
  readonly who: string;
  readonly words: readonly string[];
  readonly loop: string;
  readonly leaves: string;
  readonly due: string;
}

const clockWords: Readonly<Record<ClockName, string>> = {
  accept: '受理', dispatch: '派单', acknowledge: '承接', contact: '先行联系', arrive: '到场', handle: '处置', inspect: '核查', supervise: '督办答复', arbitrate: '裁定', whistle: '报到',
  rectify: '整改', suspension: '挂账期满', citizen: '全程',
};

const stageWords: Readonly<Record<StageWord, string>> = {
  unknown: '尚无', reported: '已上报', accepted: '已受理', filed: '已立案', dispatched: '已派单', acknowledged: '已承接', handled: '已处置', inspected: '已核查', arbitrating: '待裁定', closed: '已结案',
  declined: '不予受理', voided: '已作废', merged: '已并案',
};

const read = (table: string): readonly Line[] => {
  const [header = '', ...rows] = table.split('\n').filter((line) => line.trim() !== '');
  if (header.trim().split(/\s{2,}/).join(' ') !== '时间 何人 何事 循环 状态 限时') throw new Error(`a journey begins with its columns, not with «${header.trim()}»`);
  let date = '03-02';
  return rows.map((row) => {
    const cells = row.trim().split(/\s{2,}/);
    const [time = '', who = '', does = '', loop = '', leaves = '', due = ''] = cells.map((cell) => (cell === '—' ? '' : cell));
    if (cells.length > 6) throw new Error(`too many columns in «${row.trim()}»`);
    if (time.includes(' ')) date = time.split(' ')[0] ?? date;
    const at = time === '' ? null : moment(date, time.split(' ').at(-1) ?? '');
    return { text: row.trim(), at, who, words: does.split(' '), loop, leaves, due };
  });
};

const local = (at: Instant): string => toIso(at + 8 * hour);
const shown = (at: Instant, today: Instant): string => (local(at).slice(0, 10) === local(today).slice(0, 10) ? local(at).slice(11, 16) : `${local(at).slice(5, 10)} ${local(at).slice(11, 16)}`);

const wordOf = (event: IncidentEvent): string => ('clock' in event.data ? `${chineseNameOf(event.type)}(${clockWords[event.data.clock]})` : chineseNameOf(event.type));
const unsaid = (events: readonly IncidentEvent[]): readonly string[] => events.filter(({ type }) => type !== 'DeadlineWarned').map(wordOf);

/** The clock that people look at: of the work if it runs, else of whoever has the next step. */
const mainClock = (history: History): Instant | null => {
  if (history.state.stage === 'unknown') return null;
  const running = [...history.state.clocks.values()].filter(({ status }) => status === 'running');
  for (const name of ['suspension', 'handle', 'inspect', 'arbitrate', 'dispatch', 'accept', 'rectify'] as const) {
    const clock = running.filter((each) => each.clock === name).at(-1);
    if (clock) return clock.dueAt;
  }
  return null;
};

const lateness = (history: History): string => {
  if (history.state.stage === 'unknown') return '无超期';
  const late = [...history.state.clocks.values()].filter(({ breached }) => breached).map(({ clock, rung }) => `${clockWords[clock]}(${rungWords[rung]})`);
  return late.length === 0 ? '无超期' : `超期 ${late.join(' ')}`;
};

const clockIdIn = (history: History) => (chinese: string): string => {
  const clocks = history.state.stage === 'unknown' ? [] : [...history.state.clocks.values()];
  return clocks.find(({ clock, breached }) => breached && clockWords[clock] === chinese)?.clockId ?? '';
};

class Telling {
  private unanswered: readonly string[] = [];
  private answered: History | null = null;

  constructor(private history: History) {}

  tell(line: Line): void {
    const complain = (what: string): never => {
      throw new Error(`${line.text}\n${what}`);
    };
    const same = (column: string, said: string, is: string): void => void (said !== '' && said !== is && complain(`${column}: the table says «${said}», it is «${is}»`));
    if (line.who === '循环') {
      same('何事', line.words.join(' '), this.unanswered.join(' '));
      this.unanswered = [];
      if (this.answered) this.history = this.answered;
    } else {
      if (this.unanswered.length > 0) complain(`before this the loops answered «${this.unanswered.join(' ')}», which the table does not say`);
      this.passTimeTo(line, same, complain);
      if (line.who === '结果') same('何事', line.words.join(' '), lateness(this.history));
      else if (line.who !== '时钟' && this.act(line, complain) === 'refused') return;
    }
    const { state } = this.history;
    same('状态', line.leaves, stageWords[stageWord(state)]);
    if ('rung' in state) same('循环', line.loop, rungWords[state.rung]);
    const due = mainClock(this.history);
    same('限时', line.due, due === null ? '无' : shown(due, this.history.now));
  }

  private passTimeTo(line: Line, same: (column: string, said: string, is: string) => void, complain: (what: string) => never): void {
    const before = this.history;
    this.history = (line.at === null ? before : before.at(line.at)).passTime();
    const passed = unsaid(this.history.told.slice(before.told.length).map(({ event }) => event));
    if (line.who === '时钟') same('何事', line.words.join(' '), passed.join(' '));
    else if (passed.length > 0) complain(`before this «${passed.join(' ')}» passed, which the table does not say`);
  }

  private act(line: Line, complain: (what: string) => never): 'done' | 'refused' {
    const [verb = '', ...words] = line.words;
    const engine = engineVerbs[verb];
    const who = line.who === '系统' ? 'engine' : (cast[line.who] ?? complain(`nobody is called «${line.who}»; there are ${Object.keys(cast).join(' ')}`));
    const rung = 'rung' in this.history.state ? this.history.state.rung : 'grid';
    const chance = words.includes('抽中') ? 0 : 0.999;
    const asked = who === 'engine' ? engine?.(words) : verbs[verb]?.(words, { who, now: this.history.now, rung, clockId: clockIdIn(this.history) });
    if (!asked) return complain(`«${verb}» is not something that ${line.who} does`);
    const expected = line.leaves;
    try {
      const before = this.history.withChance(chance);
      const own = before.decide(who, asked);
      if ((own.length === 0) !== (expected === '无事')) complain(own.length === 0 ? 'nothing was recorded: it already held' : 'it was recorded, though the table says that nothing happens');
      this.answered = before.does(who, asked);
      this.history = before.with(own, people[who]);
      this.unanswered = unsaid(this.answered.told.slice(this.history.told.length).map(({ event }) => event));
      return own.length === 0 ? 'refused' : 'done';
    } catch (reason) {
      if (!(reason instanceof Refusal)) throw reason;
      return expected === `拒绝 ${reason.code}` ? 'refused' : complain(`it was refused: ${reason.code} ${reason.message}`);
    }
  }

  end(): void {
    if (this.unanswered.length > 0) throw new Error(`in the end the loops answered «${this.unanswered.join(' ')}», which the table does not say`);
  }
}

export interface Setting {
  /** Days that are not worked, `2026-03-03`. */
  readonly holidays?: readonly string[];
  readonly policy?: Partial<Policy>;
}

/** Runs the table through the production rules; throws at the first line that is not so. */
export const tellJourney = (table: string, { holidays = [], policy = {} }: Setting = {}): void => {
  const library = libraryOf([{ ...smallReference, calendar: { ...plainCalendar, holidays }, policy: { ...smallPolicy, ...policy } }]);
  const lines = read(table);
  if (lines.at(-1)?.who !== '结果') throw new Error('a journey ends with its result 结果');
  const telling = new Telling(nothing(library).at(moment('03-02', '09:00')));
  for (const line of lines) telling.tell(line);
  telling.end();
};

export const journey = (title: string, table: string, setting?: Setting): void => it(title, () => tellJourney(table, setting));
