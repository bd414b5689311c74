/** The certificate of the installation's own authority: pasted or chosen as files, replaced, given back. */
import { useState } from 'preact/hooks';
import { ask } from '../../http.js';
import { t } from '../../i18n.js';
import { Button } from '../../parts/button.js';
import { sure } from '../../parts/dialog.js';
import { AreaField } from '../../parts/field.js';
import { SaveForm, useSending } from '../../parts/saveForm.js';
import { say, tell } from '../../parts/toast.js';
import { useResource } from '../../resource.js';

const path = '/api/v1/certificate';
/** No certificate is larger; what is, was chosen by mistake. */
const fileBytesMax = 64 * 1_024;

interface Stored {
  /** Made by the controller itself, not brought by an operator. */
  readonly own: boolean;
  readonly revision: number;
}

export function CertificateForm({ changed }: { readonly changed: () => void }) {
  const [certificate, setCertificate] = useState('');
  const [key, setKey] = useState('');
  const { value, reload } = useResource<Stored>(path);
  const etag = `"${value?.revision ?? 0}"`;
  const done = () => {
    reload();
    changed();
  };
  const send = () => ask('PUT', path, { body: { certificate, key }, etag });
  const sending = useSending(send, () => {
    setCertificate('');
    setKey('');
    done();
  });
  const drop = async () => {
    const question = {
      title: t('certificate.drop'),
      text: t('certificate.drop.sure'),
      yes: t('certificate.drop'),
    };
    if (!(await sure(question))) return;
    tell(await ask('DELETE', path, { etag }), t('state.saved'));
    done();
  };
  return (
    <SaveForm
      sending={sending}
      more={value?.own === false ? <Button onClick={drop}>{t('certificate.drop')}</Button> : null}
    >
      <AreaField
        label={t('certificate.chain')}
        name="certificate"
        value={certificate}
        onInput={setCertificate}
      />
      <FromFile label={t('certificate.chain.file')} take={setCertificate} />
      <AreaField
        label={t('certificate.key')}
        hint={t('certificate.key.hint')}
        name="key"
        value={key}
        onInput={setKey}
      />
      <FromFile label={t('certificate.key.file')} take={setKey} />
    </SaveForm>
  );
}

/** The text of a file into the field above it. */
function FromFile({ label, take }: { readonly label: string; readonly take: (text: string) => void }) {
  const choose = async (input: HTMLInputElement) => {
    const [file] = input.files ?? [];
    if (file === undefined) return;
    if (file.size > fileBytesMax) say(t('certificate.file.large', { name: file.name }), true);
    else take(await file.text());
    // The same file may be chosen again.
    input.value = '';
  };
  return (
    <div class="actions">
      <label class="button small">
        {label}
        <input
          class="hidden"
          type="file"
          accept=".pem,.crt,.cer,.key,.txt"
          onChange={(event) => choose(event.currentTarget)}
        />
      </label>
    </div>
  );
}
