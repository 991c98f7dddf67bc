/** 部件 a thing, 事件 a happening: the two kinds of entry of the national classification (GB/T 30428.2). */
export type CatalogueKind = 'component' | 'occurrence';

/** 紧急工作时 continuous hours, 工作时 working hours, 工作日 working days, 自然日 calendar days. */
export type LimitUnit = 'continuous-hour' | 'working-hour' | 'working-day' | 'calendar-day';

/** 时限 How long a stage may take. */
export interface TimeLimit {
  readonly amount: number;
  readonly unit: LimitUnit;
}

/** 事件清单条目 A limit belongs to subclass × filing condition, never to the subclass. */
export interface CatalogueRule {
  /** `subclass code.condition number`, such as `C-01-01.2`. */
  readonly ruleId: string;
  readonly kind: CatalogueKind;
  readonly classCode: string;
  readonly className: string;
  readonly subclassCode: string;
  readonly subclassName: string;
  /** 立案条件 */
  readonly filingCondition: string;
  /** 结案条件 */
  readonly closingCondition: string;
  /** 处置时限 */
  readonly handleLimit: TimeLimit;
  /** The limit as it was written in the source table. */
  readonly limitText: string;
  /** 一件事 Scenario under which figures are reported; empty when none. */
  readonly scenario: string;
  /** 可就地处置 A grid worker may fix this on the spot and close it in the same act. */
  readonly onTheSpot: boolean;
}

/** 事件清单 */
export interface Catalogue {
  readonly version: string;
  readonly rules: readonly CatalogueRule[];
}
