import { describe, expect, it } from '@jest/globals';
import { initialsOf, subjectsFor, usualSubjects } from './subjects.js';

const subject = (ruleId: string, subclassName: string, onTheSpot = false, condition = '') => ({ ruleId, className: '市容环境', subclassName, condition, closing: '', onTheSpot });
const subjects = [
  subject('C-01-01.1', '上水井盖', false, '缺失、移位'), subject('C-01-01.2', '上水井盖', false, '破损'), subject('E-01-10.1', '暴露生活垃圾', true), subject('E-06-92.1', '楼道堆物', true),
];
const ids = (list: readonly { readonly ruleId: string }[]): readonly string[] => list.map(({ ruleId }) => ruleId);

describe('subjects of a report', () => {
  it('are found by the initials of their pinyin', () => {
    expect([initialsOf('上水井盖'), initialsOf('暴露生活垃圾'), initialsOf('12345热线')]).toEqual(['ssjg', 'blshlj', '12345rx']);
    expect(ids(subjectsFor(subjects, 'jg'))).toEqual(['C-01-01.1', 'C-01-01.2']);
  });

  it('are found by name before they are found by condition', () => {
    expect(ids(subjectsFor([subject('X.1', '其他', false, '井盖'), ...subjects], '井盖'))).toEqual(['C-01-01.1', 'C-01-01.2', 'X.1']);
    expect(ids(subjectsFor(subjects, '移位'))).toEqual(['C-01-01.1']);
    expect(ids(subjectsFor(subjects, ' e-06 '))).toEqual(['E-06-92.1']);
    expect(subjectsFor(subjects, '')).toHaveLength(4);
  });

  it('are offered by how often they were seen here, then by what can be fixed alone, one of each kind', () => {
    expect(ids(usualSubjects(subjects, ['C-01-01.2', 'C-01-01.2', 'C-01-01.1'], 3))).toEqual(['C-01-01.2', 'E-01-10.1', 'E-06-92.1']);
    expect(ids(usualSubjects(subjects, [], 2))).toEqual(['E-01-10.1', 'E-06-92.1']);
  });
});
