/** A daily working window in minutes after local midnight, such as 480 to 720 for 08:00-12:00. */
export interface DailyWindow {
  readonly fromMinute: number;
  readonly toMinute: number;
}

/** 工作日历 Working windows, weekends, statutory holidays and make-up workdays 调休, under a version that never changes. */
export interface WorkCalendar {
  readonly version: string;
  /** Minutes east of UTC; Shanghai is 480 and has had no summer time since 1991. */
  readonly utcOffsetMinutes: number;
  readonly windows: readonly DailyWindow[];
  /** Days of the week that are worked, 0 is Sunday. */
  readonly weekdays: readonly number[];
  /** 法定节假日 `YYYY-MM-DD`, not worked though the weekday would be. */
  readonly holidays: readonly string[];
  /** 调休上班 `YYYY-MM-DD`, worked though the weekday would not be. */
  readonly makeUpWorkdays: readonly string[];
  /** First and last day for which both lists are complete. Outside them the weekly pattern holds, but for holidays behind them that are certain already. */
  readonly knownFrom: string;
  readonly knownTo: string;
}
