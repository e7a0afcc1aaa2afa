/** The page of reserved numbers: list, review and decision, and the picture on the map. */

import type { Map as MapView } from 'maplibre-gl';

import { isOutdated } from '../api.ts';
import { required } from '../dom.ts';
import { reloadTiles } from '../map/view.ts';
import { notify, sentence } from '../notice.ts';
import { OneWrite } from '../one_write.ts';
import { SHEET_MEDIA } from '../panel/panel.ts';
import { DecisionForm } from './decision_form.ts';
import { ReservationList } from './list.ts';
import { addPicture, extent, type Moment, showPicture } from './picture.ts';
import { type Grounds, type Measure, questions, type Reservation, type Review, type SiteNumber } from './questions.ts';
import { reviewView } from './review_view.ts';

const NEAR_ZOOM = 18;

export class ReservationDesk {
  private readonly panel = required<HTMLElement>('#reservations');
  private readonly listBody = required<HTMLElement>('#reservation-list');
  private readonly reviewBody = required<HTMLElement>('#reservation-review');
  private readonly list: ReservationList;
  private chosen: Reservation | null = null;
  private review: Review | null = null;
  private by: Measure = 'planned';
  private moment: Moment = 'after';
  private revision = Date.now();

  private readonly form = new DecisionForm({
    apply: (grounds) => void this.apply(grounds),
    release: (grounds) => void this.release(grounds),
    extend: (grounds, until) => void this.extend(grounds, until),
  });
  private readonly write = new OneWrite((busy) => this.form.setBusy(busy));

  constructor(
    private readonly map: MapView,
    private readonly csrf: string,
  ) {
    addPicture(map);
    this.list = new ReservationList((reservation) => void this.open(reservation));
    required<HTMLButtonElement>('#reservation-handle').addEventListener('click', () => this.panel.classList.toggle('tall'));
    document.addEventListener('keydown', (event) => {
      const isTyping = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
      if (event.key === 'Escape' && this.chosen && !isTyping) this.close();
    });
  }

  /** Reads the list, anew after every decision. */
  async start(): Promise<void> {
    this.list.say('正在读取名单…');
    try {
      const found = await questions.reservations();
      this.list.show(found.items, found.complete);
      if (found.items.length === 0) this.list.say('还没有预留的号。');
      if (!this.chosen) return;
      const again = found.items.find((item) => item.id === this.chosen?.id);
      if (again) await this.open(again, false);
      else this.close();
    } catch (error) {
      this.list.say(sentence(error));
    }
  }

  private async open(reservation: Reservation, move = true): Promise<void> {
    this.chosen = reservation;
    if (move) {
      [this.by, this.moment, this.review] = ['planned', 'after', null];
      this.form.clear();
    }
    this.listBody.hidden = true;
    this.reviewBody.hidden = false;
    this.draw();
    if (move) this.reviewBody.querySelector<HTMLElement>('.review-title')?.focus();
    if (reservation.construction_plan_id === null) {
      if (move && reservation.lon !== null && reservation.lat !== null) {
        this.map.easeTo({ center: [reservation.lon, reservation.lat], zoom: 16 });
      }
      return;
    }
    await this.readReview(reservation, reservation.construction_plan_id, move);
  }

  private async readReview(reservation: Reservation, plan: string, move: boolean): Promise<void> {
    const { by } = this;
    try {
      const review = await questions.review(plan, by);
      if (this.chosen !== reservation || this.by !== by) return;
      this.review = review;
      this.draw();
      if (move) this.frame(review);
    } catch (error) {
      if (this.chosen !== reservation || this.by !== by) return;
      this.review = null;
      this.draw();
      this.form.refuse(error);
    }
  }

  private draw(): void {
    if (!this.chosen) return;
    const held = document.activeElement instanceof HTMLElement ? document.activeElement : null;
    const [deed, id, isTitle] = [held?.dataset['deed'], held?.id, held?.classList.contains('review-title')];
    this.form.suit(this.chosen, this.review);
    const view = reviewView(this.chosen, this.review, this.by, this.moment, this.form.node, {
      back: () => this.close(),
      measure: (by) => {
        this.by = by;
        if (this.chosen) void this.open(this.chosen, false);
      },
      look: (moment) => {
        this.moment = moment;
        this.draw();
      },
      lookAt: (one) => this.lookAt(one),
    });
    this.reviewBody.replaceChildren(...view);
    if (deed) this.reviewBody.querySelector<HTMLElement>(`[data-deed="${deed}"]`)?.focus();
    else if (id) this.reviewBody.querySelector<HTMLElement>(`#${CSS.escape(id)}`)?.focus();
    else if (isTitle) this.reviewBody.querySelector<HTMLElement>('.review-title')?.focus();
    showPicture(this.map, this.review, this.moment);
  }

  private close(): void {
    const left = this.chosen?.id;
    this.chosen = null;
    this.review = null;
    this.reviewBody.hidden = true;
    this.listBody.hidden = false;
    showPicture(this.map, null, this.moment);
    if (left) this.list.focus(left);
  }

  private lookAt(one: SiteNumber): void {
    if (one.lon === null || one.lat === null) return;
    this.map.easeTo({ center: [one.lon, one.lat], zoom: Math.max(this.map.getZoom(), NEAR_ZOOM) });
  }

  private async apply(grounds: Grounds): Promise<void> {
    const { review, by } = this;
    if (!review) return;
    const body = { ...grounds, by, digest: review.digest };
    const send = (_: string, key: string): Promise<unknown> => questions.apply(review.construction_plan_id, body, this.csrf, key);
    await this.decide(['apply', body], send, '预留已按规划变更');
  }

  private async release(grounds: Grounds): Promise<void> {
    await this.decide(['release', grounds], (id, key) => questions.release(id, grounds, this.csrf, key), '已释放');
  }

  private async extend(grounds: Grounds, until: string): Promise<void> {
    const body = { ...grounds, expires_on: until };
    await this.decide(['extend', body], (id, key) => questions.extend(id, body, this.csrf, key), `已延至 ${until}`);
  }

  /** Decides once; whoever looks at another reservation by then stays there. */
  private async decide(content: unknown[], act: (id: string, key: string) => Promise<unknown>, done: string): Promise<void> {
    const id = this.chosen?.id;
    if (id === undefined) return;
    try {
      await this.write.run([id, ...content], async (key) => {
        await act(id, key);
        notify(done);
        if (this.chosen?.id === id) this.form.clear();
        this.revision += 1;
        reloadTiles(this.map, this.revision);
        await this.start();
      });
      this.reviewBody.querySelector<HTMLElement>('.review-title')?.focus();
    } catch (error) {
      await this.refused(id, error);
    }
  }

  /** What was typed stays; what somebody else changed meanwhile is read anew. */
  private async refused(id: string, error: unknown): Promise<void> {
    const outdated = isOutdated(error);
    if (outdated) await this.start();
    const isShown = this.chosen?.id === id && this.chosen.stage === 'active';
    if (isShown) this.form.refuse(error, outdated ? '。已读取最新情况，请核对后再办。' : '');
    else notify(sentence(error), 'bad');
  }

  /** Brings the site into the part of the map that the panel leaves free. */
  private frame(review: Review): void {
    const panel = this.panel.getBoundingClientRect();
    const padding = window.matchMedia(SHEET_MEDIA).matches
      ? { left: 40, right: 40, top: 40, bottom: panel.height + 40 }
      : { left: panel.right + 60, right: 60, top: 60, bottom: 60 };
    this.map.fitBounds(extent(review), { padding, maxZoom: NEAR_ZOOM });
  }
}
