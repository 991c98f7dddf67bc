/**
 * 理由代码 Why, in words that can be counted. Stable: a code stands in the log for ever and may only be joined by others. The Chinese
 * names are for pages.
 */
export const reasons = {
  DeclineIncident: {
    'not-in-catalogue': '不属于清单范围', 'outside-city': '不在本市范围', 'not-real': '情况不属实', repeated: '重复上报', 'another-way': '应走其他途径', other: '其他',
  },
  ReturnDispatch: {
    'not-our-duty': '不属本单位职责', 'wrong-place': '不属本单位辖区', 'lacks-information': '信息不全无法处置', 'wrong-category': '类别有误', repeated: '重复派单', other: '其他',
  },
  ArbitrateReturn: { 'by-duty': '按权责清单裁定', 'by-place': '按属地裁定', 'by-precedent': '按先例裁定', 'by-agreement': '经协商一致', other: '其他' },
  FailInspection: { 'not-done': '未处置', 'done-in-part': '处置不彻底', 'evidence-missing': '佐证不足', 'wrong-place': '处置地点不符', recurred: '问题复发', other: '其他' },
  RequestForceClose: { 'cannot-be-handled': '客观上无法处置', 'awaits-law': '历史遗留或待司法处理', 'reporter-unreachable': '无法联系且无法核实', 'covered-by-project': '已列入工程整体解决', other: '其他' },
  ReopenIncident: { 'not-solved': '未真正解决', recurred: '问题复发', 'reporter-dissatisfied': '诉求人不满意', 'closed-in-error': '误结案', other: '其他' },
  MergeIncident: { 'same-matter': '同一事项', 'same-place-and-cause': '同地同因', other: '其他' },
  RequestVoid: { 'filed-in-error': '误立案', 'test-data': '测试数据', 'not-real': '情况不属实', other: '其他' },
  RequestSuspension: { 'awaits-material': '等待材料或设备', 'awaits-funds': '等待资金', 'awaits-weather': '天气原因', 'awaits-project': '等待工程实施', 'awaits-law': '等待司法或行政程序', other: '其他' },
  DenySuspension: { 'can-be-handled': '具备处置条件', 'reason-not-enough': '理由不充分', 'too-long': '期限过长', other: '其他' },
  RequestExtension: { 'work-is-larger': '工程量超出预期', 'awaits-material': '等待材料或设备', 'awaits-weather': '天气原因', 'awaits-others': '需其他单位配合', other: '其他' },
  DenyExtension: { 'can-be-handled': '可按期完成', 'reason-not-enough': '理由不充分', 'too-long': '期限过长', other: '其他' },
  IssueSupervision: { late: '逾期未办', 'handled-badly': '办理质量差', 'public-concern': '社会关注', 'leader-instruction': '领导批示', repeated: '反复发生', other: '其他' },
  DeclareBeyondAbility: { 'beyond-authority': '超出职权', 'beyond-resources': '力量或设备不足', 'crosses-boundary': '跨区域', 'needs-departments': '需多部门协同', other: '其他' },
  EscalateIncident: { 'beyond-authority': '超出职权', 'crosses-boundary': '跨区域', 'needs-departments': '需多部门协同', 'public-safety': '涉及公共安全', late: '逾期未办', other: '其他' },
  DelegateIncident: { 'within-ability': '下级可以处置', 'by-place': '属地更便于处置', 'escalated-in-error': '误升级', other: '其他' },
  BlowWhistle: { 'needs-departments': '需部门到场', 'needs-law-enforcement': '需执法', 'public-safety': '涉及公共安全', 'duty-unclear': '权责不清需现场会商', other: '其他' },
  RequestExemption: { 'force-majeure': '不可抗力', 'wrong-dispatch': '派单有误', 'system-failure': '系统故障', 'awaited-others': '因其他单位原因', other: '其他' },
  GrantExemption: { 'force-majeure': '不可抗力', 'wrong-dispatch': '派单有误', 'system-failure': '系统故障', 'awaited-others': '因其他单位原因', other: '其他' },
  DenyExemption: { 'own-fault': '系本单位原因', 'evidence-missing': '佐证不足', 'reason-not-enough': '理由不充分', other: '其他' },
} as const satisfies Readonly<Record<string, Readonly<Record<string, string>>>>;

export type CommandWithReason = keyof typeof reasons;

export const reasonCodesOf = (command: CommandWithReason): readonly string[] => Object.keys(reasons[command]);
