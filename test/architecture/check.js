// Runs every check and shows every failure, not only the first.
import { spawn } from 'node:child_process';

const pureRooms = ['kernel', 'reference', 'events', 'deadlines', 'incident', 'loops', 'metrics', 'views', 'vitals'].map((room) => `libs/${room}/`);
const checks = {
  types: ['run', '--silent', 'types'],
  lint: ['run', '--silent', 'lint'],
  rooms: ['run', '--silent', 'rooms'],
  dead: ['run', '--silent', 'dead'],
  'words and pure tests': ['run', '--silent', 'jest', '--', '--silent', ...pureRooms, 'test/architecture', 'test/golden', 'test/journeys', 'test/integrity/.*-cases'],
};

const run = (args) =>
  new Promise((resolve) => {
    const child = spawn('npm', args, { stdio: ['ignore', 'pipe', 'pipe'], shell: process.platform === 'win32' });
    let text = '';
    const keep = (chunk) => (text += chunk);
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('close', (status) => resolve({ passed: status === 0, text }));
  });

let failures = 0;
for (const [name, args] of Object.entries(checks)) {
  const since = performance.now();
  const { passed, text } = await run(args);
  const seconds = ((performance.now() - since) / 1_000).toFixed(1);
  console.log(`${passed ? 'ok    ' : 'failed'}  ${name}  ${seconds} s`);
  if (!passed) console.log(text);
  failures += passed ? 0 : 1;
}
console.log(failures === 0 ? 'all checks pass' : `${failures} of ${Object.keys(checks).length} checks failed`);
process.exitCode = failures === 0 ? 0 : 1;
