/** The certificate of the installation's own authority: pasted or chosen as files, replaced, given back. */
import { useState } from 'preact/hooks';
import { ask } from '../../http.js';
import { t } from '../../i18n.js';
import { Button } from '../../parts/button.js';
import { sure } from '../../parts/dialog.js';
import { AreaField } from '../../parts/field.js';
import { SaveForm, useSending } from '../../parts/saveForm.js';
import { tell } from '../../parts/toast.js';
import { useResource } from '../../resource.js';

const path = '/api/v1/certificate';

export function CertificateForm({
  given,
  changed,
}: {
  readonly given: boolean;
  readonly changed: () => void;
}) {
  const [certificate, setCertificate] = useState('');
  const [key, setKey] = useState('');
  const { value, reload } = useResource<{ readonly revision: number }>(path);
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
    <SaveForm sending={sending} more={given ? <Button onClick={drop}>{t('certificate.drop')}</Button> : null}>
      <AreaField
        label={t('certificate.chain')}
        name="certificate"
        value={certificate}
        onInput={setCertificate}
      />
      <AreaField
        label={t('certificate.key')}
        hint={t('certificate.key.hint')}
        name="key"
        value={key}
        onInput={setKey}
      />
    </SaveForm>
  );
}
