const day = 86_400_000;

/**
 * Milliseconds since 1970 of a time as RFC 3339 writes it, or of the end of a day in UTC where only a date is written;
 * undefined for what is neither.
 */
export function parseTime(text: string): number | undefined {
  const date = /^(\d{4})-(\d\d)-(\d\d)(?:[Tt](.+))?$/.exec(text);
  if (!date) return undefined;
  const [, year, month, dayOfMonth, clock] = date;
  const days = daysSince1970(Number(year), Number(month), Number(dayOfMonth));
  if (days === undefined) return undefined;
  if (clock === undefined) return (days + 1) * day;
  const milliseconds = parseClock(clock);
  return milliseconds === undefined ? undefined : days * day + milliseconds;
}

/** `12:30:00Z`, `12:30:00.5+02:00`: milliseconds since the day began in UTC. */
function parseClock(text: string): number | undefined {
  const [, hours, minutes, seconds, fraction = '', zone = '', zoneHours = '0', zoneMinutes = '0'] =
    /^(\d\d):(\d\d):(\d\d)(\.\d{1,9})?(?:[Zz]|([+-])(\d\d):(\d\d))$/.exec(text) ?? [];
  if (hours === undefined) return undefined;
  const [h, m, s, zh, zm] = [hours, minutes, seconds, zoneHours, zoneMinutes].map(Number) as Five;
  if (h > 23 || m > 59 || s > 59 || zh > 23 || zm > 59) return undefined;
  const offset = (zone === '-' ? -1 : 1) * (zh * 60 + zm);
  return (h * 3600 + m * 60 + s - offset * 60) * 1000 + Math.trunc(Number(`0${fraction}`) * 1000);
}

type Five = [number, number, number, number, number];

/** Counted in years that begin in March, so that the leap day is the last of one. */
function daysSince1970(year: number, month: number, dayOfMonth: number): number | undefined {
  if (month < 1 || month > 12 || dayOfMonth < 1 || dayOfMonth > daysIn(year, month)) return undefined;
  const [y, m] = month > 2 ? [year, month - 3] : [year - 1, month + 9];
  const leapDays = Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400);
  return y * 365 + leapDays + Math.floor((153 * m + 2) / 5) + dayOfMonth - 1 - 719_468;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}
