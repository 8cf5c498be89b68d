import { mkdir, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { planFiles } from '../src/commands/plan.ts';
import { subjects } from './corpus/objects.ts';
import { styles } from './corpus/styles.ts';

/** Writes every subject in every style to test/fixtures/corpus, with what hardening makes of it: look at the difference. */
const folder = fileURLToPath(new URL('../test/fixtures/corpus/', import.meta.url));
await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });
let count = 0;
for (const [style, write] of Object.entries(styles)) {
  for (const [subject, documentsOf] of Object.entries(subjects)) {
    const name = `${style}.${subject}`;
    const text = write(documentsOf(name));
    const [file] = planFiles([{ name, text }], { records: [], profile: 'restricted' });
    if (!file || file.problems.length > 0) throw new Error(`${name}: ${file?.problems.join('; ')}\n${text}`);
    const extension = style.startsWith('json') ? 'json' : 'yaml';
    await writeFile(`${folder}${name}.${extension}`, text);
    await writeFile(`${folder}${name}.expected.${extension}`, file.text);
    count++;
  }
}
console.log(`${count} manifests in ${folder}`);
