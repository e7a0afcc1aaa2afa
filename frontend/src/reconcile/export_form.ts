/** The file with everybody in clear: asked for with a purpose and a reason, handed to the browser's downloads at once. */

import { h, required } from '../dom.ts';
import { notify, sentence } from '../notice.ts';
import type { ReconcileApi } from './reconcile_api.ts';

/** Wires the form, which is there for who may reveal; `shown` is the extract under review. */
export function offerExport(calls: ReconcileApi, shown: () => string | undefined): void {
  const dialog = document.querySelector<HTMLDialogElement>('#export');
  if (!dialog) return;
  const form = required<HTMLFormElement>('#export-form');
  const refusal = required('#export-refusal');
  const press = required<HTMLButtonElement>('#export-form [type=submit]');
  required('#export-open').addEventListener('click', () => dialog.showModal());
  required('#export-cancel').addEventListener('click', () => dialog.close());
  dialog.addEventListener('close', () => {
    form.reset();
    refusal.textContent = '';
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const id = shown();
    if (!id || press.disabled) return;
    const asked = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value).trim()]));
    press.disabled = true;
    refusal.textContent = '';
    calls.exported(id, asked)
      .then((file) => {
        save(file, `reconciliation.${asked['format']}`);
        dialog.close();
        notify('已导出，并记入审计');
      })
      .catch((error: unknown) => (refusal.textContent = sentence(error)))
      .finally(() => (press.disabled = false));
  });
}

function save(file: Blob, name: string): void {
  const url = URL.createObjectURL(file);
  h('a', { href: url, download: name }).click();
  window.setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
