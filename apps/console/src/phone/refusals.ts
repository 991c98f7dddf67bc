import { language } from '../shared/language.js';
import { Problem } from '../shared/problem.js';
import { problemText } from '../shared/problem-words.js';
import type { ToldProblem } from './outbox/item.js';

/** What people in the street are refused, in their own words; the rest as the engine says it. */
const chinese: Readonly<Record<string, string>> = {
  'incident.wrong-stage': '案件已经走到别的环节，这一步不用办了。',
  'incident.suspended': '案件正在挂账，销挂后才能办。',
  'incident.number-taken': '这个编号已被别的上报占用，请删除后重新上报。',
  'actor.not-accountable': '只有主办单位能办这一步。',
  'actor.not-the-centre': '只有管这件案件的中心能办这一步。',
  'actor.not-a-centre': '只有所属的中心或工作站能办这一步。',
  'actor.not-on-the-job': '只有主办或协办单位能办这一步。',
  'actor.not-a-grid-worker': '只有网格员能当场办结。',
  'duty.not-independent': '处置的人和单位不能自己核查、结案。',
  'duty.nobody-responsible': '权责清单里没有单位负责这一类。',
  'return.after-arbitration': '裁定指派的案件不能再退。',
  'dispatch.not-acknowledged': '先承接，再反馈处置。',
  'dispatch.wrong-rung': '这个单位不在案件所在的层级。',
  'dispatch.wrong-place': '这个单位不管这个地方。',
  'place.outside-city': '位置在本市之外，请改位置。',
  'place.not-your-grid': '不是本工作站的网格，不能当场办结，请改为上报。',
  'place.unknown-grid': '没有这个网格，请改位置。',
  'catalogue.not-on-the-spot': '这一类不能当场办结，请改为上报。',
  'catalogue.unknown-rule': '清单里已没有这一类，请重新选类别。',
  'photo.missing': '要有处置后的照片。',
  'photo.not-an-image': '这张照片读不出来，请重拍。',
  'photo.too-large': '照片太大，请重拍。',
  'photo.too-many': '照片太多，最多 6 张。',
  'photo.unknown': '照片没有传到，请重新发送。',
  'request.cross-site': '请求被拦下，请在本页重新登录后再试。',
  'command.id-reused': '这一条的内容和上次发出的不同，请删除后重新填写。',
  'channel.not-permitted': '您的岗位不能以此来源上报。',
  'input.invalid': '有一项填得不对，请修改后重发。',
};

export const refusalText = ({ status, code, detail }: ToldProblem): string => {
  if (language.value !== 'en' && chinese[code] !== undefined) return chinese[code];
  return problemText(new Problem({ status, code, detail: detail === '' ? code : detail }));
};
