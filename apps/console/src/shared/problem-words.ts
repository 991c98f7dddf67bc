import { language } from './language.js';
import type { Problem } from './problem.js';

/** The engine explains itself in English; what people meet often is said here in Chinese, the rest as the engine says it. */
const chinese: Readonly<Record<string, string>> = {
  'network.unreachable': '连接不上服务器，请稍后再试。',
  'session.missing': '登录已失效，请重新登录。',
  'role.not-permitted': '您的岗位无此权限。',
  'revision.conflict': '该案件刚被他人改动，请核对后再操作。',
  'request.throttled': '操作过于频繁，请稍候。',
  'engine.unavailable': '服务暂不可用，请稍后再试。',
  'engine.not-ready': '服务尚未就绪，请稍后再试。',
  'engine.defect': '服务出错，已记入日志。',
  'incident.unknown': '没有这件案件，或不在您的辖区内。',
  'route.unknown': '没有这个地址。',
};

export const problemText = ({ code, message }: Problem): string => (language.value === 'en' ? message : (chinese[code] ?? message));
