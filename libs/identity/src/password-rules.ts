import { Refusal } from '#kernel';

/** Passwords of twelve and more characters that people choose most; shorter ones are refused by their length. */
const common: ReadonlySet<string> = new Set([
  '123456789012', '1234567890123', '12345678901234', '123456789abc', '1234567890ab', '123123123123', '123321123321', '111222333444',
  '112233445566', '147258369147', '159357159357', '789456123789', '987654321098', '0123456789012', '098765432109', '1q2w3e4r5t6y',
  '1qaz2wsx3edc', 'zaq12wsxcde3', '1qazxsw23edc', 'qwertyuiop12', 'qwertyuiop123', 'qwerty123456', 'qwertyqwerty', 'asdfghjkl123',
  'asdfghjklzxc', 'zxcvbnm12345', 'qazwsxedcrfv', 'q1w2e3r4t5y6', 'password1234', 'password12345', 'password123456', 'passwordpassword',
  'password2024', 'password2025', 'password2026', 'passw0rd1234', 'p@ssw0rd1234', 'p@ssword1234', 'p@ssw0rd2024', 'p@ssw0rd2025',
  'changeme1234', 'changemenow1', 'letmein12345', 'letmeinplease', 'welcome12345', 'welcome123456', 'administrator', 'administrator1',
  'admin1234567', 'admin12345678', 'admin@123456', 'adminadmin12', 'adminadminadmin', 'rootrootroot', 'root12345678', 'iloveyou1234',
  'iloveyouforever', 'woaini123456', 'woaini1314520', 'woaiwojia123', '5201314520131', '520131452013', 'a1b2c3d4e5f6', 'abcdefghijkl',
  'abcd12345678', 'abc123456789', 'aa1234567890', 'a12345678910', 'shanghai2024', 'shanghai2025', 'shanghai2026', 'yangpu123456',
  'threeloops123', 'chengyun12345', 'wangge123456', 'correcthorsebatterystaple', 'trustno1trustno1', 'superman1234', 'football1234',
]);

const lengthMin = 12;
const lengthMax = 256;

/** Only one or two different characters, or a run such as `abcdefghijkl`. */
const trivial = (password: string): boolean => {
  const codes = [...password].map((character) => character.codePointAt(0) as number);
  if (new Set(codes).size <= 2) return true;
  return [1, -1].some((step) => codes.every((code, index) => index === 0 || code === (codes[index - 1] as number) + step));
};

/**
 * 口令规则 Length decides, composition does not (OWASP ASVS 5.0, 6.2). Refuses with `password.too-short`, `password.too-long`,
 * `password.too-common` or `password.contains-login`.
 */
export const checkPassword = (password: string, login: string): void => {
  const { length } = [...password];
  if (length < lengthMin) throw new Refusal('password.too-short', `A password has at least ${lengthMin} characters.`, { field: 'password', lengthMin });
  if (length > lengthMax) throw new Refusal('password.too-long', `A password has at most ${lengthMax} characters.`, { field: 'password', lengthMax });
  const plain = password.toLowerCase();
  if (common.has(plain) || trivial(plain)) throw new Refusal('password.too-common', 'This password is among the first that anybody would try.', { field: 'password' });
  if (login.length >= 3 && plain.includes(login.toLowerCase())) {
    throw new Refusal('password.contains-login', 'A password does not contain the login.', { field: 'password' });
  }
};
