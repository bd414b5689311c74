/** People as a file: all of them taken along as CSV, and many brought in, shown first what would become of them. */
import { useState } from 'preact/hooks';
import { ask, type Problem } from '../../http.js';
import { number, t, tn } from '../../i18n.js';
import { Button } from '../../parts/button.js';
import { Dialog } from '../../parts/dialog.js';
import { fetchFile } from '../../parts/download.js';
import { Field, SelectField } from '../../parts/field.js';
import { Form, ProblemNote } from '../../parts/form.js';
import { Note } from '../../parts/panel.js';

interface Fault {
  readonly line: number;
  readonly column?: string;
  readonly message: string;
}

interface Report {
  readonly lines: number;
  readonly create: number;
  readonly change: number;
  readonly same: number;
  readonly faultCount: number;
  readonly faults: readonly Fault[];
}

interface Progress {
  readonly id: string;
  readonly state: 'writing' | 'done' | 'failed';
  readonly lines: number;
  readonly done: number;
  readonly failed: number;
  readonly faults: readonly Fault[];
}

type Stage =
  | { readonly kind: 'choosing' }
  | { readonly kind: 'checked'; readonly report: Report }
  | { readonly kind: 'writing'; readonly progress: Progress };

const lookMs = 300;

export function PeopleFile({ close }: { readonly close: () => void }) {
  const { format, file, problem, stage, choose, go } = useFile();
  const faulty = stage.kind === 'checked' && stage.report.faultCount > 0;
  return (
    <Dialog title={t('people.file')} onClose={close} wide>
      <Form problem={problem} submit={go}>
        <SelectField
          label={t('people.file.format')}
          value={format}
          onInput={(text) => choose({ format: text })}
          options={[
            ['sallyport', 'Sallyport'],
            ['akuvox', 'Akuvox'],
          ]}
        />
        <div class="actions">
          <Button
            icon="download"
            onClick={() => fetchFile(`/api/v1/exports/users?format=${format}`, 'users.csv')}
          >
            {t('people.file.export')}
          </Button>
        </div>
        <Field
          label={t('people.file.import')}
          hint={t('people.file.hint')}
          input={(wired) => (
            <input
              {...wired}
              type="file"
              accept=".csv,text/csv"
              required
              onChange={(event) => choose({ file: event.currentTarget.files?.[0] })}
            />
          )}
        />
        {stage.kind === 'checked' ? <Checked report={stage.report} /> : null}
        {stage.kind === 'writing' ? <Written progress={stage.progress} /> : null}
        <ProblemNote />
        <footer class="actions">
          <Button onClick={close}>{t('action.close')}</Button>
          {stage.kind === 'writing' ? null : (
            <Button type="submit" kind="primary" disabled={file === undefined || faulty}>
              {t(stage.kind === 'checked' ? 'people.file.write' : 'people.file.check')}
            </Button>
          )}
        </footer>
      </Form>
    </Dialog>
  );
}

interface Chosen {
  readonly format: string;
  readonly file: File | undefined;
}

/** A file on its way: chosen, checked whole, then written and followed to its end. */
function useFile() {
  const [chosen, setChosen] = useState<Chosen>({ format: 'sallyport', file: undefined });
  const [problem, setProblem] = useState<Problem>();
  const [stage, setStage] = useState<Stage>({ kind: 'choosing' });
  const { format, file } = chosen;
  const send = <T,>(dryRun: boolean) =>
    ask<T>('POST', `/api/v1/imports?format=${format}&dryRun=${dryRun}`, { body: file });
  const check = async () => {
    const answer = await send<Report>(true);
    setProblem(answer.ok ? undefined : answer.problem);
    if (answer.ok) setStage({ kind: 'checked', report: answer.value });
  };
  const write = async () => {
    let answer = await send<Progress>(false);
    while (answer.ok) {
      setStage({ kind: 'writing', progress: answer.value });
      if (answer.value.state !== 'writing') return;
      const { id } = answer.value;
      await new Promise((resolve) => setTimeout(resolve, lookMs));
      answer = await ask<Progress>('GET', `/api/v1/imports/${id}`);
    }
    setProblem(answer.problem);
  };
  const choose = (change: Partial<Chosen>) => {
    setChosen({ ...chosen, ...change });
    setStage({ kind: 'choosing' });
    setProblem(undefined);
  };
  return { ...chosen, problem, stage, choose, go: () => (stage.kind === 'checked' ? write() : check()) };
}

function Checked({ report }: { readonly report: Report }) {
  const counts = {
    create: number(report.create),
    change: number(report.change),
    same: number(report.same),
  };
  return (
    <div role="status" class="stack">
      <Note tone={report.faultCount === 0 ? 'good' : 'bad'}>
        {tn('people.file.found', report.lines, counts)}
        {report.faultCount === 0 ? '' : ` ${tn('people.file.faults', report.faultCount)}`}
      </Note>
      <Faults faults={report.faults} />
    </div>
  );
}

function Written({ progress }: { readonly progress: Progress }) {
  const { state, lines, done, failed, faults } = progress;
  return (
    <div role="status" class="stack">
      <progress aria-label={t('people.file.write')} value={done} max={Math.max(1, lines)} />
      <p>{t(`people.file.${state}`, { done: number(done), lines: number(lines), failed: number(failed) })}</p>
      <Faults faults={faults} />
    </div>
  );
}

function Faults({ faults }: { readonly faults: readonly Fault[] }) {
  if (faults.length === 0) return null;
  return (
    <ul class="hint">
      {faults.slice(0, 20).map(({ line, column, message }) => (
        <li key={`${line} ${column ?? ''} ${message}`}>
          {t('people.file.line', { line })}
          {column === undefined ? '' : `, ${column}`}: {message}
        </li>
      ))}
    </ul>
  );
}
