/** Entry of `/acts`: acts on single addresses asked for, tried and decided, and the report on names. */

import '../app.css';
import './acts.css';

import { api } from '../api.ts';
import { failed } from '../exchange/paged_list.ts';
import { closeMenuBeside } from '../menu.ts';
import { ActForm } from './act_form.ts';
import { ActsApi } from './acts_api.ts';
import { AliasForm } from './alias_form.ts';
import { NamesView } from './names_view.ts';
import { WaitingView } from './waiting_view.ts';

const may = (right: string): boolean => document.body.dataset[`may${right}`] === 'yes';
const calls = new ActsApi(document.body.dataset['csrf'] ?? '');
const waiting = new WaitingView(calls, { number: may('Number'), name: may('Name'), approve: may('Approve'), attach: may('Attach') });
const names = new NamesView(calls);

closeMenuBeside();
if (may('Number')) {
  const form = new ActForm(calls, may('Name'), () => waiting.list());
  const code = new URLSearchParams(location.search).get('address');
  if (code) void form.open(code);
}
if (may('Number') || may('Name')) new AliasForm(document.body.dataset['csrf'] ?? '');
waiting.list().catch(failed);
api.settings().then((settings) => names.open(settings)).catch(failed);
