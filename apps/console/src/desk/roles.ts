import type { City } from '../shared/city.js';
import { named } from '../shared/language.js';

/** 角色 Names of the roles; an account has any of them but the last. */
export const accountRoles = {
  'grid-worker': '网格员', 'street-dispatcher': '街道值班', 'unit-handler': '经办', 'district-dispatcher': '区值班', 'city-dispatcher': '市值班', analyst: '分析员', auditor: '督查员', administrator: '管理员', channel: '渠道',
} as const;

const roles = { ...accountRoles, engine: '系统' } as const;

export const roleName = (role: string): string => named(role, Object.hasOwn(roles, role) ? roles[role as keyof typeof roles] : role);

/** Whom an account acts for: its unit, or its role where that is no unit of the city, as with administrators and channels. */
export const actsFor = (city: City, { unit, role }: { readonly unit: string; readonly role: string }): string => (city.units.has(unit) ? city.unitName(unit) : roleName(role));
