/** Entry of the pages of accounts, which need no map. */

import '../app.css';
import './accounts.css';

import { ask } from '../api.ts';
import { closeMenuBeside } from '../menu.ts';
import { notify, sentence } from '../notice.ts';
import { AccountPage } from './account_page.ts';
import type { Me } from './accounts_api.ts';
import { UsersPage } from './users_page.ts';

async function start(): Promise<void> {
  const me = await ask<Me>('/api/v1/me');
  await (document.body.dataset['page'] === 'users' ? new UsersPage(me) : new AccountPage(me)).show();
}

closeMenuBeside();
start().catch((error: unknown) => notify(sentence(error), 'bad'));
