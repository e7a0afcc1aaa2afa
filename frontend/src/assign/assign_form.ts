/** The form beside the map of `/assign`; it shows and asks, the tool acts. */

import type { Building, Division, Place } from '../api.ts';
import { h, required } from '../dom.ts';
import { label, PLACE_KIND_LABELS, USE_LABELS } from '../labels.ts';
import { SHEET_MEDIA } from '../panel/panel.ts';
import type { Selection } from './selection.ts';

export interface AssignActions {
  chooseVillage(village: Division): void;
  toggleLasso(on: boolean): void;
  toggleHouse(id: string, picked: boolean): void;
  lookAt(house: Building): void;
  clear(): void;
  confirm(place: string, name: string, validFrom: string): void;
  again(houses: Building[]): void;
}

const TARGET_KINDS = ['group', 'hamlet', 'street'];

export class AssignForm {
  private readonly form = required<HTMLFormElement>('#assign');
  private readonly village = required<HTMLSelectElement>('#assign-village');
  private readonly place = required<HTMLSelectElement>('#assign-place');
  private readonly date = required<HTMLInputElement>('#assign-date');
  private readonly lasso = required<HTMLButtonElement>('#assign-lasso');
  private readonly remove = required<HTMLInputElement>('#assign-remove');
  private readonly count = required<HTMLElement>('#assign-count');
  private readonly houses = required<HTMLUListElement>('#assign-houses');
  private readonly message = required<HTMLElement>('#assign-note');
  private readonly result = required<HTMLElement>('#assign-result');
  private readonly submit = required<HTMLButtonElement>('#assign-submit');
  private villages: Division[] = [];
  private busy = false;
  private picked = 0;
  private listed = '';

  constructor(private readonly actions: AssignActions) {
    this.date.value = today();
    this.village.addEventListener('change', () => {
      const chosen = this.villages.find((village) => village.code === this.village.value);
      this.result.replaceChildren();
      if (chosen) actions.chooseVillage(chosen);
    });
    this.lasso.addEventListener('click', () => this.setLasso(this.lasso.getAttribute('aria-pressed') !== 'true'));
    required<HTMLButtonElement>('#assign-clear').addEventListener('click', () => actions.clear());
    this.houses.addEventListener('change', (event) => {
      if (event.target instanceof HTMLInputElement) actions.toggleHouse(event.target.value, event.target.checked);
    });
    this.place.addEventListener('change', () => this.refresh());
    this.form.addEventListener('submit', (event) => {
      event.preventDefault();
      const option = this.place.selectedOptions[0];
      if (option) actions.confirm(option.value, option.text, this.date.value);
    });
    document.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') this.setLasso(false);
    });
  }

  showVillages(villages: Division[], chosen: Division | undefined): void {
    this.villages = villages;
    this.village.replaceChildren(...villages.map((village) => h('option', { value: village.code, selected: village === chosen }, village.name)));
  }

  showPlaces(places: Place[]): void {
    const groups = TARGET_KINDS.map((kind) => {
      const options = places.filter((place) => place.kind === kind).map((place) => h('option', { value: place.id }, place.name));
      return options.length > 0 ? h('optgroup', { label: label(PLACE_KIND_LABELS, kind) }, ...options) : null;
    });
    this.place.replaceChildren(h('option', { value: '' }, '请选择'), ...groups.filter((group) => group !== null));
    this.refresh();
  }

  /** Redraws the list: every shown house once, picked ones checked. */
  showSelection(selection: Selection): void {
    const houses = selection.houses();
    this.picked = selection.size;
    this.count.textContent = houses.length === 0 ? '本村没有未归组的房屋' : `已选 ${selection.size} 户，共 ${houses.length} 户未归组`;
    this.list(houses);
    for (const box of this.houses.querySelectorAll('input')) box.checked = selection.has(box.value);
    this.refresh();
  }

  /** Rebuilds the rows only for another list, so that a box keeps the focus while it is ticked. */
  private list(houses: Building[]): void {
    const shown = houses.map((house) => house.id).join();
    if (shown === this.listed) return;
    this.listed = shown;
    this.houses.replaceChildren(...houses.map((house) => this.row(house)));
  }

  private row(house: Building): HTMLLIElement {
    const look = h('button', { type: 'button', class: 'quiet small', 'aria-label': `在地图上看 ${house.building_code}` }, '看');
    look.addEventListener('click', () => this.actions.lookAt(house));
    const box = h('input', { type: 'checkbox', value: house.id });
    const name = h('span', { class: 'code' }, house.building_code);
    return h('li', {}, h('label', {}, box, name, h('span', { class: 'soft' }, label(USE_LABELS, house.use))), look);
  }

  wait(): void {
    this.place.replaceChildren();
    this.count.textContent = '';
    this.note('正在读取名单…');
  }

  note(text: string): void {
    this.message.textContent = text;
  }

  setBusy(busy: boolean): void {
    this.busy = busy;
    this.refresh();
  }

  isRemoving(): boolean {
    return this.remove.checked;
  }

  showResult(text: string, houses: Building[]): void {
    const again = h('button', { type: 'button', class: 'quiet' }, '归错了，改归其他组');
    again.addEventListener('click', () => {
      this.result.replaceChildren();
      this.actions.again(houses);
    });
    this.result.replaceChildren(h('p', {}, text), again);
    this.setLasso(false);
  }

  /** Room to leave for this form, and around it, in pixels. */
  padding(): { left: number; right: number; top: number; bottom: number } {
    const isSheet = window.matchMedia(SHEET_MEDIA).matches;
    const panel = this.form.getBoundingClientRect();
    return isSheet
      ? { left: 40, right: 40, top: 40, bottom: panel.height + 40 }
      : { left: panel.right + 60, right: 60, top: 60, bottom: 60 };
  }

  private setLasso(on: boolean): void {
    this.lasso.setAttribute('aria-pressed', String(on));
    this.actions.toggleLasso(on);
  }

  private refresh(): void {
    this.submit.disabled = this.busy || this.picked === 0 || this.place.value === '' || this.date.value === '';
    this.submit.textContent = this.busy ? '正在保存…' : this.picked > 0 ? `将 ${this.picked} 户归入所选处` : '请先圈选房屋';
  }
}

/** Today's date where the register is kept. */
function today(): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' }).format(new Date());
}
