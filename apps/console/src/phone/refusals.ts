import { language } from '../shared/language.js';
import { Problem } from '../shared/problem.js';
import { problemText } from '../shared/problem-words.js';
import type { ToldProblem } from './outbox/item.js';

/** Where people in the street are told what to do now; the rest in the words of all pages. */
const chinese: Readonly<Record<string, string>> = {
  'incident.wrong-stage': '案件已经走到别的环节，这一步不用办了。',
  'incident.number-taken': '这个编号已被别的上报占用，请删除后重新上报。',
  'place.outside-city': '位置在本市之外，请改位置。',
  'place.unknown-grid': '没有这个网格，请改位置。',
  'catalogue.not-on-the-spot': '这一类不能当场办结，请改为上报。',
  'catalogue.unknown-rule': '清单里已没有这一类，请重新选类别。',
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
